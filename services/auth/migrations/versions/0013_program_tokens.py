"""programs have tokens of their own"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('program_tokens',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('scopes', postgresql.ARRAY(sa.String(length=40)), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_address', sa.String(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_program_tokens_account_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_program_tokens_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_program_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_program_tokens_token_hash'))
    )
    op.create_index('ix_program_tokens_live', 'program_tokens', ['account_id'], unique=False, postgresql_where='ended_at IS NULL')
    op.create_index(op.f('ix_program_tokens_organisation_id_created_at'), 'program_tokens', ['organisation_id', 'created_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_program_tokens_organisation_id_created_at'), table_name='program_tokens')
    op.drop_index('ix_program_tokens_live', table_name='program_tokens', postgresql_where='ended_at IS NULL')
    op.drop_table('program_tokens')
