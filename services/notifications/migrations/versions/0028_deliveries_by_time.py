"""deliveries by time"""

from collections.abc import Sequence

from shared.db.live_changes import add_index, drop_index

revision: str = '0028'
down_revision: str | None = '0027'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    add_index('ix_deliveries_created_at_id', 'deliveries', ['created_at', 'id'])


def downgrade() -> None:
    drop_index('ix_deliveries_created_at_id', 'deliveries')
