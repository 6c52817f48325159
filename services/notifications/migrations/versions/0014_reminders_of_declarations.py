"""reminders of declarations that are due, and 催报"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0014'
down_revision: str | None = '0013'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ('declaration_due', 'declaration_urged',)


def upgrade() -> None:
    for table in ('messages', 'notices'):
        allow_codes(op.get_bind(), table, 'kind', NEW_KINDS)


def downgrade() -> None:
    for table in ('messages', 'notices'):
        forbid_codes(op.get_bind(), table, 'kind', NEW_KINDS, instead='account_expiring')
