"""index of places"""

from collections.abc import Sequence

from shared.db.live_changes import add_index, drop_index

revision: str = '0022'
down_revision: str | None = '0021'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    add_index("ix_messages_place", "messages", ["account_id", "xid", "id"])


def downgrade() -> None:
    drop_index("ix_messages_place", "messages")
