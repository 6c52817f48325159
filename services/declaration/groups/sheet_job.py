"""A group's sheet taken in as a job (PLAT-09): one branch a batch, in one transaction with the progress, so that a worker that is killed is
followed by one that goes on at the next branch, and whoever waits for one branch waits for no other.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.groups.sheet_rows import GroupSheet
from services.declaration.groups.sheet_schemas import GroupSheetRow, RowOutcome
from services.declaration.groups.sheet_service import read_bytes, report_of, take_in
from shared.runtime import Runtime
from shared.tasks.jobs import Batches, JobOrder, Progress

_DONE = frozenset({RowOutcome.SAVED, RowOutcome.SAME})


async def open_sheet(_runtime: Runtime, order: JobOrder) -> Batches:
    """Reads the sheet. Raises what ``read_bytes`` does."""
    return _Sheet(order, await read_bytes(order.data))


class _Sheet(Batches):
    def __init__(self, order: JobOrder, sheet: GroupSheet) -> None:
        self._actor, self._sheet = order.actor, sheet
        self._overwrite = bool(order.arguments["overwrite"])
        self.total = len(sheet.units)

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        """The next branch. Raises what a store or a database that is away raises."""
        unit = self._sheet.units[progress.position]
        row = await take_in(session, self._actor, unit, overwrite=self._overwrite)
        good = row.outcome in _DONE
        told = [*progress.state.get("rows", []), row.model_dump(mode="json")]
        return Progress(progress.position + 1, progress.done + good, progress.failed + (not good), {"rows": told})

    def report(self, progress: Progress) -> dict[str, object]:
        """A ``GroupSheetReport`` of the branches that have been looked at."""
        rows = [GroupSheetRow.model_validate(each) for each in progress.state.get("rows", [])]
        return report_of(self._sheet, rows, applied=True).model_dump(mode="json")
