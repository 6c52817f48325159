"""Which keys rows are under; sealed parts of events under another key; blind indexes with a place for each key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from shared.db.index_columns import to_places, to_plain
from shared.db.keys import KNOWN_KEYS_DDL_V1
from shared.events.log import SEALED_ANEW_DDL_V1, SEALED_ANEW_DDL_V1_BACK

revision: str = '0014'
down_revision: str | None = '0013'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for statement in (KNOWN_KEYS_DDL_V1, *SEALED_ANEW_DDL_V1):
        op.execute(statement)
    op.drop_constraint("uq_people_id_index", "people", type_="unique")
    to_places("people", "id_index")
    op.create_index("uq_people_id_index_1", "people", [sa.text("(id_index[1])")], unique=True)
    op.create_index("uq_people_id_index_2", "people", [sa.text("(id_index[2])")], unique=True)


def downgrade() -> None:
    op.drop_index("uq_people_id_index_1", table_name="people")
    op.drop_index("uq_people_id_index_2", table_name="people")
    to_plain("people", "id_index")
    op.create_unique_constraint("uq_people_id_index", "people", ["id_index"])
    for statement in SEALED_ANEW_DDL_V1_BACK:
        op.execute(statement)
    op.drop_table("known_keys")
