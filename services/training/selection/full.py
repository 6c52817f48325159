"""What is said when a class is full (TRN-72): which bound, how many are left, and where else there are places, all read after the loss."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.class_sessions.models import ClassSession
from services.training.selection import refusals, repository
from shared.clock import is_past, now_utc
from shared.errors import Conflict, FieldError


async def session_refusal(session: AsyncSession, row: ClassSession, specialty_code: str, people: int) -> Conflict:
    """Why the session's counter could not move: full, or the session itself was changed."""
    version_then = row.version
    fresh = await repository.require_class_session(session, row.plan_id, row.id)
    if fresh.version != version_then:
        return refusals.SessionChanged()
    left = fresh.capacity - fresh.taken
    said = f"第{fresh.session_no}期分班人数 {fresh.capacity} 人，剩余 {left} 人，本次需要 {people} 人"
    return await _class_is_full(session, fresh, specialty_code, FieldError("capacity", "session_full", said))


async def specialty_refusal(session: AsyncSession, row: ClassSession, specialty_code: str, places: int) -> Conflict:
    """Why the specialty's counter could not move: 限制人数."""
    fresh = await repository.require_class_session(session, row.plan_id, row.id)
    await session.refresh(fresh, ["specialties"])
    each = refusals.specialty_row(fresh, specialty_code)
    assert each is not None
    assert each.places is not None
    left = each.places - each.taken
    said = (
        f"第{fresh.session_no}期“{each.specialty.label}”限制人数 {each.places} 人，剩余 {left} 人，本次需要 {places} 人"
    )
    return await _class_is_full(session, fresh, specialty_code, FieldError("places", "specialty_full", said))


async def _class_is_full(session: AsyncSession, row: ClassSession, specialty_code: str, bound: FieldError) -> Conflict:
    others = await repository.sessions_for(session, row.plan_id, specialty_code, row.training_kind)
    elsewhere = [
        FieldError(
            f"class_sessions.{each.id}",
            "free_elsewhere",
            f"{refusals.described(each)}剩余 {refusals.free_places(each, specialty_code)} 人",
        )
        for each in others
        if each.id != row.id
        and refusals.free_places(each, specialty_code) > 0
        and not is_past(each.selection_deadline, now_utc())
    ]
    told = "；".join(each.message for each in elsewhere)
    detail = f"{bound.message}。" + (
        f"仍有空位的班次：{told}" if told else "该专业类别的其他班次也没有空位，请联系省疾控"
    )
    return refusals.ClassIsFull(detail, errors=[bound, *elsewhere])
