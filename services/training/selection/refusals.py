"""Why a place cannot be taken or given up (TRN-69…73, FAQ-M4): pure functions of loaded rows, used alike for the lists that people see and
for the refusals that they get.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.training.class_sessions.models import ClassSession, SessionSpecialty
from services.training.registrations.models import Registration
from services.training.registrations.workflow import RegistrationStatus
from services.training.selection.workflow import SELECTION, SelectionAction, SelectionStatus
from shared.clock import is_past
from shared.errors import Conflict, FieldError
from shared.workflow.definition import Refusal


class PlacesRefused(Conflict):
    """``code`` is that of the refusal, as the page shows it."""

    def __init__(self, refusal: Refusal, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(refusal.reason, errors=errors)
        self.code = refusal.code  # type: ignore[misc]  # one class for every reason, told apart by its code


class PeopleNotSelectable(Conflict):
    code = "people_not_selectable"


class PeopleUnplaced(Conflict):
    code = "people_unplaced"


class TimeClash(Conflict):
    code = "time_clash"


class AlreadyPlaced(Conflict):
    code = "already_placed"


class ClassIsFull(Conflict):
    code = "class_is_full"


class SessionChanged(Conflict):
    code = "class_session_changed"
    detail = "该班次刚刚被省疾控调整，请刷新后核对再选"


NOT_OPEN = Refusal("selection_not_open", "选班尚未开放，开放后会通知贵单位")  # TRN-60


def described(row: ClassSession) -> str:
    """``第1期（2026-01-05 至 2026-01-07）``."""
    return f"第{row.session_no}期（{row.start_date} 至 {row.end_date}）"


def specialty_row(row: ClassSession, specialty_code: str) -> SessionSpecialty | None:
    """The session's row of that 专业类别."""
    return next((each for each in row.specialties if each.specialty_code == specialty_code), None)


def free_places(row: ClassSession, specialty_code: str, *, seated: bool = False) -> int:
    """How many more people may take that specialty there; both bounds count, but who is ``seated`` there needs no seat (X11)."""
    each = specialty_row(row, specialty_code)
    if each is None:
        return 0
    places = row.capacity if each.places is None else each.places
    return places - each.taken if seated else min(row.capacity - row.taken, places - each.taken)


def finished(status: SelectionStatus) -> Refusal | None:
    """TRN-71: after 提交 all is read-only."""
    if status is not SELECTION.initial:
        return Refusal("selection_submitted", SELECTION.hints[SelectionAction.SUBMIT, status])
    return None


def closed(row: ClassSession, now: datetime) -> Refusal | None:
    """TRN-73: inclusive of the deadline day in Beijing (PLAT-12)."""
    if is_past(row.selection_deadline, now):
        return Refusal(
            "selection_closed", f"第{row.session_no}期选班已于 {row.selection_deadline} 截止，如需调整请联系省疾控"
        )
    return None


def unfit(registration: Registration, row: ClassSession, specialty_code: str) -> Refusal | None:
    """Why this person is nobody for this row: only 审核通过 people of that specialty and of the session's 培训类型 are (TRN-51, TRN-69)."""
    if registration.status is not RegistrationStatus.APPROVED:
        return Refusal("not_approved", f"{registration.status.label}，审核通过后才能选班")
    if all(each.specialty_code != specialty_code for each in registration.specialties):
        return Refusal("specialty_not_registered", "未报名该专业类别")
    if registration.training_kind is not row.training_kind:
        return Refusal(
            "training_kind_differs", f"报名的是{registration.training_kind.label}，本期为{row.training_kind.label}"
        )
    return None


def unplaceable(
    registration: Registration,
    specialty_code: str,
    rows: Sequence[ClassSession],
    seated: Collection[UUID],
    now: datetime,
) -> Refusal | None:
    """Why no session takes this person's specialty at present; None when one does (FAQ-M4). ``seated`` are sessions of own seats."""
    kind = registration.training_kind
    fitting = [row for row in rows if row.training_kind is kind and specialty_row(row, specialty_code)]
    if not fitting:
        return Refusal("specialty_has_no_session", f"该专业类别未开班（{kind.label}）")
    in_time = [row for row in fitting if not is_past(row.selection_deadline, now)]
    if not in_time:
        return Refusal("selection_closed", f"选班已于 {max(row.selection_deadline for row in fitting)} 截止")
    if all(free_places(row, specialty_code, seated=row.id in seated) <= 0 for row in in_time):
        return Refusal("class_is_full", "已开班次均已满员")
    return None
