"""What an employer has to declare (DECL-02, BEY-10): by what the platform knows, what the employer has told of itself, and what it asks
"what if" about.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar.receipts import review_due
from services.declaration.calendar.service import calendar_of
from services.declaration.clock import repository
from services.declaration.clock.due_repository import of_employer
from services.declaration.clock.facts import BASICS_CAUSE, Told, events_of, law
from services.declaration.clock.keeping import follow
from services.declaration.clock.schemas import ClockRead, DueRead, LastApprovedRead, ToldRead, WhatHappened
from services.declaration.clock.states import state_of
from services.declaration.clock.workflow import Happening
from services.declaration.declarations import repository as declarations
from services.declaration.declarations.blocking import blocking_of
from services.declaration.declarations.models import Declaration
from services.declaration.employers.repository import require_employer, require_locked
from services.declaration.employers.service import EMPLOYER
from services.declaration.form.choices import ChangeReason
from services.declaration.form.due import Due, UnitEvents, due_of
from shared.addresses import address
from shared.clock import beijing_today, now_utc
from shared.errors import FieldError, InvalidInput, NotFound
from shared.ical import Entry
from shared.identity import Actor
from shared.wording import Word

EMPLOYER.words.update({each.value: Word(each.label) for each in Happening})


async def clock_of(session: AsyncSession, *, actor: Actor, happened: WhatHappened) -> ClockRead:
    """What the actor's employer has to declare. Raises ``Unavailable`` before the directory has told of it."""
    employer = await require_employer(session, actor.organisation_id)
    today = beijing_today(now_utc())
    waiting = await declarations.get_open(session, employer.id)
    last = await declarations.get_last_approved(session, employer.id)
    told = (await repository.told_of(session, [employer.id])).get(employer.id, [])
    standing = [each for each in told if last is None or each.told_on > last.declared_on]
    submitted = waiting is not None and waiting.status.awaits_review
    due = due_of(await _events(session, actor, told, happened, today), law()) if employer.active else []
    return ClockRead(
        due=[_read(each, today, submitted=submitted) for each in due],
        told=[ToldRead.of(each) for each in standing],
        blocking=await blocking_of(session, waiting, actor) if waiting else None,
        review_due_on=await _review_due(session, waiting),
        last_approved=LastApprovedRead.of(last) if last else None,
    )


def _read(due: Due, today: date, *, submitted: bool) -> DueRead:
    days_left = due.days_left(today)
    state = state_of(due.last_day, today, submitted=submitted)
    return DueRead.of(due, days_left=days_left, is_open=due.is_open(today), state=state)


async def due_entries(session: AsyncSession, employer_id: UUID) -> list[Entry]:
    """What is due of the unit, for its calendar (BEY-03); what has no last day is no date."""
    return [
        Entry(
            uid=uuid5(employer_id, due.cause),
            title=f"{due.kind.label}截止",
            starts_on=due.last_day,
            ends_on=due.last_day,
            note=due.reason,
            path=address("declarations"),
        )
        for due in await of_employer(session, employer_id)
        if due.last_day is not None
    ]


async def _review_due(session: AsyncSession, waiting: Declaration | None) -> date | None:
    if waiting is None or waiting.pending_since is None:
        return None
    return review_due(await calendar_of(session), waiting.pending_since)


async def _events(
    session: AsyncSession, actor: Actor, told: list[Told], happened: WhatHappened, today: date
) -> UnitEvents:
    """What is known, and what is asked about beside it."""
    ids = [actor.organisation_id]
    unit = (await repository.units(session, ids))[0]
    last = (await repository.last_declared(session, ids)).get(unit.employer_id)
    since = next((row.since for row in await of_employer(session, unit.employer_id) if row.cause == BASICS_CAUSE), None)
    events = events_of(unit, last, told, since)
    changes = events.changes
    if happened.change_reason and happened.change_reason is not ChangeReason.SYSTEM_UPDATE:
        changes = ((happened.change_reason, happened.changed_on or today), *changes)
    return replace(
        events,
        changes=changes,
        accepted_on=happened.accepted_on or events.accepted_on,
        ended_on=happened.ended_on or events.ended_on,
    )


async def tell(session: AsyncSession, *, actor: Actor, what: Happening, happened_on: date) -> ClockRead:
    """The unit tells of an acceptance, a change or its end: from that day on the law's days run. Raises ``InvalidInput`` for a day that is
    still to come."""
    employer = await require_locked(session, actor.organisation_id)
    today = beijing_today(now_utc())
    if happened_on > today:
        raise InvalidInput(errors=[FieldError("happened_on", "date_in_future", "日期不能晚于今天")])
    await repository.tell(session, employer.id, what, happened_on, today)
    EMPLOYER.note(session, employer.id, "tell", actor=actor, after={what.value: happened_on.isoformat()})
    await follow(session, employer.id)
    return await clock_of(session, actor=actor, happened=WhatHappened())


async def untell(session: AsyncSession, *, actor: Actor, what: Happening) -> ClockRead:
    """It was a mistake: the days no longer run from it. Raises ``NotFound``."""
    employer = await require_locked(session, actor.organisation_id)
    if not await repository.untell(session, employer.id, what):
        raise NotFound
    EMPLOYER.note(session, employer.id, "untell", actor=actor, after={what.value: None})
    await follow(session, employer.id)
    return await clock_of(session, actor=actor, happened=WhatHappened())
