"""CHECK constraints as a migration sees them. Alembic compares none by itself: a status more in an enum would make an empty migration, and
the database would refuse the new status. Those of coded columns are compared by their codes, the others by their names.
"""

import re
from collections.abc import Iterable, Iterator

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateCheckConstraintOp, DropConstraintOp, MigrateOperation, ModifyTableOps
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy import CheckConstraint, Column, Enum, Table
from sqlalchemy.schema import conv
from sqlalchemy.sql.schema import SchemaItem

PLUGINS = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname", __name__)
# ``status::text = ANY (ARRAY['draft'::character varying::text, …])``, or ``= 'draft'::text`` where there is but one code.
_CODED = re.compile(
    r"\(?\"?(\w+)\"?\)?(?:::\w+)? = (?:ANY \(\(?ARRAY\[(.+)\].*|('(?:[^']|'')*')(?:::[\w ]+)?)", re.DOTALL
)
_CODE = re.compile(r"'((?:[^']|'')*)'")


def codes_in(condition: str) -> tuple[str, frozenset[str]] | None:
    """(column, the codes that it may hold) of a condition as PostgreSQL writes it down; None for one that lists no codes."""
    found = _CODED.fullmatch(condition)
    if found is None:
        return None
    return found[1], frozenset(code.replace("''", "'") for code in _CODE.findall(found[2] or found[3]))


def is_compared_by_name(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: SchemaItem | None
) -> bool:
    """Alembic's ``include_object``: the constraint of a coded column is compared here, by what it allows."""
    if kind != "check_constraint" or not isinstance(item, CheckConstraint):
        return True
    return codes_in(str(item.sqltext)) is None if reflected else not getattr(item, "_type_bound", False)


def _coded(table: Table) -> Iterator[tuple[Column[str], Enum]]:
    for column in table.columns:
        if isinstance(column.type, Enum) and column.type.create_constraint:
            yield column, column.type


def _compare(
    context: AutogenContext,
    found: ModifyTableOps,
    schema: str | None,
    name: str,
    stored: Table | None,
    wanted: Table | None,
) -> PriorityDispatchResult:
    if stored is not None and wanted is not None:
        held = {}
        for check in context.inspector.get_check_constraints(name, schema=schema):
            if coded := codes_in(check["sqltext"]):
                held[coded[0]] = (str(check["name"]), coded[1])
        for column, codes in _coded(wanted):
            found.ops.extend(_steps(stored, column.name, codes, held.get(column.name)))
    return PriorityDispatchResult.CONTINUE


def _steps(
    table: Table, column: str, codes: Enum, held: tuple[str, frozenset[str]] | None
) -> Iterator[MigrateOperation]:
    if held is not None and held[1] == set(codes.enums):
        return
    if held is not None:  # with what stood there, for the way back
        before = CheckConstraint(_listed(column, sorted(held[1])), name=conv(held[0]), table=table)
        yield DropConstraintOp.from_constraint(before)
    name = conv(held[0] if held else str(codes.name))
    yield CreateCheckConstraintOp(name, table.name, _listed(column, codes.enums))


def _listed(column: str, codes: Iterable[str]) -> str:
    written = ("'{}'".format(code.replace("'", "''")) for code in codes)
    return f"{column} IN ({', '.join(written)})"


Plugin(__name__).add_autogenerate_comparator(_compare, "table", "codes")
