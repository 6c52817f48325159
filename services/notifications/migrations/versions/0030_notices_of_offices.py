"""notices of offices"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0030'
down_revision: str | None = '0029'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('listed_accounts',
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('list_id', 'account_id', name=op.f('pk_listed_accounts'))
    )
    op.create_table('plan_units',
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('plan_name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('plan_id', 'unit_id', name=op.f('pk_plan_units'))
    )
    op.create_table('broadcasts',
    sa.Column('status', sa.Enum('draft', 'waiting', 'sent', 'recalled', name='broadcaststatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('to', sa.Enum('training', 'registering', 'employers', name='recipients', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('region_prefixes', postgresql.ARRAY(sa.String()), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=True),
    sa.Column('plan_name', sa.String(), server_default='', nullable=False),
    sa.Column('channels', postgresql.ARRAY(sa.String()), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('recipients', sa.Integer(), server_default='0', nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=False),
    sa.Column('author_name', sa.String(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_name', sa.String(), nullable=False),
    sa.Column('approved_by_name', sa.String(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcasts'))
    )
    op.create_index(op.f('ix_broadcasts_organisation_id_created_at_id'), 'broadcasts', ['organisation_id', 'created_at', 'id'], unique=False)
    op.add_column('notices', sa.Column('list_id', sa.Uuid(), nullable=True))
    op.add_column('notices', sa.Column('sent_by', sa.Uuid(), nullable=True))
    # Who was approved before somebody asked for it: each such notice was one unit's, and is folded by its plan.
    op.execute("""
        INSERT INTO plan_units (plan_id, unit_id, plan_name)
        SELECT DISTINCT ON (fold_key, organisation_ids[1]) fold_key::uuid, organisation_ids[1], coalesce(fields->>'plan_name', '')
        FROM notices
        WHERE kind = 'registration_approved' AND fold_key ~ '^[0-9a-f-]{36}$' AND organisation_ids[1] IS NOT NULL
        ORDER BY fold_key, organisation_ids[1], id DESC
    """)


def downgrade() -> None:
    op.drop_column('notices', 'sent_by')
    op.drop_column('notices', 'list_id')
    op.drop_table('broadcasts')
    op.drop_table('plan_units')
    op.drop_table('listed_accounts')
