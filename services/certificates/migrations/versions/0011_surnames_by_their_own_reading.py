"""surnames by their own reading"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.reference.pinyin import person_pieces
from shared.reference.surnames import READINGS

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _of(name: str) -> dict[str, object]:
    return {'pieces': person_pieces(name)}


BATCH = 1000


def upgrade() -> None:
    connection = op.get_bind()
    first = sorted({surname[0] for surname in READINGS})
    rows = sa.text("SELECT id, holder_name AS name FROM certificates WHERE left(holder_name, 1) = ANY(:first) AND id > :after ORDER BY id LIMIT :batch")
    after = UUID(int=0)
    while found := connection.execute(rows, {'first': first, 'after': after, 'batch': BATCH}).all():
        connection.execute(sa.text("UPDATE certificates SET holder_pieces = :pieces WHERE id = :id"), [{'id': each.id, **_of(each.name)} for each in found])
        after = found[-1].id


def downgrade() -> None:
    """What is found by more readings is found as before by the first."""
