"""Units of work. ``Database.unit_of_work`` is the only place of the platform that commits; what has to be said after the commit
(hints to workers) is noted on the session and handed to ``publish`` once the rows are safe.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.errors import Unavailable

Publish = Callable[[frozenset[str]], None]
_HINTS = "hints"
# A statement that runs longer than this is a defect, not a busy day; a lock that is not given in time is told to the caller.
_SERVER_OPTIONS = (
    "-c statement_timeout=20s -c lock_timeout=8s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)


def note_hint(session: AsyncSession, task: str) -> None:
    """After this session's commit, tell the worker of ``task`` to look. Nothing is lost when the hint is."""
    session.info.setdefault(_HINTS, set()).add(task)


class Database:
    """One service's database: its pool and its units of work.

    ``checkout_seconds`` bounds the wait for a usable connection, so that a stopped server is a clear 503 within two seconds.
    """

    def __init__(self, url: str, *, pool_size: int, checkout_seconds: float, publish: Publish) -> None:
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=checkout_seconds,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 2, "options": _SERVER_OPTIONS},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._checkout_seconds = checkout_seconds
        self._publish = publish

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: commits when the block ends, rolls back when it raises. Raises ``Unavailable``
        when the database cannot be reached; nothing of the block has happened then."""
        session = self._sessions()
        try:
            await self._check_out(session)
            yield session
            await session.commit()
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise Unavailable from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable from error
            raise
        finally:
            await asyncio.shield(session.close())
        hints = session.info.pop(_HINTS, None)
        if hints:
            self._publish(frozenset(hints))

    async def _check_out(self, session: AsyncSession) -> None:
        # Not asyncio.timeout: a cancelled ping of a hung server waits for the server; we leave it behind instead.
        waiting = asyncio.ensure_future(session.connection())
        done, _ = await asyncio.wait({waiting}, timeout=self._checkout_seconds)
        if not done:
            waiting.cancel()
            raise Unavailable
        waiting.result()

    async def close(self) -> None:
        """Gives every connection back to the server."""
        await self.engine.dispose()
