"""The reminders 30, 7 and 1 days before a last day (BEY-10): each once, also with two runs on one day, after a missed day and whatever
happens to the worker. Who is told by which channel is the business of notifications.
"""

from collections import defaultdict
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import due_repository
from services.declaration.clock.due_repository import Reminded
from shared.events.declaration import DeclarationDue
from shared.events.log import record

# How many reminders one transaction writes down.
BATCH: Final = 500


async def remind_batch(session: AsyncSession, today: date) -> int:
    """The next reminders, those of one kind and day in one event; how many there were, and fewer than ``BATCH`` when they were the last."""
    claimed = await due_repository.claim_reminders(session, today, BATCH)
    together: dict[tuple[object, ...], list[Reminded]] = defaultdict(list)
    for each in claimed:
        together[each.kind, each.change_reason, each.last_day].append(each)
    for same in together.values():
        record(session, _event(same, today))
    await session.flush()
    return len(claimed)


def _event(same: list[Reminded], today: date) -> DeclarationDue:
    first = same[0]
    units: list[UUID] = [each.employer_id for each in same]
    return DeclarationDue(
        kind=first.kind.value,
        kind_label=first.kind.label,
        change_label=first.change_reason.label if first.change_reason else "",
        last_day=first.last_day,
        days_left=(first.last_day - today).days,
        employer_ids=tuple(units),
    )
