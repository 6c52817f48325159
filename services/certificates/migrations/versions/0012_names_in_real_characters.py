"""names in real characters"""

from collections.abc import Sequence

from alembic import op

from shared.db.real_characters import Names, make_real
from shared.reference.pinyin import person_pieces

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_NAMES: Names = {
    'certificates': {'holder_name': {'holder_pieces': person_pieces}, 'unit_name': {}, 'plan_name': {}},
    'certificate_editions': {'holder_name': {}},
}


def upgrade() -> None:
    for table, columns in _NAMES.items():
        make_real(op.get_bind(), table, columns)


def downgrade() -> None:
    """A private character means nothing outside of the keyboard that wrote it."""
