"""Entries as people see them: their place in the queue, the chance with its numbers, and what may be done (BEY-02). Reads only."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.rules import LEFT_UNIT, free_places, specialty_row
from services.training.classes.waiting import repository
from services.training.classes.waiting.chance import chance_of
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.schemas import Chance, Position, WaitingEntryRead, WaitingPersonRead
from services.training.classes.waiting.workflow import WAITING, WaitingAction
from shared.clock import beijing_today, now_utc
from shared.db.paging import Page, PageRequest
from shared.errors import NotFound
from shared.identity import Actor
from shared.web.lists import page_of
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import Refusal

People = dict[UUID, list[repository.Queued]]


async def list_entries(
    session: AsyncSession, actor: Actor, wanted: repository.WaitingFilter, page: PageRequest
) -> Page[WaitingEntryRead]:
    """A page of the unit's entries, or of every queue for those who schedule, in the order of the queue."""
    rows = await repository.list_entries(session, actor, wanted, page)
    people = await repository.people_of(session, [row.entry.id for row in rows.items])
    now = now_utc()
    return page_of(rows, lambda row: _read(row, people, actor, now))


async def read_entries(session: AsyncSession, actor: Actor, entry_ids: Collection[UUID]) -> list[WaitingEntryRead]:
    """These entries as they are now, in the order of the queue."""
    rows = await repository.shown_entries(session, actor, entry_ids)
    people = await repository.people_of(session, [row.entry.id for row in rows])
    now = now_utc()
    return [_read(row, people, actor, now) for row in rows]


async def read_entry(session: AsyncSession, actor: Actor, entry_id: UUID) -> WaitingEntryRead:
    """One entry; raises ``NotFound``, also for a stranger's."""
    found = await read_entries(session, actor, [entry_id])
    if not found:
        raise NotFound
    return found[0]


def _read(row: repository.ShownEntry, people: People, actor: Actor, now: datetime) -> WaitingEntryRead:
    entry, at = row.entry, row.entry.class_session
    waits = entry.status is WAITING.initial
    position = Position(entries=row.entries_ahead, people=row.people_ahead, people_in_session=row.people_in_session)
    return WaitingEntryRead.of(
        entry,
        **{name: getattr(at, name) for name in ("session_no", "start_date", "end_date", "selection_deadline")},
        unit_name=row.unit_name,
        plan_name=row.plan_name,
        specialty_label=row.specialty_label,
        people=[_person(each) for each in people[entry.id]],
        position=position if waits else None,
        chance=_chance(entry, row.opened_at, position.people_in_session, now) if waits else None,
        queued_at=entry.created_at,
        allowed_actions=_actions(entry, people[entry.id], actor, now),
    )


def _person(each: repository.Queued) -> WaitingPersonRead:
    return WaitingPersonRead.of(each, reason=None if each.employment.is_in_post else LEFT_UNIT.reason)


def left_among(people: Collection[repository.Queued]) -> Refusal | None:
    """Why this group accepts no place: somebody in it has left (TRN-51)."""
    left = [each.name for each in people if not each.employment.is_in_post]
    return Refusal(LEFT_UNIT.code, f"{'、'.join(left)}：{LEFT_UNIT.reason}") if left else None


def _actions(
    entry: WaitingEntry, people: Collection[repository.Queued], actor: Actor, now: datetime
) -> list[AllowedAction]:
    """What stands in the way of [确认名额] is said in the words of its refusal (PLAT-02)."""
    actions = allowed_actions(WAITING, entry, actor, now)
    if (refusal := left_among(people)) is None:
        return actions
    changed = {"allowed": False, "reason": refusal.reason, "code": refusal.code}
    return [
        each.model_copy(update=changed) if each.action == WaitingAction.ACCEPT and each.allowed else each
        for each in actions
    ]


def _chance(entry: WaitingEntry, opened_at: datetime | None, ahead: int, now: datetime) -> Chance:
    at, today = entry.class_session, beijing_today(now)
    opened = at.opens_at or opened_at
    row = specialty_row(at, entry.specialty_code)
    places = at.capacity if row is None or row.places is None else row.places
    return chance_of(
        freed=at.freed,
        days_open=max(0, (today - beijing_today(opened)).days) if opened else 0,
        days_left=max(0, (at.selection_deadline - today).days + 1),
        ahead=ahead,
        size=entry.size,
        free=free_places(at, entry.specialty_code),
        most=min(at.capacity, places),
    )
