"""Files that no row names: what a transaction that failed, a worker that died or a store that was away has left behind. A look notes each
of them; one that nobody names for the whole of its time goes, so that a database that was brought back by some days finds its files, and
people see what will go before it does (PLAT-19).
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.attachments import Attachment
from shared.clock import now_utc
from shared.db.base import KitBase
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.jobs import JobTable
from shared.tasks.retention import Retained, note_gone

# In one migration of every service; never edited, a change is a V2 in a migration of its own.
STRAY_FILES_DDL_V1 = """
CREATE TABLE stray_files (
  key varchar NOT NULL CONSTRAINT pk_stray_files PRIMARY KEY,
  size bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now())"""
WHAT = "files"
# A request that puts a file and has not come to its commit is over long before.
NOT_YET_NAMED = timedelta(days=1)
LOOKED_AT_ONCE = 1000
# Each is taken out of a store that may be slow, in a transaction that holds its row.
TAKEN_AT_ONCE = 100
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Keys = Mapping[str, re.Match[str]]
Named = Callable[[AsyncSession, Keys], Awaitable[set[str]]]
log = get_logger(__name__)


class StrayFile(KitBase):
    """A file that no row named when it was looked at, first at ``seen_at``; ``size`` in bytes."""

    __tablename__ = "stray_files"

    key: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())


@dataclass(frozen=True)
class Files:
    """Files of one kind: the whole key is of ``shape``, and ``named`` says which of some keys rows name. A file that has the shape of no
    kind is left alone."""

    shape: re.Pattern[str]
    named: Named


@dataclass(frozen=True)
class Strays:
    """What there is of them: how many, how many bytes, and since when the oldest is one."""

    files: int
    size: int
    oldest: datetime | None


def by_id(shape: str, rows: Callable[[Sequence[UUID]], Select[UUID]]) -> Files:
    """Files whose key has the ``id`` of their row in it: ``rows`` selects the ids that are there, out of those that it is given."""

    async def named(session: AsyncSession, keys: Keys) -> set[str]:
        ids = {key: UUID(match["id"]) for key, match in keys.items()}
        there = set(await session.scalars(rows(list(set(ids.values())))))
        return {key for key, each in ids.items() if each in there}

    return Files(re.compile(shape), named)


def attachments(service: Service) -> Files:
    """Those that were uploaded, claimed or not yet."""
    return by_id(
        rf"{service}/attachments/(?P<id>{ID})", lambda ids: select(Attachment.id).where(Attachment.id.in_(ids))
    )


def files_of_jobs(table: JobTable[Any]) -> Files:
    """What came in for a long job and what it made; the job's own sweep takes them while its row is there."""
    model = table.model
    return by_id(rf"{table.service}/jobs/(?P<id>{ID})/.+", lambda ids: select(model.id).where(model.id.in_(ids)))


async def sweep_files(runtime: Runtime, files: Sequence[Files], roots: Sequence[str]) -> None:
    """Notes what is a stray below the ``roots``, then takes away what has been one for its time. Can be ended at any moment and begun
    again."""
    await note_strays(runtime, files, roots)
    if days := runtime.settings.stray_files_kept_days:
        await take_strays(runtime, files, roots, timedelta(days=days))


async def note_strays(runtime: Runtime, files: Sequence[Files], roots: Sequence[str]) -> None:
    """Looks at every file below the ``roots``; takes none away."""
    for root in roots:
        batch: dict[str, int] = {}
        async for key, size, changed in runtime.storage.listed(root):
            if now_utc() - changed > NOT_YET_NAMED:
                batch[key] = size
            if len(batch) == LOOKED_AT_ONCE:
                await _note(runtime, files, batch)
                batch = {}
        await _note(runtime, files, batch)


async def _note(runtime: Runtime, files: Sequence[Files], batch: Mapping[str, int]) -> None:
    async with runtime.database.unit_of_work() as session:
        strays = await _unnamed(session, files, batch)
        again = StrayFile.key.in_(batch.keys() - set(strays))
        await session.execute(delete(StrayFile).where(again))
        for key in strays:
            row = insert(StrayFile).values(key=key, size=batch[key])
            await session.execute(row.on_conflict_do_nothing())


async def _unnamed(session: AsyncSession, files: Sequence[Files], keys: Mapping[str, object]) -> list[str]:
    """Those of the keys that have the shape of a kind of files, and that no row of it names."""
    found: list[str] = []
    for kind in files:
        matches = {key: match for key in keys if (match := kind.shape.fullmatch(key))}
        if matches:
            found += matches.keys() - await kind.named(session, matches)
    return sorted(found)


async def take_strays(runtime: Runtime, files: Sequence[Files], roots: Sequence[str], age: timedelta) -> int:
    """Takes away what has been a stray for ``age``, some at a time, and in a local folder the halves that killed writers left; how
    many. One that a row names again is a stray no more."""
    whole = 0
    for root in roots:
        halves = await runtime.storage.clear_halves(root, now_utc() - NOT_YET_NAMED)
        async with runtime.database.unit_of_work() as session:
            await note_gone(session, WHAT, halves)
        whole += halves
    after = ""
    while True:
        async with runtime.database.unit_of_work() as session:
            due = select(StrayFile.key).where(StrayFile.seen_at < func.now() - age, StrayFile.key > after)
            keys = (await session.scalars(due.order_by(StrayFile.key).limit(TAKEN_AT_ONCE).with_for_update())).all()
            gone = await _unnamed(session, files, dict.fromkeys(keys))
            for key in gone:
                await runtime.storage.delete(key)
            await session.execute(delete(StrayFile).where(StrayFile.key.in_(keys)))
            await note_gone(session, WHAT, len(gone))
        whole += len(gone)
        if len(keys) < TAKEN_AT_ONCE:
            break
        after = keys[-1]
    if whole:
        log.info("retention", service=runtime.service, what=WHAT, gone=whole, days=age.days)
    return whole


def files_kept(days: int) -> Retained:
    """What is told of them."""
    why = "不属于任何记录；其间恢复备份仍能找回"
    return Retained(WHAT, "没有记录指向的文件", "PLATFORM_STRAY_FILES_KEPT_DAYS", lambda: days, why)


async def sum_of_strays(session: AsyncSession) -> Strays:
    """What there is of them as of the last look."""
    counted = select(func.count(), func.coalesce(func.sum(StrayFile.size), 0), func.min(StrayFile.seen_at))
    files, size, oldest = (await session.execute(counted)).one()
    return Strays(files, int(size), oldest)


async def list_strays(session: AsyncSession) -> Sequence[StrayFile]:
    """Each of them as of the last look, the oldest first."""
    return (await session.scalars(select(StrayFile).order_by(StrayFile.seen_at, StrayFile.key))).all()
