"""Undoing an import as a job: drafts that nobody of the unit has touched are taken back, rows that wait no longer do, and what they had
replaced waits again. A record that was edited since is the unit's: it stays, and its row says so.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.importing import is_untouched, take_back_imported
from services.declaration.legacy import repository
from services.declaration.legacy.models import LegacyRow
from services.declaration.legacy.workflow import LegacyOutcome
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.tasks.jobs import Batches, JobOrder, Progress

AT_ONCE = 200
KEPT = "单位已修改或提交导入的申报，予以保留"
_O = LegacyOutcome
# A row that was replaced must not wait again when the later import is undone, too.
_UNDONE = frozenset({_O.IMPORTED, _O.WAITING, _O.REPLACED, *_O.comes})


async def open_undoing(_runtime: Runtime, order: JobOrder) -> Batches:
    return _Undoing(order)


class _Undoing(Batches):
    """``done`` were taken back, ``failed`` stay because they were edited."""

    def __init__(self, order: JobOrder) -> None:
        self._actor, self._import_id = order.actor, UUID(order.arguments["import_id"])
        self.total = int(order.arguments["total"])

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        rows = await repository.first_with(session, self._import_id, _UNDONE, AT_ONCE, lock=True)
        await repository.lock_employers(session, {row.employer_id for row in rows if row.employer_id})
        records = await repository.locked_declarations(
            session, {row.declaration_id for row in rows if row.declaration_id}
        )
        values: list[dict[str, Any]] = []
        for row in rows:
            record = records.get(row.declaration_id) if row.declaration_id else None
            if record is not None and not is_untouched(record):
                values.append(_became(row, _O.KEPT, KEPT))
                continue
            if record is not None:
                await take_back_imported(session, actor=self._actor, declaration=record)
            values.append(_became(row, _O.UNDONE, ""))
        await session.flush()
        await repository.judged(session, values)
        gone = [value["id"] for value in values if value["outcome"] is _O.UNDONE]
        await repository.give_back(session, gone)
        position = min(progress.position + len(rows), self.total - 1) if len(rows) == AT_ONCE else self.total
        position = max(position, progress.position + 1)
        return Progress(position, progress.done + len(gone), progress.failed + len(rows) - len(gone))

    def report(self, progress: Progress) -> dict[str, object]:
        return {"import_id": str(self._import_id), "undone": progress.done, "kept": progress.failed}

    async def conclude(self, session: AsyncSession) -> None:
        row = await repository.get_import(session, self._import_id)
        if row is not None:
            row.undone_at = now_utc()


def _became(row: LegacyRow, outcome: LegacyOutcome, words: str) -> dict[str, Any]:
    return {"id": row.id, "outcome": outcome, "words": words}
