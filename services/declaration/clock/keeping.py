"""Keeps what is due of units as rows, in the transaction of what changes it (BEY-10): an approval and its revocation, a change of 注册信息,
what a unit tells of itself. Each night everything is reckoned anew, so that changed days of the law, rows of before the clock and whatever
else was missed come right by themselves.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import repository
from services.declaration.clock.facts import BASICS_CAUSE, UnitFacts, cause_of, due_of_unit, law
from services.declaration.clock.repository import KeptDue
from services.declaration.form.due import Due

Key = tuple[UUID, str]


async def follow(session: AsyncSession, employer_id: UUID) -> None:
    """What is due of the unit, as everything in this transaction makes it. Takes the lock of the unit's clock last of all locks."""
    await session.flush()
    await repository.lock_clocks(session, [employer_id], wait=True)
    await repository.write_due(session, *await _differences(session, [employer_id]))


async def correct(session: AsyncSession, ids: Collection[UUID]) -> int:
    """Reckons these units anew; how many rows were not as they should be. Nothing is locked where nothing is wrong."""
    kept, gone = await _differences(session, ids)
    wrong = {each.employer_id for each in kept} | {employer_id for employer_id, _ in gone}
    if not wrong:
        return 0
    held = await repository.lock_clocks(session, wrong, wait=False)
    kept, gone = await _differences(session, held)
    await repository.write_due(session, kept, gone)
    return len(kept) + len(gone)


async def _differences(session: AsyncSession, ids: Collection[UUID]) -> tuple[list[KeptDue], set[Key]]:
    """The rows that are to be written, and the keys of those that are to go."""
    units = await repository.units(session, ids)
    last, told = await repository.last_declared(session, ids), await repository.told_of(session, ids)
    rows, days = await repository.due_rows(session, ids), law()
    kept: list[KeptDue] = []
    gone = set(rows)
    for unit in units:
        mine = unit.employer_id
        basics = rows.get((mine, BASICS_CAUSE))
        for due in due_of_unit(unit, last.get(mine), told.get(mine, ()), basics.since if basics else None, days):
            wanted = _row(unit, due)
            gone.discard((mine, wanted.cause))
            if rows.get((mine, wanted.cause)) != wanted:
                kept.append(wanted)
    return kept, gone


def _row(unit: UnitFacts, due: Due) -> KeptDue:
    return KeptDue(
        employer_id=unit.employer_id,
        cause=cause_of(due),
        kind=due.kind,
        change_reason=due.change_reason,
        reason=due.reason,
        since=due.since,
        opens_on=due.opens_on,
        last_day=due.last_day,
        region_code=unit.region_code,
    )
