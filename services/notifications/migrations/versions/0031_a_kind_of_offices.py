"""a kind of offices"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0031'
down_revision: str | None = '0030'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ('office_notice',)
OF_KINDS = ('notices', 'messages', 'preferences', 'message_templates', 'hook_sendings')


def upgrade() -> None:
    for table in OF_KINDS:
        allow_codes(op.get_bind(), table, 'kind', KINDS)
    allow_codes(op.get_bind(), 'notices', 'permission', ('mass_notice',))


def downgrade() -> None:
    forbid_codes(op.get_bind(), 'notices', 'permission', ('mass_notice',), instead='administration')
    for table in ('preferences', 'message_templates'):
        op.execute(f"DELETE FROM {table} WHERE kind = 'office_notice'")
    for table in OF_KINDS:
        forbid_codes(op.get_bind(), table, 'kind', KINDS, instead='plan_published')
