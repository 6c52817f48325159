"""The province's review over the wire (STAFF-02, STAFF-03)."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import Registrant, RegistrationRead, registrant
from services.training.enrolment.registrations.workflow import REGISTRATION, UNDO_WITHIN, RegistrationAction
from services.training.enrolment.review.flags import ReviewFlag
from services.training.people.personnel.schemas import StaffMemberRead
from shared.crypto import mask_phone, mask_resident_id
from shared.identity import Actor
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import refusal_of


class UnitsRequest(BaseModel):
    """While the unit asks for an approved person back: when and why (FAQ-M5). ``undo_until`` while the last decision can be
    taken back (BEY-11)."""

    return_requested_at: datetime | None
    return_request: str | None
    undo_until: datetime | None


class ReviewListItem(Registrant, UnitsRequest):
    """A row of the queue; ``resubmitted`` when it was returned before and sent again."""

    plan_id: UUID
    plan_name: str
    unit_id: UUID
    unit_name: str
    region_code: str
    resident_id: str
    mobile: str
    submitted_at: datetime | None
    waiting_since: datetime
    resubmitted: bool
    flags: list[ReviewFlag]
    version: int
    allowed_actions: list[AllowedAction]


class ReviewRead(UnitsRequest):
    """The registration and, beside it, the person's full file (TRN-51); ``previous`` and ``next`` in the order of the queue."""

    registration: RegistrationRead
    staff: StaffMemberRead
    flags: list[ReviewFlag]
    previous: UUID | None
    next: UUID | None


def review_item(registration: Registration, flags: list[ReviewFlag], actor: Actor, now: datetime) -> ReviewListItem:
    staff = registration.staff
    returned_before = registration.return_kind is not None
    return ReviewListItem.of(
        registration,
        **dict(registrant(registration, registration.plan)),
        **_request(registration, actor, now),
        plan_name=registration.plan.name,
        resident_id=mask_resident_id(staff.resident_id),
        mobile=mask_phone(staff.mobile),
        waiting_since=registration.return_requested_at or registration.submitted_at or registration.created_at,
        resubmitted=returned_before and registration.status.awaits_review,
        flags=flags,
        allowed_actions=allowed_actions(REGISTRATION, registration, actor, now),
    )


def review_read(
    registration: Registration,
    form: RegistrationRead,
    staff: StaffMemberRead,
    flags: list[ReviewFlag],
    around: tuple[UUID | None, UUID | None],
    actor: Actor,
    now: datetime,
) -> ReviewRead:
    request = _request(registration, actor, now)
    return ReviewRead(registration=form, staff=staff, flags=flags, previous=around[0], next=around[1], **request)


def _request(registration: Registration, actor: Actor, now: datetime) -> dict[str, object]:
    refusal = refusal_of(REGISTRATION, registration, RegistrationAction.UNDO_REVIEW, actor, now)
    decided = registration.reviewed_at
    return {
        "return_requested_at": registration.return_requested_at,
        "return_request": registration.return_request,
        "undo_until": decided + UNDO_WITHIN if decided and refusal is None else None,
    }
