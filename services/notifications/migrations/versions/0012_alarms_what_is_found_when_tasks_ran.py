"""alarms; what is found, when tasks ran"""

from collections.abc import Sequence

from alembic import op

from shared.db.code_changes import allow_codes, forbid_codes
from shared.findings import FINDINGS_DDL_V1
from shared.tasks.runs import TASK_RUNS_DDL_V1

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


NEW_KINDS = ('platform_alarm',)


def upgrade() -> None:
    for statement in (*FINDINGS_DDL_V1, TASK_RUNS_DDL_V1):
        op.execute(statement)
    for table in ('messages', 'notices'):
        allow_codes(op.get_bind(), table, 'kind', NEW_KINDS)


def downgrade() -> None:
    for table in ('messages', 'notices'):
        forbid_codes(op.get_bind(), table, 'kind', NEW_KINDS, instead='account_expiring')
    op.drop_table('task_runs')
    op.drop_table('looks')
    op.drop_table('findings')
