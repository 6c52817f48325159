"""A unit's calendar (FAQ-M7, BEY-03): until when it registers, from when and until when it chooses sessions, and where its people are
taught. Reads only.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.desk.calendar import repository
from services.training.desk.calendar.schemas import CalendarItem, CalendarRead, ItemKind
from services.training.plans.models import Plan
from shared.clock import beijing_time, beijing_today
from shared.ical import Entry
from shared.identity import Actor

KEPT_DAYS = 365


async def read_calendar(session: AsyncSession, *, actor: Actor, now: datetime) -> CalendarRead:
    """What is ahead, and what lies back no longer than a year."""
    since = beijing_today(now) - timedelta(days=KEPT_DAYS)
    items = [_registration(plan) for plan in await repository.plans_closing(session, actor, since)]
    items += [_opening(schedule) for schedule in await repository.schedules_opening(session, actor, since)]
    for row, plan_name in await repository.sessions_closing(session, actor, since):
        items += _choosing(row, plan_name)
    items += [_taught(*each) for each in await repository.sessions_attended(session, actor, since)]
    return CalendarRead(items=sorted(items, key=lambda item: (item.starts_on, item.title, item.uid)))


def entries_of(read: CalendarRead) -> list[Entry]:
    """The same as others' calendars have it."""
    return [
        Entry(
            uid=item.uid,
            title=item.title,
            starts_on=item.starts_on,
            ends_on=item.ends_on,
            at=item.at,
            location=item.location,
            note="" if item.people is None else f"本单位 {item.people} 人参加",
            path=item.path,
        )
        for item in read.items
    ]


def _registration(plan: Plan) -> CalendarItem:
    return _item(ItemKind.REGISTRATION_DEADLINE, plan.id, plan.name, plan.registration_deadline, plan_id=plan.id)


def _opening(schedule: Schedule) -> CalendarItem:
    moment = schedule.opened_at if schedule.status.is_open else schedule.opens_at
    assert moment is not None  # the query asks for one of the two
    return _item(ItemKind.SELECTION_OPENING, schedule.id, schedule.plan.name, moment, plan_id=schedule.plan_id)


def _choosing(row: ClassSession, plan_name: str) -> Iterator[CalendarItem]:
    said = f"{plan_name}第{row.session_no}期"
    ids = {"plan_id": row.plan_id, "class_session_id": row.id}
    if row.opens_at is not None:
        yield _item(ItemKind.SELECTION_OPENING, row.id, said, row.opens_at, **ids)
    yield _item(ItemKind.SELECTION_DEADLINE, row.id, said, row.selection_deadline, **ids)


def _taught(row: ClassSession, plan_name: str, people: int) -> CalendarItem:
    ids = {"plan_id": row.plan_id, "class_session_id": row.id}
    item = _item(ItemKind.CLASS_SESSION, row.id, f"{plan_name}第{row.session_no}期", row.start_date, **ids)
    return item.model_copy(update={"ends_on": row.end_date, "location": row.location, "people": people})


def _item(kind: ItemKind, about: UUID, said: str, when: date | datetime, **ids: UUID) -> CalendarItem:
    moment = when if isinstance(when, datetime) else None
    day = beijing_time(moment).date() if moment else when
    registering = kind is ItemKind.REGISTRATION_DEADLINE
    return CalendarItem(
        uid=uuid5(about, kind.value),
        kind=kind,
        title=f"{kind.label}：{said}",
        starts_on=day,
        ends_on=day,
        at=moment,
        path=f"/{'registrations' if registering else 'selections'}/{ids['plan_id']}",
        **ids,
    )
