"""The import itself as a job: some hundred rows a batch, each judged anew under the locks of its units, because days may lie between
preview and confirmation. A row that has come over is no longer among those that will, so a worker that is killed is followed by one that
finds the rest, and nothing is done twice (PLAT-11).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.importing import begin_imported
from services.declaration.legacy import repository
from services.declaration.legacy.facts import facts_of, judge_all, values_of
from services.declaration.legacy.models import LegacyRow
from services.declaration.legacy.reading import basics_of
from services.declaration.legacy.workflow import LegacyOutcome
from shared.clock import now_utc
from shared.identity import Actor
from shared.runtime import Runtime
from shared.tasks.jobs import Batches, JobOrder, Progress

AT_ONCE = 200
_O = LegacyOutcome


async def open_applying(_runtime: Runtime, order: JobOrder) -> Batches:
    return _Applying(order)


class _Applying(Batches):
    """``done`` came over or wait, ``failed`` stay out after all."""

    def __init__(self, order: JobOrder) -> None:
        self._actor, self._import_id = order.actor, UUID(order.arguments["import_id"])
        self.total = int(order.arguments["total"])

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        rows = await repository.first_with(session, self._import_id, _O.comes, AT_ONCE, lock=True)
        came = await apply_rows(session, self._actor, self._import_id, rows) if rows else 0
        # The last row ends it, wherever the count stands.
        position = min(progress.position + len(rows), self.total - 1) if len(rows) == AT_ONCE else self.total
        position = max(position, progress.position + 1)
        return Progress(position, progress.done + came, progress.failed + len(rows) - came)

    def report(self, progress: Progress) -> dict[str, object]:
        return {"import_id": str(self._import_id), "came": progress.done, "stayed_out": progress.failed}

    async def conclude(self, session: AsyncSession) -> None:
        row = await repository.get_import(session, self._import_id)
        if row is not None:
            row.applied_at = now_utc()


async def apply_rows(session: AsyncSession, actor: Actor, import_id: UUID, rows: Sequence[LegacyRow]) -> int:
    """Takes these rows over, whose locks the caller holds; how many came or wait."""
    file = await repository.get_import(session, import_id)
    places = file.places if file else {}
    facts = await facts_of(session, import_id, rows, lock=True)
    judged = judge_all(rows, facts)
    ids = {each.unit.employer_id for _, each in judged if each.unit}
    employers = await repository.lock_employers(session, ids)
    values: list[dict[str, Any]] = []
    replaced: dict[UUID, UUID] = {}
    taken: set[UUID] = set()
    for row, each in judged:
        unit = each.unit
        new = {**values_of(places, row, each), "declaration_id": row.declaration_id}
        if each.outcome is _O.READY and unit is not None and unit.employer_id not in taken:
            taken.add(unit.employer_id)
            basics = basics_of(row.cells, row.phone)
            made = begin_imported(session, actor=actor, employer=employers[unit.employer_id], basics=basics)
            new |= {"outcome": _O.IMPORTED, "declaration_id": made.id}
        elif each.outcome is _O.WILL_WAIT:
            new["outcome"] = _O.WAITING
        if new["outcome"].came:
            replaced |= dict.fromkeys(each.replaces, row.id)
        values.append(new)
    await session.flush()
    await repository.judged(session, values)
    await repository.replace(session, replaced)
    return sum(value["outcome"].came for value in values)
