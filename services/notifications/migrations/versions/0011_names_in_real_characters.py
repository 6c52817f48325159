"""names in real characters"""

from collections.abc import Sequence

from alembic import op

from shared.db.real_characters import Names, make_real

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_NAMES: Names = {'accounts': {'person_name': {}}, 'organisations': {'name': {}}}


def upgrade() -> None:
    for table, columns in _NAMES.items():
        make_real(op.get_bind(), table, columns)


def downgrade() -> None:
    """A private character means nothing outside of the keyboard that wrote it."""
