"""Who may queue for a class session, and when nobody need (BEY-02): pure functions of loaded rows, used when an entry is made and again
when its turn has come.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.rules import called_off, closed, described, not_open, specialty_row, unfit
from services.training.enrolment.registrations.models import Registration
from shared.errors import Conflict, FieldError
from shared.workflow.definition import Refusal

Elsewhere = Mapping[UUID, tuple[ClassSession, str]]
GONE_SPECIALTY = Refusal("not_offered", "本期已不再开设该专业类别")


class QueueRefused(Conflict):
    """``code`` is that of the refusal."""

    def __init__(self, refusal: Refusal, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(refusal.reason, errors=errors)
        self.code = refusal.code  # type: ignore[misc]  # one class for every reason, told apart by its code


class PeopleCannotQueue(Conflict):
    code = "people_not_selectable"


def not_now(status: ScheduleStatus, row: ClassSession, now: datetime) -> Refusal | None:
    """The session takes place, and its selection is open and not over yet (STAFF-14, TRN-60, TRN-73)."""
    return called_off(row.status, row.session_no) or not_open(status, row, now) or closed(row, now)


def cannot_sit(
    registration: Registration, row: ClassSession, specialty_code: str, placed: Collection[UUID], elsewhere: Elsewhere
) -> Refusal | None:
    """Why a place there would be of no use to this person: not approved for it, placed for that specialty already, or busy on one of
    the days (TRN-69, TRN-70)."""
    if refusal := unfit(registration, row, specialty_code):
        return refusal
    if registration.id in placed:
        return Refusal("already_placed", "该专业类别已选班")
    if registration.person_id in elsewhere:
        other, plan_name = elsewhere[registration.person_id]
        return Refusal("time_clash", f"已选“{plan_name}”{described(other)}，培训时间冲突")
    return None


def most_at_once(row: ClassSession, specialty_code: str) -> int:
    """How many people of one 专业类别 the session can ever hold."""
    each = specialty_row(row, specialty_code)
    if each is None:
        return 0
    return row.capacity if each.places is None else min(row.capacity, each.places)


def too_large(row: ClassSession, specialty_code: str, size: int) -> Refusal | None:
    """A group that never fits would wait for nothing."""
    most = most_at_once(row, specialty_code)
    if size > most:
        return Refusal("group_too_large", f"第{row.session_no}期最多可容纳 {most} 人，本组 {size} 人；请拆分后候补")
    return None


def free_now(row: ClassSession, specialty_code: str, size: int, seated: int) -> Refusal | None:
    """Who has a free place in front of him takes it; ``seated`` of the ``size`` people need no seat (X11)."""
    each = specialty_row(row, specialty_code)
    assert each is not None
    has_places = each.places is None or each.taken + size <= each.places
    if has_places and row.taken + size - seated <= row.capacity:
        return Refusal("places_free", f"第{row.session_no}期现在有名额，请直接选班")
    return None
