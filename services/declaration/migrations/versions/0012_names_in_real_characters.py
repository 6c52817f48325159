"""names in real characters"""

from collections.abc import Sequence

from alembic import op

from shared.db.real_characters import Derived, Names, make_real
from shared.reference.pinyin import folded, initials, search_pieces

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_FOUND_BY: Derived = {'name_folded': folded, 'name_initials': initials, 'name_pieces': search_pieces}
_NAMES: Names = {
    'employers': {'name': _FOUND_BY, 'address': {}, 'legal_representative': {}, 'contact_name': {}},
    'declarations': {'employer_name': {}, 'address': {}, 'legal_representative': {}, 'contact_name': {}},
}


def upgrade() -> None:
    for table, columns in _NAMES.items():
        make_real(op.get_bind(), table, columns)


def downgrade() -> None:
    """A private character means nothing outside of the keyboard that wrote it."""
