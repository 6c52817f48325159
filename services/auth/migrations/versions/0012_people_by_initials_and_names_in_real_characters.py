"""people by initials and names in real characters"""

from collections.abc import Sequence

from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.db.real_characters import Derived, Names, make_real
from shared.reference.pinyin import folded, initials, person_text, search_pieces, search_text

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_FOUND_BY: Derived = {'name_folded': folded, 'name_initials': initials, 'name_pieces': search_pieces}
_NAMES: Names = {
    'companies': {'name': _FOUND_BY, 'address': {}, 'legal_representative': {}},
    'legacy_accounts': {'company_name': {}, 'address': {}, 'legal_representative': {}, 'contact_name': {}},
    'organisations': {
        'name': _FOUND_BY,
        'short_name': {},
        'address': {},
        'legal_representative': {},
        'contact_name': {},
    },
    'accounts': {'person_name': {}},
    'applications': {'unit_name': {'name_search': search_text}, 'person_name': {}},
    'cases': {'organisation_name': {'name_search': search_text}, 'applicant_name': {}},
}
_BATCH = 1000


def upgrade() -> None:
    connection = op.get_bind()
    for table, columns in _NAMES.items():
        make_real(connection, table, columns)
    op.add_column('accounts', sa.Column('person_search', sa.String(), server_default='', nullable=False))
    rows = sa.text("SELECT id, person_name AS name FROM accounts WHERE id > :after ORDER BY id LIMIT :batch")
    after = UUID(int=0)
    while found := connection.execute(rows, {'after': after, 'batch': _BATCH}).all():
        made = [{'id': each.id, 'search': person_text(each.name)} for each in found]
        connection.execute(sa.text("UPDATE accounts SET person_search = :search WHERE id = :id"), made)
        after = found[-1].id


def downgrade() -> None:
    """A private character means nothing outside of the keyboard that wrote it."""
    op.drop_column('accounts', 'person_search')
