"""what went, and where the log begins"""

from collections.abc import Sequence

from alembic import op

from shared.events.log import LOG_BEGINNING_DDL_V1
from shared.tasks.retention import RETENTIONS_DDL_V1

revision: str = '0020'
down_revision: str | None = '0019'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (RETENTIONS_DDL_V1, LOG_BEGINNING_DDL_V1):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("log_beginning")
    op.drop_table("retentions")
