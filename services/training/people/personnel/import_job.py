"""The import of a large sheet of people as a job (PLAT-09, BEY-07): read once, then some hundred rows a batch. Rows keep their place in the
sheet, good or bad, so that another worker goes on at the row where the first one died.
"""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.importing import (
    AT_ONCE,
    TOLD,
    Counts,
    ImportMode,
    compare,
    is_applied,
    report_of,
    take_in,
    without_others,
)
from services.training.people.personnel.sheet import PeopleSheet, PersonRow, check_people, read_rows
from shared.runtime import Runtime
from shared.sheets import Column, write_sheet
from shared.tasks.jobs import Batches, JobOrder, Progress

ERRORS_FILE = "人员导入错误明细.xlsx"
_ERROR_COLUMNS = (
    Column("row", "行", width=8),
    Column("column", "列", width=24),
    Column("value", "填写内容", width=32),
    Column("reason", "原因", width=60),
)


async def open_import(_runtime: Runtime, order: JobOrder) -> Batches:
    """Reads and checks the whole sheet. Raises what ``read_rows`` does."""
    sheet = await asyncio.to_thread(check_people, await read_rows(order.data))
    return _Import(order, sheet)


class _Import(Batches):
    """``all`` with a bad row, like a preview, compares and writes nothing. Whom other units have on file is asked once, before the first
    batch."""

    def __init__(self, order: JobOrder, sheet: PeopleSheet) -> None:
        self._actor, self._files, self._mode = order.actor, order.files, ImportMode(order.arguments["mode"])
        self._asked = False
        self._keep(sheet)
        self.total = len(self._rows)

    def _keep(self, sheet: PeopleSheet) -> None:
        self._sheet, self._applied = sheet, is_applied(sheet, self._mode)
        good = {row.number: row for row in sheet.good}
        bad = dict.fromkeys(error.row for error in sheet.errors)
        self._rows: list[PersonRow | None] = [good.get(number) for number in sorted({**bad, **good})]

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        """The next rows of the sheet. Raises what ``take_in`` does."""
        if not self._asked:
            self._keep(await without_others(session, self._actor, self._sheet))
            self._asked = True
        part = self._rows[progress.position : progress.position + AT_ONCE]
        good = [row for row in part if row is not None]
        made = await (take_in if self._applied else compare)(session, self._actor, good)
        return Progress(
            position=progress.position + len(part),
            done=progress.done + len(good),
            failed=progress.failed + len(part) - len(good),
            state=vars(Counts(**progress.state) + made),
        )

    def report(self, progress: Progress) -> dict[str, object]:
        """An ``ImportReport``; of a job that was called off, what had been done by then."""
        applied = self._applied and progress.position > 0
        report = report_of(self._sheet, Counts(**progress.state), applied=applied, told=TOLD)
        return report.model_dump(mode="json")

    async def finish(self, _progress: Progress) -> None:
        """Every bad cell, its numbers masked (PLAT-05)."""
        if self._sheet.errors:
            rows = (vars(error) for error in self._sheet.errors)
            await self._files.put(ERRORS_FILE, await asyncio.to_thread(write_sheet, "错误明细", _ERROR_COLUMNS, rows))
