"""A copy of a service's database for reading, which is some seconds late: lists that may be are read from it (ADR 39). How late it is, is
measured by positions in PostgreSQL's log: what the primary had written a moment ago, the copy has played by now, or it is not asked. A copy
that is away, stands still, is too late or was never one changes nothing but where lists are read.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now_utc
from shared.db.session import Database
from shared.errors import Unavailable
from shared.logging import get_logger

# How often its place is asked.
LOOK_SECONDS = 1.0
_SINCE = "wrote:since"
_WRITTEN = text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
_PLAYED = text("SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint")
log = get_logger(__name__)


class Replica:
    """``most_late``: how many seconds it may be behind."""

    def __init__(self, primary: Database, copy: Database, redis: "Redis", service: str, most_late: float) -> None:
        self._primary, self.database, self._redis, self._service = primary, copy, redis, service
        self._most_late = most_late
        # Whatever was written before that is in every copy that is asked.
        self._remembered = round(2 * most_late + LOOK_SECONDS) + 1
        self._written: list[tuple[float, int]] = []
        self._looking = asyncio.Lock()
        self._looked_at, self._fresh, self._untold_at = -LOOK_SECONDS, False, float("-inf")

    async def serves(self, account_id: UUID) -> bool:
        """Whether this account may read from it now: not just after it wrote, whose own writes it would miss."""
        return await self._is_fresh() and not await self._has_just_written(account_id)

    async def note_write(self, account_id: UUID) -> None:
        """Something of this account's has been committed: until every copy has it, it reads from the primary."""
        try:
            await self._redis.set(self._key(account_id), "1", ex=self._remembered)
        except (RedisError, OSError):
            self._untold_at = time.monotonic()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Raises ``Unavailable``, and is not asked for a moment then."""
        try:
            async with self.database.unit_of_work() as session:
                yield session
        except Unavailable:
            self._fresh, self._looked_at = False, time.monotonic()
            raise

    def _key(self, account_id: UUID) -> str:
        return f"wrote:{self._service}:{account_id}"

    async def _has_just_written(self, account_id: UUID) -> bool:
        """Also when that is not known, because Redis is away, or was emptied a moment ago with what it knew."""
        if time.monotonic() - self._untold_at < self._remembered:
            return True
        try:
            wrote, since = await self._redis.mget(self._key(account_id), _SINCE)
            if since is None:
                await self._redis.set(_SINCE, str(now_utc().timestamp()), nx=True)
        except (RedisError, OSError):
            self._untold_at = time.monotonic()
            return True
        return wrote is not None or since is None or now_utc().timestamp() - float(since) < self._remembered

    async def _is_fresh(self) -> bool:
        if time.monotonic() - self._looked_at >= LOOK_SECONDS and not self._looking.locked():
            async with self._looking:
                fresh = await self._look()
                if fresh is not self._fresh:
                    log.info("replica_used" if fresh else "replica_not_used", service=self._service)
                self._fresh, self._looked_at = fresh, time.monotonic()
        return self._fresh and time.monotonic() - self._looked_at < self._most_late

    async def _look(self) -> bool:
        now = time.monotonic()
        try:
            async with self._primary.unit_of_work() as session:
                self._written.append((now, (await session.execute(_WRITTEN)).scalar_one()))
            async with self.database.unit_of_work() as session:
                played: int | None = (await session.execute(_PLAYED)).scalar_one()
        except Unavailable:
            return False
        self._written = [(at, place) for at, place in self._written if now - at <= self._most_late]
        return played is not None and any(place <= played for _, place in self._written)
