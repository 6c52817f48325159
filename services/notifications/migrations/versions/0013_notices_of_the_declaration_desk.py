"""notices of the declaration desk"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ('withdrawal_requested', 'withdrawal_answered', 'review_ordered', 'review_answered', 'review_overdue',)


def upgrade() -> None:
    for table in ('messages', 'notices'):
        allow_codes(op.get_bind(), table, 'kind', NEW_KINDS)


def downgrade() -> None:
    for table in ('messages', 'notices'):
        forbid_codes(op.get_bind(), table, 'kind', NEW_KINDS, instead='account_expiring')
