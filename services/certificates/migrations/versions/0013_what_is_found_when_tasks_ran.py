"""what is found, when tasks ran"""

from collections.abc import Sequence

from alembic import op

from shared.findings import FINDINGS_DDL_V1
from shared.tasks.runs import TASK_RUNS_DDL_V1

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (*FINDINGS_DDL_V1, TASK_RUNS_DDL_V1):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('task_runs')
    op.drop_table('looks')
    op.drop_table('findings')
