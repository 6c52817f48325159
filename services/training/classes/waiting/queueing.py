"""A unit queues for a full class session (BEY-02): one entry for a group that goes together, or one for each person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats import repository as seats
from services.training.classes.seats.rules import specialty_row
from services.training.classes.waiting import queue_repository, repository, rules
from services.training.classes.waiting.models import WaitingEntry, WaitingPerson
from services.training.classes.waiting.reading import read_entries
from services.training.classes.waiting.schemas import WaitingEntriesCreate, WaitingEntriesRead
from services.training.classes.waiting.workflow import WAITING
from services.training.enrolment.registrations.models import Registration
from services.training.hints import OFFER_PLACES
from shared.clock import now_utc
from shared.db.session import note_hint
from shared.errors import FieldError, InvalidInput, NotFound
from shared.identity import Actor
from shared.workflow.definition import Refusal


async def join_queue(session: AsyncSession, *, actor: Actor, body: WaitingEntriesCreate) -> WaitingEntriesRead:
    """Makes the entries, all or none. Raises ``NotFound``, ``InvalidInput`` (specialty), ``QueueRefused`` (not open, over, too large, or
    places are free and nobody waits) and ``PeopleCannotQueue`` with one entry per person."""
    row, status = await repository.require_class_session(session, actor, body.class_session_id)
    people = await _lock_people(session, actor, row, body.registration_ids)
    if specialty_row(row, body.specialty_code) is None:
        raise InvalidInput(errors=[FieldError("specialty_code", "not_offered", "本期未开设该专业类别")])
    if refusal := rules.not_now(status, row, now_utc()):
        raise rules.QueueRefused(refusal)
    seated = await _check_people(session, row, people, body)
    await _check_need(session, row, body, len(people), seated)
    entries = await _add(session, actor, row, people, body)
    note_hint(session, OFFER_PLACES)
    return WaitingEntriesRead(entries=await read_entries(session, actor, entries))


async def _lock_people(
    session: AsyncSession, actor: Actor, row: ClassSession, ids: Sequence[UUID]
) -> list[Registration]:
    """The unit's own people in that plan, in the order given."""
    own = (Registration.unit_id == actor.organisation_id, Registration.plan_id == row.plan_id)
    found = {each.id: each for each in await repository.lock_registrations(session, ids, *own)}
    if any(each not in found for each in ids):
        raise NotFound
    await seats.lock_people(session, (each.person_id for each in found.values()))
    return [found[each] for each in dict.fromkeys(ids)]


async def _check_people(
    session: AsyncSession, row: ClassSession, people: Sequence[Registration], body: WaitingEntriesCreate
) -> int:
    """How many of them sit in the session already; raises ``PeopleCannotQueue``."""
    ids, code = [each.id for each in people], body.specialty_code
    placed = await repository.placed_among(session, ids, code)
    queued = await repository.queued_among(session, ids, code)
    here, elsewhere = await repository.seats_of(session, row, [each.person_id for each in people])
    errors = []
    for each in people:
        refusal = rules.cannot_sit(each, row, code, placed, elsewhere)
        if refusal is None and each.id in queued:
            refusal = Refusal("already_waiting", "该专业类别已在候补，如需换班请先退出候补")
        if refusal:
            field = f"registration_ids.{body.registration_ids.index(each.id)}"
            errors.append(FieldError(field, refusal.code, f"{each.staff.name}：{refusal.reason}"))
    if errors:
        raise rules.PeopleCannotQueue("；".join(error.message for error in errors), errors=errors)
    return len(here)


async def _check_need(
    session: AsyncSession, row: ClassSession, body: WaitingEntriesCreate, people: int, seated: int
) -> None:
    refusal = rules.too_large(row, body.specialty_code, people if body.together else 1)
    if refusal is None and not await queue_repository.anybody_waits(session, row.id):
        refusal = rules.free_now(row, body.specialty_code, people, seated)
    if refusal:
        raise rules.QueueRefused(refusal)


async def _add(
    session: AsyncSession,
    actor: Actor,
    row: ClassSession,
    people: Sequence[Registration],
    body: WaitingEntriesCreate,
) -> list[UUID]:
    made, ids = [], {each.id for each in people}
    lost = await seats.lost_among(session, ids, body.specialty_code)
    for group in [people] if body.together else [[each] for each in people]:
        entry = WaitingEntry(
            unit_id=actor.organisation_id,
            plan_id=row.plan_id,
            class_session_id=row.id,
            specialty_code=body.specialty_code,
            size=len(group),
            comes_first=lost.issuperset(each.id for each in group),
            people=[WaitingPerson(registration_id=each.id, specialty_code=body.specialty_code) for each in group],
        )
        session.add(entry)
        await session.flush()  # one by one: the numbers of the queue are in the order given
        made.append(entry.id)
        after = {
            "class_session_id": str(row.id),
            "specialty_code": body.specialty_code,
            "people": sorted(str(each.id) for each in group),
        }
        WAITING.note(session, entry.id, "create", actor=actor, after=after)
    await session.flush()
    return made
