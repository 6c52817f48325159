"""Who fits a row of a class session and when its places may change (TRN-51, 60, 69, 73): pure functions of what was read, the same for who
chooses a place and for who queues for one. What a place costs is counted in ``repository``.
"""

from datetime import date, datetime
from typing import Protocol

from services.training.classes.class_sessions.models import ClassSession, SessionSpecialty
from services.training.classes.class_sessions.workflow import ClassSessionStatus, ScheduleStatus
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.choices import TrainingKind
from shared.clock import beijing_time, is_past
from shared.workflow.definition import Refusal

# TRN-51: who has left is still approved, and keeps what he has; a place is nothing for him (STAFF-04).
LEFT_UNIT = Refusal(
    "left_unit",
    "该人员已离职，不能选班；如仍在职请在“人员信息”中点击“在职”，否则请在“集体报名”中对其申请退回",
)
NOT_OPEN = Refusal("selection_not_open", "选班尚未开放，开放后会通知贵单位")  # TRN-60


class Days(Protocol):
    """A class session as people name it: the row itself, or the part of it that was read."""

    @property
    def session_no(self) -> int: ...
    @property
    def start_date(self) -> date: ...
    @property
    def end_date(self) -> date: ...


class Term(Days, Protocol):
    """What decides about a place beside the counters."""

    @property
    def training_kind(self) -> TrainingKind: ...
    @property
    def selection_deadline(self) -> date: ...
    @property
    def opens_at(self) -> datetime | None: ...


def described(row: Days) -> str:
    """``第1期（2026-01-05 至 2026-01-07）``."""
    return f"第{row.session_no}期（{row.start_date} 至 {row.end_date}）"


def read_time(moment: datetime) -> str:
    """``2026-01-05 09:00（北京时间）``."""
    return f"{beijing_time(moment):%Y-%m-%d %H:%M}（北京时间）"


def specialty_row(row: ClassSession, specialty_code: str) -> SessionSpecialty | None:
    """The session's row of that 专业类别."""
    return next((each for each in row.specialties if each.specialty_code == specialty_code), None)


def free_places(row: ClassSession, specialty_code: str, *, seated: bool = False) -> int:
    """How many more people may take that specialty there; both bounds count, but who is ``seated`` there needs no seat (X11)."""
    each = specialty_row(row, specialty_code)
    if each is None:
        return 0
    places = row.capacity if each.places is None else each.places
    return places - each.taken if seated else min(row.remaining, places - each.taken)


def plan_not_open(opens_at: datetime | None) -> Refusal:
    """TRN-60: why nothing can be chosen in the whole plan; with the set time of its opening where there is one (FAQ-M7)."""
    if opens_at is None:
        return NOT_OPEN
    return Refusal(NOT_OPEN.code, f"选班将于 {read_time(opens_at)}开放，开放时会通知贵单位")


def opens_later(row: Term, now: datetime) -> Refusal | None:
    """A session may open after the plan's selection (STAFF-05)."""
    if row.opens_at is not None and row.opens_at > now:
        said = f"第{row.session_no}期将于 {read_time(row.opens_at)}开放选班，请届时再选"
        return Refusal("selection_opens_later", said)
    return None


def not_open(status: ScheduleStatus, row: Term, now: datetime) -> Refusal | None:
    """TRN-60: selection of the plan is open, and the session's own time, where it has one, has come."""
    return opens_later(row, now) if status.is_open else NOT_OPEN


def closed(row: Term, now: datetime) -> Refusal | None:
    """TRN-73: inclusive of the deadline day in Beijing (PLAT-12)."""
    if is_past(row.selection_deadline, now):
        return Refusal(
            "selection_closed", f"第{row.session_no}期选班已于 {row.selection_deadline} 截止，如需调整请联系省疾控"
        )
    return None


def called_off(status: ClassSessionStatus, session_no: int) -> Refusal | None:
    """STAFF-14: what does not take place takes nobody."""
    if not status.takes_place:
        return Refusal("class_session_called_off", f"第{session_no}期已停办，请选择其他班次")
    return None


def not_approved(status: RegistrationStatus) -> Refusal:
    """TRN-51."""
    return Refusal("not_approved", f"{status.label}，审核通过后才能选班")


def registered_for(registration: Registration, specialty_code: str) -> bool:
    """Whether the row's 专业类别 is one of those that this person registered for."""
    return any(each.specialty_code == specialty_code for each in registration.specialties)


def unfit(registration: Registration, row: Term, specialty_code: str) -> Refusal | None:
    """Why this person is nobody for this row."""
    registered = registered_for(registration, specialty_code)
    return unfit_as(registration.status, registration.training_kind, registered, registration.staff.status, row)


def unfit_as(
    status: RegistrationStatus, kind: TrainingKind, registered: bool, employment: EmploymentStatus, row: Term
) -> Refusal | None:
    """Only 审核通过 people, 在职, of the row's specialty (``registered``) and of the session's 培训类型 are for it (TRN-51, TRN-69)."""
    if not status.takes_a_seat:
        return not_approved(status)
    if not employment.is_in_post:
        return LEFT_UNIT
    if not registered:
        return Refusal("specialty_not_registered", "未报名该专业类别")
    if kind is not row.training_kind:
        return Refusal("training_kind_differs", f"报名的是{kind.label}，本期为{row.training_kind.label}")
    return None
