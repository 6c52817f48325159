"""Work that earlier tests left: workers take whatever is due, so it is leased away before a test begins. What a table of work is, its
columns say; a new one is found by itself.
"""

from contextlib import ExitStack

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from ops.up.servers import Servers
from shared.services import Service

# The columns of ``shared.tasks.work.Work``.
TABLES = """SELECT table_name FROM information_schema.columns WHERE column_name IN ('due_at', 'leased_until', 'done_at')
    AND table_schema = current_schema() GROUP BY table_name HAVING count(*) = 3"""
# Neither due nor exhausted: a worker that lives as long as the run has them.
SET_ASIDE = SQL(
    "UPDATE {} SET due_at = now() + interval '1 year', leased_until = now() + interval '1 year'"
    " WHERE done_at IS NULL AND due_at < now() + interval '1 month'"
)
# What was sent and is still to be asked about at its provider is taken by another task, by a time of its own.
ASKED = """SELECT table_name FROM information_schema.columns WHERE column_name = 'ask_at' AND table_schema = current_schema()"""
NOT_ASKED = SQL("UPDATE {} SET ask_at = now() + interval '1 year' WHERE ask_at < now() + interval '1 month'")
ALL = ((TABLES, SET_ASIDE), (ASKED, NOT_ASKED))


class Leftovers:
    """The tables of work of every service, each database by one connection that ``stack`` closes."""

    def __init__(self, servers: Servers, stack: ExitStack) -> None:
        self._statements: list[tuple[psycopg.Connection, Composed]] = []
        for service in Service:
            url = servers.database_url(service).replace("+psycopg", "", 1)
            connection = stack.enter_context(psycopg.connect(url, autocommit=True))
            found = [(set_aside, name) for tables, set_aside in ALL for (name,) in connection.execute(tables)]
            if found:
                statement = SQL("; ").join(set_aside.format(Identifier(name)) for set_aside, name in found)
                self._statements.append((connection, statement))

    def set_aside(self) -> None:
        """What is open now is no longer anybody's to take."""
        for connection, statement in self._statements:
            connection.execute(statement)
