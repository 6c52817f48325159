"""For migrations: changes of tables that are read and written meanwhile, in steps of which none keeps others waiting."""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import TextClause


def add_index(name: str, table: str, columns: Sequence[str | TextClause], **how: Any) -> None:
    """Builds an index while rows go on changing; what an attempt that was broken off has left is taken away before."""
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **how)


def drop_index(name: str, table: str) -> None:
    """Takes an index away while rows go on changing."""
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)


def add_check(name: str, table: str, condition: str) -> None:
    """A CHECK that holds for new rows at once; the old ones are read through behind it, without a lock."""
    op.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" CHECK ({condition}) NOT VALID')
    with op.get_context().autocommit_block():
        op.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')
