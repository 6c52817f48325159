"""psycopg's connection with two habits of its own, for a service whose transactions are short and never create anything: what it takes to
begin one is a single message, and a refusal costs no plans. When connections are made is the business of ``session``.
"""

from typing import Any

from psycopg import AsyncConnection
from psycopg._preparing import PrepareManager
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.util import await_only


class _KeptPlans(PrepareManager):
    """psycopg drops every prepared statement at a rollback, lest one stands for a table that is gone with it. Nothing is created
    here but by migrations, and each refused request ends in a rollback: its connection would plan everything anew."""

    def clear(self) -> bool:
        return False


class Connection(AsyncConnection[Any]):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._prepared = _KeptPlans()

    async def begin(self) -> None:
        """Begins now what psycopg would begin with the first statement."""
        async with self.lock:
            await self.wait(self._start_query())


def ping_by_beginning(connection: DBAPIConnection) -> bool:
    """SQLAlchemy's question whether a pooled connection still lives, put by the BEGIN that comes anyway; raises psycopg's errors."""
    await_only(connection.driver_connection.begin())
    return True
