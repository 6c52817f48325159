"""Who may be ticked in one row of a session, who is placed elsewhere, and who waits for what (TRN-69, TRN-70, FAQ-M4). Reads only."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.rules import called_off, described, registered_for, specialty_row, unfit
from services.training.classes.selection import repository
from services.training.classes.selection.overview import person
from services.training.classes.selection.refusals import PlacesRefused
from services.training.classes.selection.schemas import Candidate, CandidatesRead, ClashingPerson, WaitingPerson
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel.namesakes import masked_ids
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.reference.pinyin import folded


async def read_candidates(
    session: AsyncSession, actor: Actor, plan_id: UUID, class_session_id: UUID, specialty_code: str, name: str
) -> CandidatesRead:
    """``name`` is any part of the name, or of its pinyin initials. Raises ``NotFound``, ``PlacesRefused`` of a session that is
    called off, and ``InvalidInput`` for a specialty that it does not teach."""
    plan = await repository.require_plan(session, actor, plan_id)
    row = await repository.require_class_session(session, plan_id, class_session_id)
    if refusal := called_off(row.status, row.session_no):
        raise PlacesRefused(refusal)
    if specialty_row(row, specialty_code) is None:
        raise InvalidInput(errors=[FieldError("specialty_code", "not_offered", "本期未开设该专业类别")])
    everybody = await repository.registrations_of(session, actor, plan_id)
    ids = masked_ids((each.id, each.staff) for each in everybody)
    people = [each for each in everybody if _is_called(each, name)]
    # Whoever registered for other 专业类别 alone is nobody's business in this row (TRN-69).
    people = [each for each in people if registered_for(each, specialty_code)]
    placements = await repository.placements_of(session, actor, plan_id)
    rows = {each.id: each for each in await repository.class_sessions_of(session, plan_id)}
    overlapping = await repository.clashing_seats(session, row, [each.person_id for each in people])
    answer = CandidatesRead(candidates=[], clashing=[], waiting=[])
    for each in people:
        place = placements.get((each.id, specialty_code))
        at = place.class_session_id if place else None
        # Who sits here stays ticked, whatever has become of him.
        if at != row.id and (refusal := unfit(each, row, specialty_code)):
            answer.waiting.append(WaitingPerson(**person(each, ids), code=refusal.code, reason=refusal.reason))
        elif at is not None and at != row.id:
            answer.clashing.append(_clashing(each, ids, rows[at], plan.name, "already_placed", "该专业类别已选"))
        elif at is None and each.person_id in overlapping:
            other, plan_name = overlapping[each.person_id]
            answer.clashing.append(_clashing(each, ids, other, plan_name, "time_clash", "培训时间冲突：已选"))
        else:
            offered = place is not None and place.offered
            answer.candidates.append(Candidate(**person(each, ids), placed=at is not None, offered=offered))
    return answer


def _is_called(registration: Registration, name: str) -> bool:
    return folded(name) in registration.staff.name_search


def _clashing(
    registration: Registration, ids: Mapping[UUID, str], other: ClassSession, plan_name: str, code: str, why: str
) -> ClashingPerson:
    return ClashingPerson(
        **person(registration, ids),
        clashing_session_id=other.id,
        clashing_session_no=other.session_no,
        clashing_plan_name=plan_name,
        clashing_start_date=other.start_date,
        clashing_end_date=other.end_date,
        code=code,
        reason=f"{why}“{plan_name}”{described(other)}",
    )
