"""groups of employers"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db.live_changes import add_index, drop_index

revision: str = '0021'
down_revision: str | None = '0020'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('groups',
    sa.Column('head_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['head_id'], ['employers.id'], name=op.f('fk_groups_head_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_groups')),
    sa.UniqueConstraint('head_id', name=op.f('uq_groups_head_id'))
    )
    op.create_table('group_members',
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.Column('employer_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('invited', 'joined', 'declined', 'left', 'removed', name='memberstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('credit_code', sa.String(), nullable=False),
    sa.Column('county_asked', sa.Boolean(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('invited_by', sa.String(), nullable=False),
    sa.Column('consent', sa.Enum('own', 'county', name='consent', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['employer_id'], ['employers.id'], name=op.f('fk_group_members_employer_id')),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name=op.f('fk_group_members_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_members')),
    sa.UniqueConstraint('group_id', 'employer_id', name=op.f('uq_group_members_group_id_employer_id'))
    )
    op.create_index(op.f('ix_group_members_employer_id_id'), 'group_members', ['employer_id', 'id'], unique=False)
    op.create_index('uq_group_members_joined', 'group_members', ['employer_id'], unique=True, postgresql_where=sa.text("status = 'joined'"))
    add_index('ix_employers_credit_code', 'employers', ['credit_code'])


def downgrade() -> None:
    drop_index('ix_employers_credit_code', 'employers')
    op.drop_index('uq_group_members_joined', table_name='group_members', postgresql_where=sa.text("status = 'joined'"))
    op.drop_index(op.f('ix_group_members_employer_id_id'), table_name='group_members')
    op.drop_table('group_members')
    op.drop_table('groups')
