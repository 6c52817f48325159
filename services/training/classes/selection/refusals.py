"""What a unit is told when a place cannot be taken or given up (TRN-69…73, FAQ-M4): the errors, and the reasons that only a choosing unit
meets; those that who queues meets as well are in ``seats.rules``. Pure functions, the same for lists and for refusals.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.rules import free_places, opens_later, read_time, specialty_row
from services.training.classes.selection.workflow import SELECTION, SelectionAction, SelectionStatus
from services.training.enrolment.registrations.models import Registration
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


QUEUE_FIRST = Refusal("queue_first", "名额正在按候补顺序分配，请加入候补")  # BEY-02
OFFER_PENDING = Refusal("offer_pending", "该名额由候补分配，请在候补中确认或放弃")


def finished(status: SelectionStatus) -> Refusal | None:
    """TRN-71: after 提交 all is read-only."""
    if status is not SELECTION.initial:
        return Refusal("selection_submitted", SELECTION.hints[SelectionAction.SUBMIT, status])
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
    later = [row.opens_at for row in in_time if row.opens_at is not None and opens_later(row, now)]
    if len(later) == len(in_time):
        return Refusal("selection_opens_later", f"选班将于 {read_time(min(later))}开放")
    opened = [row for row in in_time if not opens_later(row, now)]
    if any(free_places(row, specialty_code, seated=row.id in seated) > 0 for row in opened):
        return None
    more = (
        f"；第{min(row.session_no for row in in_time if opens_later(row, now))}期将于 {read_time(min(later))}开放"
        if later
        else ""
    )
    return Refusal("class_is_full", f"已开班次均已满员，可加入候补{more}")
