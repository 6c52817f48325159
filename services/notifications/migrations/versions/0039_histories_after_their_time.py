"""histories after their time"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db.emptied import EMPTIED_DDL_V1, EMPTIED_DDL_V1_BACK
from shared.db.live_changes import add_index, drop_index

revision: str = '0039'
down_revision: str | None = '0037'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in EMPTIED_DDL_V1:
        op.execute(statement)
    add_index('ix_history_full_at', 'history', ['at'], postgresql_where=sa.text('emptied_by IS NULL'))


def downgrade() -> None:
    drop_index('ix_history_full_at', 'history')
    for statement in EMPTIED_DDL_V1_BACK:
        op.execute(statement)
