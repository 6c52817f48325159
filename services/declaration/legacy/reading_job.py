"""The reading of a file as a job: read once in the bounded process, its rows staged some hundred at a time, then each judged by the
directory, the rest of the file and earlier imports. Nothing is imported by it. Another worker reads the file anew and goes on at the row
where the first one died.
"""

import asyncio
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.legacy import repository
from services.declaration.legacy.columns import BY_KEY, REQUIRED, TITLES
from services.declaration.legacy.facts import facts_of, judge_all, places_of, values_of
from services.declaration.legacy.files import MAX_ROWS, read_parts
from services.declaration.legacy.reading import Reader, ReadRow
from services.declaration.legacy.workflow import LegacyOutcome
from shared.clock import now_utc
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.sheets.streamed import Streamed, StreamedRow, read_streamed
from shared.tasks.jobs import Batches, JobOrder, Progress

AT_ONCE = 500
_NAMED = 10


async def open_reading(runtime: Runtime, order: JobOrder) -> Batches:
    """Raises what ``read_streamed`` refuses with, ``FileMissing``, ``StorageUnavailable``."""
    import_id, name = UUID(order.arguments["import_id"]), str(order.arguments["file_name"])
    data = await read_parts(runtime.storage, import_id, int(order.arguments["parts"]))
    streamed = await read_streamed(data, name=name, titles=TITLES, required=REQUIRED, max_rows=MAX_ROWS)
    return _Reading(import_id, streamed)


class _Reading(Batches):
    """First every row is staged, then every row is judged: ``position`` counts both."""

    def __init__(self, import_id: UUID, streamed: Streamed) -> None:
        self._import_id, self._streamed = import_id, streamed
        self._rows: Iterator[StreamedRow] = streamed.rows()
        self._at = 0
        self._reader: Reader | None = None
        self.total = 2 * streamed.total

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        """The next rows. Raises ``NotFound`` when the import is gone."""
        if progress.position < self._streamed.total:
            return await self._stage(session, progress)
        return await self._judge(session, progress)

    async def _stage(self, session: AsyncSession, progress: Progress) -> Progress:
        if progress.position == 0:
            await repository.forget_rows(session, self._import_id)
        if self._reader is None:
            row = await repository.get_import(session, self._import_id)
            if row is None:
                raise NotFound
            places = await places_of(session, row.region_prefix)
            self._reader = Reader(self._streamed.places, places, date1904=self._streamed.date1904)
        read = await asyncio.to_thread(self._read, self._reader, progress.position)
        await repository.stage(session, [self._staged(each) for each in read])
        return Progress(progress.position + len(read), progress.done + len(read), 0, progress.state)

    def _read(self, reader: Reader, position: int) -> list[ReadRow]:
        """The rows from this position on; those before it were staged by another worker."""
        ahead = position - self._at
        given = list(islice(self._rows, ahead, ahead + AT_ONCE))
        self._at = position + len(given)
        return [reader.read(each) for each in given]

    def _staged(self, row: ReadRow) -> dict[str, object]:
        return {
            "id": new_id(),
            "import_id": self._import_id,
            "line": row.line,
            "credit_code": row.credit_code,
            "name": row.name,
            "account": row.account,
            "region_code": row.region_code,
            "cells": row.cells,
            "phone": row.phone,
            "problems": row.told(),
            "outcome": LegacyOutcome.STAGED,
        }

    async def _judge(self, session: AsyncSession, progress: Progress) -> Progress:
        rows = await repository.first_with(session, self._import_id, [LegacyOutcome.STAGED], AT_ONCE)
        facts = await facts_of(session, self._import_id, rows)
        judged = judge_all(rows, facts)
        places = dict(self._streamed.places)
        await repository.judged(session, [values_of(places, row, each) for row, each in judged])
        out = sum(each.outcome.stays_out for _, each in judged)
        position = progress.position + len(rows) if rows else self.total
        return Progress(position, progress.done + len(rows) - out, progress.failed + out, progress.state)

    def report(self, progress: Progress) -> dict[str, object]:
        return {"import_id": str(self._import_id), "rows": self._streamed.total, "stays_out": progress.failed}

    async def conclude(self, session: AsyncSession) -> None:
        """What the administrator sees of the file as a whole."""
        row = await repository.get_import(session, self._import_id)
        if row is None:
            return
        counts = await repository.counts(session, self._import_id)
        row.total, row.coming = sum(counts.values()), sum(counts.get(each, 0) for each in LegacyOutcome.comes)
        row.places = {key: list(self._streamed.places[key]) for key in BY_KEY if key in self._streamed.places}
        row.ignored, row.notes = list(self._streamed.ignored), list(_notes(self._streamed))
        row.read_at = now_utc()


def _notes(streamed: Streamed) -> Iterator[str]:
    if streamed.skipped:
        named = "、".join(f"第 {line} 行“{text}”" for line, text in streamed.shown[:_NAMED])
        yield f"有 {streamed.skipped} 行不是单位，未读取：{named}{'等' if streamed.skipped > _NAMED else ''}"
    if streamed.ignored:
        yield f"以下列不导入：{'、'.join(streamed.ignored[:30])}"
