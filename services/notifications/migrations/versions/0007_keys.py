"""Which keys rows are under; sealed parts of events under another key; blind indexes with a place for each key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db.index_columns import to_places, to_plain
from shared.db.keys import KNOWN_KEYS_DDL_V1
from shared.events.log import SEALED_ANEW_DDL_V1, SEALED_ANEW_DDL_V1_BACK

revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (KNOWN_KEYS_DDL_V1, *SEALED_ANEW_DDL_V1):
        op.execute(statement)
    op.drop_index("ix_caught_messages_address_index", table_name="caught_messages")
    to_places("caught_messages", "address_index")
    op.create_index("ix_caught_messages_address_index_1", "caught_messages", [sa.text("(address_index[1])")], unique=False)
    op.create_index("ix_caught_messages_address_index_2", "caught_messages", [sa.text("(address_index[2])")], unique=False)


def downgrade() -> None:
    op.drop_index("ix_caught_messages_address_index_1", table_name="caught_messages")
    op.drop_index("ix_caught_messages_address_index_2", table_name="caught_messages")
    to_plain("caught_messages", "address_index")
    op.create_index("ix_caught_messages_address_index", "caught_messages", ["address_index"], unique=False)
    for statement in SEALED_ANEW_DDL_V1_BACK:
        op.execute(statement)
    op.drop_table("known_keys")
