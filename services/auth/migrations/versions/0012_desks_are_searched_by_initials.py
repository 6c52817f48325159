"""desks are searched by initials"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.reference.pinyin import search_text

revision: str = '0012'
down_revision: str | None = '0009'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_NAMES = {'applications': 'unit_name', 'cases': 'organisation_name'}


def upgrade() -> None:
    for table, name in _NAMES.items():
        op.add_column(table, sa.Column('name_search', sa.String(), server_default='', nullable=False))
        connection = op.get_bind()
        names = list(connection.scalars(sa.text(f"SELECT DISTINCT {name} FROM {table} WHERE {name} <> ''")))
        made = [{'name': each, 'search': search_text(each)} for each in names]
        if made:
            connection.execute(sa.text(f"UPDATE {table} SET name_search = :search WHERE {name} = :name"), made)


def downgrade() -> None:
    for table in _NAMES:
        op.drop_column(table, 'name_search')
