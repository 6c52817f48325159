"""invitations to a group, and what became of them"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0019'
down_revision: str | None = '0018'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ('group_invited', 'group_consent_asked', 'group_answered', 'group_settled', 'group_removed')
TABLES = ('messages', 'notices', 'preferences')


def upgrade() -> None:
    for table in TABLES:
        allow_codes(op.get_bind(), table, 'kind', NEW_KINDS)


def downgrade() -> None:
    op.execute(f"DELETE FROM preferences WHERE kind IN {NEW_KINDS}")  # noqa: S608  # a wish about what there is no more
    for table in TABLES:
        forbid_codes(op.get_bind(), table, 'kind', NEW_KINDS, instead='account_expiring')
