"""places of messages"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.db import types

revision: str = '0021'
down_revision: str | None = '0020'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Those that are there have no place: they are older than any inbox that will be open.
    op.add_column("messages", sa.Column("xid", types.TransactionId(), nullable=True))
    op.alter_column("messages", "xid", server_default=sa.text("pg_current_xact_id()"))


def downgrade() -> None:
    op.drop_column("messages", "xid")
