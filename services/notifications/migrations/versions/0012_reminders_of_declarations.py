"""reminders of declarations that are due, and 催报"""

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW_KINDS = ('declaration_due', 'declaration_urged')


def _kinds() -> list[str]:
    """Those that the table allows now."""
    found = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name AND conrelid = 'messages'::regclass"),
        {'name': op.f('messagekind')},
    )
    return re.findall(r"'(\w+)'", str(found))


def _allow_kinds(kinds: Iterable[str]) -> None:
    allowed = ', '.join(map(repr, kinds))
    for table in ('messages', 'notices'):
        op.drop_constraint(op.f('messagekind'), table, type_='check')
        op.create_check_constraint(op.f('messagekind'), table, f"kind IN ({allowed})")


def upgrade() -> None:
    _allow_kinds([*_kinds(), *NEW_KINDS])


def downgrade() -> None:
    for table in ('messages', 'notices'):
        op.execute(f"UPDATE {table} SET kind = 'declaration_revoked' WHERE kind IN ({', '.join(map(repr, NEW_KINDS))})")
    _allow_kinds(kind for kind in _kinds() if kind not in NEW_KINDS)
