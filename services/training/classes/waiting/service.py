"""What happens to an entry of the waiting list (BEY-02): accepted, declined, left by its unit, ended by the platform. An offered place is a
taken place, held by rows of ``seats``; how one is offered is in ``offering``, how one queues in ``queueing``.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats import repository as seats
from services.training.classes.waiting import repository
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.reading import left_among, read_entry
from services.training.classes.waiting.schemas import WaitingEntryRead
from services.training.classes.waiting.workflow import WAITING, WaitingAction
from services.training.hints import OFFER_PLACES
from shared.db.session import note_hint
from shared.events.log import record as record_event
from shared.events.training_selection import WaitingEnded
from shared.identity import SYSTEM, Actor
from shared.wording import counted, unsaid
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody, Refusal

WAITING.words.update(
    unit_id=unsaid("单位"),
    class_session_id=unsaid("班次"),
    specialty_code=unsaid("专业类别"),
    people=counted("候补人员", "人"),
)


async def act_on_entry(
    session: AsyncSession, actor: Actor, entry_id: UUID, action: WaitingAction, body: ActionBody
) -> WaitingEntryRead:
    """[确认名额], [放弃名额] and [退出候补]. Raises ``NotFound`` and ``ActionRefused``."""
    await repository.require_entry(session, actor, entry_id)
    entry, _ = await repository.lock_entry(session, entry_id)
    await move(session, entry, action, actor, body)
    return await read_entry(session, actor, entry_id)


async def move(
    session: AsyncSession, entry: WaitingEntry, action: WaitingAction, actor: Actor, body: ActionBody | None = None
) -> None:
    """One step along the table; the entry's people are free to queue again once it is over. They are locked by the caller."""
    await apply(session, WAITING, entry, action, actor=actor, body=body)
    if not entry.status.is_open:
        for each in entry.people:
            each.open = False
    await session.flush()


async def end(session: AsyncSession, entry: WaitingEntry, action: WaitingAction, why: str) -> None:
    """The platform ends an entry, and its unit is told why; the people are locked by the caller."""
    names = (await repository.people_of(session, [entry.id]))[entry.id]
    entry.note = why
    await move(session, entry, action, SYSTEM, ActionBody(reason=why))
    record_event(
        session,
        WaitingEnded(
            entry_id=entry.id,
            plan_id=entry.plan_id,
            plan_name=await repository.plan_name(session, entry.plan_id),
            class_session_id=entry.class_session_id,
            session_no=entry.class_session.session_no,
            unit_id=entry.unit_id,
            people="、".join(each.name for each in names),
            why=why,
        ),
    )


async def lapse_entries_of(
    session: AsyncSession, registration_id: UUID, why: str, class_session_id: UUID | None = None
) -> None:
    """Ends the open entries of a registration that cannot be placed any more, in that session or everywhere; the others of its group queue
    on without it, or keep the places that they were offered. The caller has locked the registration, then the person. Whoever touches one
    of these entries locks its registrations first, so that the entry is never waited for."""
    there = () if class_session_id is None else (WaitingEntry.class_session_id == class_session_id,)
    entries = await repository.lock_open_entries_of(session, registration_id, *there)
    # What is given up is counted on the rows of class sessions, which everybody touches in the order of their ids.
    for entry in sorted(entries, key=lambda each: each.class_session_id):
        if len(entry.people) == 1:
            await end(session, entry, WaitingAction.LAPSE, why)
        else:
            await _go_on_without(session, entry, registration_id, why)


async def take_along(session: AsyncSession, registration_id: UUID, unit_id: UUID, actor: Actor, why: str) -> None:
    """Who moves to another unit keeps the turn, or the offer, and the new unit answers (BEY-14). Who queued with others cannot take the
    group's turn along and leaves it. Locks are as for ``lapse_entries_of``; places of an offer go with the seats."""
    entries = await repository.lock_open_entries_of(session, registration_id)
    for entry in sorted(entries, key=lambda each: each.class_session_id):
        if len(entry.people) > 1:
            await _go_on_without(session, entry, registration_id, why)
            continue
        before, entry.unit_id = {"unit_id": str(entry.unit_id)}, unit_id
        WAITING.note(
            session, entry.id, "transfer", actor=actor, before=before, after={"unit_id": str(unit_id)}, reason=why
        )
    await session.flush()


async def _go_on_without(session: AsyncSession, entry: WaitingEntry, registration_id: UUID, why: str) -> None:
    offered = await repository.offered_to(session, entry.id)
    await _release(session, entry, {registration_id}.intersection(offered))
    before = {"people": sorted(str(each.registration_id) for each in entry.people)}
    entry.people = [each for each in entry.people if each.registration_id != registration_id]
    entry.size = len(entry.people)
    after = {"people": sorted(str(each.registration_id) for each in entry.people)}
    WAITING.note(session, entry.id, "update", actor=SYSTEM, before=before, after=after, reason=why)
    note_hint(session, OFFER_PLACES)  # a smaller group may fit now
    await session.flush()


async def _release(session: AsyncSession, entry: WaitingEntry, registration_ids: Collection[UUID]) -> None:
    """Counters go down by the rows that were really there (BEY-01)."""
    at, code = entry.class_session_id, entry.specialty_code
    places_gone, seats_gone = await seats.remove_placements(session, at, code, registration_ids)
    await seats.free(session, [at] * seats_gone, [(at, code)] * places_gone)
    note_hint(session, OFFER_PLACES)


@WAITING.effect("keep_places")
async def keep_places(session: AsyncSession, entry: WaitingEntry, _actor: Actor, _body: ActionBody) -> None:
    """Accepted: the offered places are like any other. Raises ``ActionRefused`` when the unit gave them up by itself meanwhile, or one of
    the people has left."""
    if refusal := left_among((await repository.people_of(session, [entry.id]))[entry.id]):
        raise ActionRefused(refusal)
    if not await seats.keep_places(session, entry.id):
        raise ActionRefused(Refusal("places_gone", "保留的名额已由本单位在选班中取消，如仍需参加请重新候补"))


@WAITING.effect("release_places")
async def release_places(session: AsyncSession, entry: WaitingEntry, _actor: Actor, _body: ActionBody) -> None:
    """The offered places are free for the next in the queue; an entry that only waited holds none."""
    if offered := await repository.offered_to(session, entry.id):
        await _release(session, entry, offered)
