"""files that no row names"""

from collections.abc import Sequence

from alembic import op

from shared.tasks.strays import STRAY_FILES_DDL_V1

revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(STRAY_FILES_DDL_V1)


def downgrade() -> None:
    op.drop_table("stray_files")
