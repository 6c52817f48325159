"""names in real characters"""

from collections.abc import Sequence

from alembic import op

from shared.db.real_characters import Derived, Names, make_real
from shared.reference.pinyin import person_key, person_pieces, person_text, search_text

revision: str = '0025'
down_revision: str | None = '0024'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_PERSON: Derived = {'name_key': person_key, 'name_pieces': person_pieces, 'name_search': person_text}
_NAMES: Names = {
    'institutions': {'name': {'name_search': search_text}},
    'filings': {'name': {}, 'address': {}, 'legal_representative': {}, 'contact_name': {}},
    'plans': {'name': {'name_search': search_text}, 'contact_name': {}},
    'staff_members': {'name': _PERSON, 'address': {}},
    'identity_corrections': {'unit_name': {}, 'old_name': {}, 'new_name': {}},
    'transfers': {'person_name': {}},
    'registrations': {'unit_name': {}, 'recipient_name': {}},
    'late_entries': {'unit_name': {}},
}


def upgrade() -> None:
    for table, columns in _NAMES.items():
        make_real(op.get_bind(), table, columns)


def downgrade() -> None:
    """A private character means nothing outside of the keyboard that wrote it."""
