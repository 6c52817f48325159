"""eyes, hooks and plans"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db import types
from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0033'
down_revision: str | None = '0032'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ('broadcast_waiting',)
OF_KINDS = ('notices', 'messages', 'preferences', 'message_templates', 'hook_sendings')


def upgrade() -> None:
    for table in OF_KINDS:
        allow_codes(op.get_bind(), table, 'kind', KINDS)
    op.add_column('hooks', sa.Column('secret_before', types.EncryptedText(), nullable=True))
    op.add_column('hooks', sa.Column('secret_before_until', sa.DateTime(timezone=True), nullable=True))
    # Of units that were there before, nobody knows whose registrations they are: they stay.
    op.add_column(
        'plan_units', sa.Column('registrations', postgresql.ARRAY(sa.Uuid()), server_default='{}', nullable=False)
    )
    op.add_column('plan_units', sa.Column('counted', sa.Boolean(), server_default='false', nullable=False))


def downgrade() -> None:
    op.drop_column('plan_units', 'counted')
    op.drop_column('plan_units', 'registrations')
    op.drop_column('hooks', 'secret_before_until')
    op.drop_column('hooks', 'secret_before')
    for table in ('preferences', 'message_templates'):
        op.execute(f"DELETE FROM {table} WHERE kind = 'broadcast_waiting'")
    for table in OF_KINDS:
        forbid_codes(op.get_bind(), table, 'kind', KINDS, instead='hook_stopped')
