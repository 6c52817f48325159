"""[确定] (TRN-69): the ticked set becomes the unit's people of one row of one session, all or nothing. What is said of a click follows from
one read (``situation``), what it does is one statement (``moving``); when that finds anything else than was read, all is done again.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.repository import Bound
from services.training.classes.seats.rules import called_off, closed, described, opens_later, plan_not_open, unfit_as
from services.training.classes.selection import refusals, repository
from services.training.classes.selection.moving import Move, move_places
from services.training.classes.selection.refusals import PlacesRefused
from services.training.classes.selection.schemas import PlacementsPut, PlacementsRead
from services.training.classes.selection.situation import Asked, Row, Situation, read_situation
from services.training.classes.selection.workflow import SELECTION
from services.training.hints import OFFER_PLACES
from shared.clock import now_utc
from shared.db.session import note_hint
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput, NotFound, Overtaken
from shared.identifiers import new_id
from shared.identity import Actor
from shared.wording import counted, unsaid
from shared.workflow.definition import Refusal

SELECTION.words.update(
    class_session_id=unsaid("班次"),
    specialty_code=unsaid("专业类别"),
    added=counted("选入", "人"),
    removed=counted("移出", "人"),
)


async def place_people(session: AsyncSession, *, actor: Actor, plan_id: UUID, body: PlacementsPut) -> PlacementsRead:
    """Makes the ticked set the unit's people of that row (TRN-69, TRN-72). Raises ``PlacesRefused`` (called off, not open, submitted,
    deadline over, results out, an offer unticked, the queue first), ``PeopleNotSelectable``, ``TimeClash``, ``AlreadyPlaced``,
    ``ClassIsFull``, ``SessionChanged``, and ``Overtaken``, upon which the whole is to be done again."""
    now, asked = now_utc(), set(body.registration_ids)
    at = await read_situation(session, actor, plan_id, body.class_session_id, body.specialty_code, asked, now)
    row = _checked_row(at, now)
    if asked - {each.id for each in at.people}:
        raise NotFound
    new = [each for each in at.people if each.id in asked and (each.at is None or each.at.id != row.id)]
    gone = [each for each in at.people if each.id not in asked]
    if not new and not gone:
        return _answer(body, Bound(row.capacity, row.taken), Bound(row.places, row.placed), 0, 0)
    _check_people(body, row, gone, new)
    await _check_clashes(session, row, new)
    _check_places(at, row, gone, new)
    seated, placed = await _move(session, actor, plan_id, at, row, body, gone, new)
    if gone:
        note_hint(session, OFFER_PLACES)
    return _answer(body, seated, placed, len(new), len(gone))


def _checked_row(at: Situation, now: datetime) -> Row:
    """The row, when its places can be changed now."""
    if not at.is_open:
        raise PlacesRefused(plan_not_open(at.opens_at))
    row = at.row
    if row is None:
        raise NotFound
    if row.specialty_label is None:
        raise InvalidInput(errors=[FieldError("specialty_code", "not_offered", "本期未开设该专业类别")])
    done = called_off(row.status, row.session_no)
    if done is None and at.selection_status:
        done = refusals.finished(at.selection_status)
    if row.results_are_out:
        done = Refusal("results_published", f"第{row.session_no}期成绩已发布，不能再调整选班")
    if refusal := done or opens_later(row, now) or closed(row, now):
        raise PlacesRefused(refusal)
    return row


def _check_people(body: PlacementsPut, row: Row, gone: Sequence[Asked], new: Sequence[Asked]) -> None:
    if offered := [each for each in gone if each.offered]:
        pending = refusals.OFFER_PENDING
        named = [
            FieldError(f"registrations.{each.id}", pending.code, f"{each.name}：{pending.reason}") for each in offered
        ]
        raise PlacesRefused(pending, named)
    errors = [
        FieldError(
            f"registration_ids.{body.registration_ids.index(each.id)}", refusal.code, f"{each.name}：{refusal.reason}"
        )
        for each in new
        if (refusal := unfit_as(each.status, each.kind, each.registered, each.employment, row))
    ]
    if errors:
        raise refusals.PeopleNotSelectable("；".join(error.message for error in errors), errors=errors)


async def _check_clashes(session: AsyncSession, row: Row, new: Sequence[Asked]) -> None:
    """TRN-70: placed for this specialty in another session, or busy on one of the days; each person named."""
    errors = [
        FieldError(f"registrations.{each.id}", "already_placed", f"{each.name}的该专业类别已选{described(each.at)}")
        for each in new
        if each.at
    ]
    if errors:
        raise refusals.AlreadyPlaced("；".join(each.message for each in errors), errors=errors)
    if not any(each.clashes for each in new):
        return
    clashes = await repository.clashing_seats(session, row, [each.person_id for each in new])
    errors = [
        FieldError(f"registrations.{each.id}", "time_clash", f"{each.name}已选“{plan}”{described(other)}，培训时间冲突")
        for each in new
        if each.person_id in clashes
        for other, plan in [clashes[each.person_id]]
    ]
    raise refusals.TimeClash("；".join(each.message for each in errors) or None, errors=errors)


def _check_places(at: Situation, row: Row, gone: Sequence[Asked], new: Sequence[Asked]) -> None:
    """The quick answer when the places do not suffice; the guard is in the statement that takes them. Both bounds bind (X11)."""
    people = sum(not each.seated for each in new) - sum(not each.stays for each in gone)
    left, needed = row.capacity - row.taken, len(new) - len(gone)
    if people > left:
        said = f"第{row.session_no}期分班人数 {row.capacity} 人，剩余 {left} 人，本次需要 {people} 人"
        raise _class_is_full(at, FieldError("capacity", "session_full", said))
    if row.places is not None and needed > row.places - row.placed:
        label, rest = row.specialty_label, row.places - row.placed
        said = f"第{row.session_no}期“{label}”限制人数 {row.places} 人，剩余 {rest} 人，本次需要 {needed} 人"
        raise _class_is_full(at, FieldError("places", "specialty_full", said))
    if new and row.queue_first:
        raise PlacesRefused(refusals.QUEUE_FIRST)


def _class_is_full(at: Situation, bound: FieldError) -> Conflict:
    elsewhere = [
        FieldError(f"class_sessions.{each.id}", "free_elsewhere", f"{described(each)}剩余 {each.free} 人")
        for each in at.elsewhere
    ]
    told = "；".join(each.message for each in elsewhere)
    more = f"仍有空位的班次：{told}" if told else "该专业类别的其他班次也没有空位，可加入候补，或联系省疾控"
    return refusals.ClassIsFull(f"{bound.message}。{more}", errors=[bound, *elsewhere])


async def _move(
    session: AsyncSession,
    actor: Actor,
    plan_id: UUID,
    at: Situation,
    row: Row,
    body: PlacementsPut,
    gone: Sequence[Asked],
    new: Sequence[Asked],
) -> tuple[Bound, Bound]:
    """The places last of all: everybody waits for their row. Raises ``Overtaken`` and ``SessionChanged``."""
    assert at.schedule_id is not None
    move = Move(
        unit_id=actor.organisation_id,
        plan_id=plan_id,
        schedule_id=at.schedule_id,
        selection_id=at.selection_id or new_id(),
        selection_version=at.selection_version,
        class_session_id=row.id,
        version=row.version,
        specialty_code=body.specialty_code,
        added=[each.id for each in new],
        removed=[each.id for each in gone],
    )
    with refused_as(lambda _: Overtaken()):
        _remember(session, actor, move)
        await session.flush()
        moved = await move_places(session, move)
    if moved is None:
        if await repository.version_of(session, row.id) != row.version:
            raise refusals.SessionChanged
        raise Overtaken
    return moved


def _remember(session: AsyncSession, actor: Actor, move: Move) -> None:
    SELECTION.note(
        session,
        move.selection_id,
        "place",
        actor=actor,
        before={"removed": [str(each) for each in move.removed]},
        after={
            "class_session_id": str(move.class_session_id),
            "specialty_code": move.specialty_code,
            "added": [str(each) for each in move.added],
        },
    )


def _answer(body: PlacementsPut, seated: Bound, placed: Bound, added: int, removed: int) -> PlacementsRead:
    assert seated.limit is not None
    places = seated.limit if placed.limit is None else placed.limit
    remaining = seated.limit - seated.taken
    return PlacementsRead(
        class_session_id=body.class_session_id,
        specialty_code=body.specialty_code,
        registration_ids=sorted(set(body.registration_ids)),
        added=added,
        removed=removed,
        session_remaining=remaining,
        specialty_taken=placed.taken,
        specialty_remaining=min(remaining, places - placed.taken),
    )
