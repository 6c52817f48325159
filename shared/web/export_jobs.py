"""Sheets of long lists as jobs (BEY-07, PLAT-09): what was asked for is kept sealed, since a filter may hold a number, and with it the rights
of whoever asked. A sheet is written from its first row by one worker; another begins it anew.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import Conflict
from shared.identity import Actor
from shared.runtime import Runtime
from shared.storage import CHUNK_BYTES
from shared.tasks import job_rows
from shared.tasks.jobs import LIST_EXPORT, Batches, J, JobOrder, JobTable, Progress, start_job
from shared.web.export_sheets import Export, ListReader, SheetFile

# So many at once by one account: each holds a worker for minutes.
MOST: Final = 3
# By address: every sheet that the service has, known as soon as its routes are.
KNOWN: Final[dict[str, Export]] = {}


class TooManyExports(Conflict):
    code = "too_many_exports"
    detail = f"您已有 {MOST} 个导出正在进行，请等其中一个完成，或在右上角“后台任务”中取消不需要的，再导出"


async def begin_export(
    runtime: Runtime, table: JobTable[J], address: str, *, actor: Actor, asked: Mapping[str, object], sort: str
) -> J:
    """The job that makes the sheet; what is asked for twice is made once. Raises ``TooManyExports``, ``StorageUnavailable``."""
    export = KNOWN[address]
    wanted = export.written(asked, sort)
    # Keyed, as a filter may be a number that could be guessed.
    same = hashlib.blake2b(wanted, key=runtime.settings.internal_secret[0].encode()[:64]).hexdigest()
    async with runtime.database.unit_of_work() as session:
        going = await job_rows.list_open(session, table, LIST_EXPORT, actor.account_id)
        known = [job for job in going if job.arguments["same"] == same and job.cancelled_at is None]
        if known:
            return known[0]
        if len(going) >= MOST:
            raise TooManyExports
        arguments = {"address": address, "title": export.title, "same": same}
        kind = LIST_EXPORT
        return await start_job(session, runtime.storage, table, actor=actor, kind=kind, arguments=arguments, data=wanted)


async def open_export(runtime: Runtime, order: JobOrder) -> Batches:
    """An ``OpenBatches``; each service names it in its ``main``, with which all its sheets are known."""
    export = KNOWN[order.arguments["address"]]
    asked, sort = export.read(order.data, order.actor)
    return ListExport(order, export, ListReader(runtime, export, asked, sort))


class ListExport(Batches):
    """One sheet while it is made. ``total`` is the list's own estimate until the last page was read."""

    def __init__(self, order: JobOrder, export: Export, reader: ListReader) -> None:
        self._order, self._export, self._reader = order, export, reader
        self._sheet = SheetFile(export)
        self.total = 1

    async def prepare(self, progress: Progress) -> None:
        """The next page. Raises what the list raises, and ``ExportTooLong``."""
        await self._sheet.add(await self._reader.next())

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        """Notes how many rows stand in the sheet; the list may have come to its end with none more."""
        rows, more = self._sheet.rows, self._reader.more
        position = max(rows, progress.position + 1)
        self.total = max(self._reader.total or 0, position + 1) if more else position
        return Progress(position, rows)

    async def finish(self, progress: Progress) -> None:
        """Hands the workbook over. Raises ``StorageUnavailable``."""
        file = await self._sheet.close()
        file.seek(0)
        self._order.files.begin(self._export.file_name)
        while piece := file.read(CHUNK_BYTES):
            await self._order.files.write(piece)
        await self._order.files.end()

    def let_go(self) -> None:
        self._sheet.let_go()

    def report(self, progress: Progress) -> dict[str, Any]:
        return {"rows": self._sheet.rows}
