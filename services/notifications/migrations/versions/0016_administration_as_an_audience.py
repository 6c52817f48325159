"""administration as an audience"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes

revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW = ('administration',)


def upgrade() -> None:
    allow_codes(op.get_bind(), 'notices', 'permission', NEW)


def downgrade() -> None:
    forbid_codes(op.get_bind(), 'notices', 'permission', NEW, instead='account_management')
