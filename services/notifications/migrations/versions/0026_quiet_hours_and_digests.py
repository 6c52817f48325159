"""quiet hours and digests"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0026'
down_revision: str | None = '0025'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('notice_settings',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=True),
    sa.Column('quiet_until', sa.Integer(), nullable=True),
    sa.Column('digest', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('(quiet_from IS NULL) = (quiet_until IS NULL)', name=op.f('ck_notice_settings_both_hours')),
    sa.CheckConstraint('quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23', name=op.f('ck_notice_settings_hours')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_notice_settings'))
    )
    op.create_table('digest_lines',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_digest_lines_message_id')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_digest_lines'))
    )
    op.create_index(op.f('ix_digest_lines_due_at'), 'digest_lines', ['due_at'], unique=False)
    op.create_index(op.f('ix_digest_lines_account_id'), 'digest_lines', ['account_id'], unique=False)


def downgrade() -> None:
    op.drop_table('digest_lines')
    op.drop_table('notice_settings')
