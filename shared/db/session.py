"""Units of work. ``Database.unit_of_work`` is the only place of the platform that commits; what has to be said after the commit
(hints to workers, what a cache should now say) is noted on the session and handed on once the rows are safe.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from psycopg.errors import DiskFull
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine

from shared.db.connection import Connection, ping_by_beginning
from shared.db.traced import watch
from shared.db.violations import is_overtaken
from shared.errors import DatabaseFull, Overtaken, Unavailable
from shared.logging import get_logger

log = get_logger(__name__)
Publish = Callable[[frozenset[str]], None]
Cached = tuple[str, int] | None
Cache = Callable[[Mapping[str, Cached]], Awaitable[None]]
_HINTS = "hints"
# How long a caller queues for a connection when all are in use; a busy server is not a stopped one.
QUEUE_SECONDS = 10
_CACHED = "cached"
# A statement that runs longer than this is a defect, not a busy day; a lock that is not given in time is told to the caller.
_SERVER_OPTIONS = (
    "-c statement_timeout=20s -c lock_timeout=8s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)


def note_hint(session: AsyncSession, task: str) -> None:
    """After this session's commit, tell the worker of ``task`` to look. Nothing is lost when the hint is."""
    session.info.setdefault(_HINTS, set()).add(task)


def note_cached(session: AsyncSession, key: str, cached: Cached) -> None:
    """After this session's commit, keep (value, seconds) under ``key`` in Redis, whatever is there; None forgets the key."""
    session.info.setdefault(_CACHED, {})[key] = cached


async def _no_cache(_cached: Mapping[str, Cached]) -> None:
    """For a database of which nothing is cached."""


def _told(error: SQLAlchemyError) -> Unavailable | None:
    """What the caller is told; None for what is to be judged elsewhere."""
    if is_overtaken(error):
        return Overtaken()
    if isinstance(error, DBAPIError) and isinstance(error.orig, DiskFull):
        return DatabaseFull()
    away = isinstance(error, DBAPIError) and error.connection_invalidated
    return Unavailable() if away or isinstance(error, OperationalError | InterfaceError | PoolTimeout) else None


async def _close(session: AsyncSession, opening: "asyncio.Future[AsyncConnection]") -> None:
    await asyncio.wait({opening})  # a session that is still being opened refuses to be closed
    try:
        await session.close()
    except SQLAlchemyError as error:
        # The server has ended the connection, and with it what was to be taken back: whoever was refused is told his refusal, not this.
        log.info("connection_lost", error=repr(error))
        connection = opening.result()
        if not connection.closed:
            await connection.invalidate()
            await connection.close()


class Database:
    """One service's database: its pool and its units of work.

    ``checkout_seconds`` bounds the wait for a usable connection, so that a stopped server is a clear 503 within two seconds.
    ``name`` is how its connections are called there.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        checkout_seconds: float,
        publish: Publish,
        cache: Cache = _no_cache,
        name: str = "",
    ) -> None:
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=checkout_seconds,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 2,
                "options": _SERVER_OPTIONS,
                "application_name": name,
                "async_creator_fn": Connection.connect,
            },
        )
        self.engine.sync_engine.dialect.do_ping = ping_by_beginning  # type: ignore[assignment, method-assign]
        watch(self.engine.sync_engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._checkout_seconds = checkout_seconds
        self._slots = asyncio.Semaphore(pool_size)
        self._away_until = 0.0
        self._publish = publish
        self._cache = cache
        self._closing: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: commits when the block ends, rolls back when it raises. Raises ``Unavailable``
        when the database cannot be reached, ``DatabaseFull`` when it has no room, ``Overtaken`` when what was read is no longer so; nothing
        of the block has happened then."""
        async with self._slot(), self._transaction() as session:
            yield session
        if cached := session.info.pop(_CACHED, None):
            await asyncio.shield(self._cache(cached))
        if hints := session.info.pop(_HINTS, None):
            self._publish(frozenset(hints))

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """A place at the pool: on a busy day callers queue for it; while the server is known to be away they are told at once."""
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Unavailable from error
        try:
            if time.monotonic() < self._away_until:
                raise Unavailable
            yield
        finally:
            self._slots.release()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        session = self._sessions()
        opening = asyncio.ensure_future(session.connection())
        try:
            await self._opened(opening)
            yield session
            await session.commit()
        except SQLAlchemyError as error:
            if told := _told(error):
                raise told from error
            raise
        finally:
            closing = asyncio.ensure_future(_close(session, opening))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            if opening.done():
                await asyncio.shield(closing)

    async def _opened(self, opening: "asyncio.Future[AsyncConnection]") -> None:
        # Not asyncio.timeout: a cancelled ping of a hung server waits for the server; we leave it behind instead.
        done, _ = await asyncio.wait({opening}, timeout=self._checkout_seconds)
        if not done:
            opening.cancel()
            self._away_until = time.monotonic() + 1
            raise Unavailable
        opening.result()

    async def close(self) -> None:
        """Gives every connection back to the server."""
        await self.engine.dispose()
