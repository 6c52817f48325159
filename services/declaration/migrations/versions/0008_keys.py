"""Which keys rows are under; sealed parts of events under another key."""

from collections.abc import Sequence

from alembic import op
from shared.db.keys import KNOWN_KEYS_DDL_V1
from shared.events.log import SEALED_ANEW_DDL_V1, SEALED_ANEW_DDL_V1_BACK

revision: str = '0008'
down_revision: str | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (KNOWN_KEYS_DDL_V1, *SEALED_ANEW_DDL_V1):
        op.execute(statement)


def downgrade() -> None:
    for statement in SEALED_ANEW_DDL_V1_BACK:
        op.execute(statement)
    op.drop_table("known_keys")
