"""changed deadlines of plans"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0024'
down_revision: str | None = '0023'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ("plan_deadline_changed",)


def upgrade() -> None:
    for table in ("messages", "notices", "preferences"):
        allow_codes(op.get_bind(), table, "kind", NEW_KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM preferences WHERE kind = 'plan_deadline_changed'")
    for table in ("messages", "notices", "preferences"):
        forbid_codes(op.get_bind(), table, "kind", NEW_KINDS, instead="plan_published")
