"""For migrations: codes that a column may hold are added to those that it may hold already, whatever these are. So two changes that each
bring codes of their own can follow each other in any order, and neither repeats the list.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, inspect

from shared.db.checks import codes_in
from shared.db.live_changes import add_check


def allow_codes(connection: Connection | None, table: str, column: str, codes: Iterable[str]) -> None:
    """From now on ``column`` may hold ``codes``, too."""
    _change(connection, table, column, lambda held: held | set(codes))


def forbid_codes(connection: Connection | None, table: str, column: str, codes: Iterable[str], *, instead: str) -> None:
    """Takes ``codes`` back; rows that hold one of them get ``instead``."""
    if connection is None:
        return
    gone = sorted(set(codes))
    connection.exec_driver_sql(f"UPDATE {table} SET {column} = %s WHERE {column} = ANY(%s)", (instead, gone))  # noqa: S608
    _change(connection, table, column, lambda held: held - set(gone))


def _change(
    connection: Connection | None, table: str, column: str, change: Callable[[frozenset[str]], Iterable[str]]
) -> None:
    if connection is None:  # written as SQL: what a column may hold already, only a database knows
        return
    checks = inspect(connection).get_check_constraints(table)
    name, held = next(
        (str(check["name"]), coded[1])
        for check in checks
        if (coded := codes_in(check["sqltext"])) and coded[0] == column
    )
    listed = ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(change(held)))
    connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    add_check(name, table, f"{column} IN ({listed})")
