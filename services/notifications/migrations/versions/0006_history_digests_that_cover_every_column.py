"""history digests that cover every column"""

from collections.abc import Sequence

from alembic import op
from shared.db.digests import DIGESTS_DDL_V2, DIGESTS_DDL_V2_BACK
from shared.db.history import HISTORY_DDL_V2, HISTORY_DDL_V2_BACK

revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (*HISTORY_DDL_V2, *DIGESTS_DDL_V2):
        op.execute(statement)


def downgrade() -> None:
    for statement in (*DIGESTS_DDL_V2_BACK, *HISTORY_DDL_V2_BACK):
        op.execute(statement)
