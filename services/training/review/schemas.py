"""The province's review over the wire (STAFF-02, STAFF-03)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.training.personnel.schemas import StaffMemberRead
from services.training.registrations.models import Registration
from services.training.registrations.schemas import Registrant, RegistrationRead, registrant
from services.training.registrations.workflow import REGISTRATION, RegistrationAction, ReturnBody
from shared.crypto import mask_phone, mask_resident_id
from shared.identity import Actor
from shared.workflow.definition import AllowedAction, allowed_actions


class ReviewListItem(Registrant):
    """A row of the queue; ``resubmitted`` when it was returned before and sent again."""

    plan_id: UUID
    plan_name: str
    unit_id: UUID
    unit_name: str
    region_code: str
    resident_id: str
    mobile: str
    submitted_at: datetime | None
    resubmitted: bool
    version: int
    allowed_actions: list[AllowedAction]


class ReviewRead(BaseModel):
    """The registration and, beside it, the person's full file (TRN-51)."""

    registration: RegistrationRead
    staff: StaffMemberRead


class ReviewBatch(ReturnBody):
    """The same decision for many; ``reason``, ``kind`` and ``fields`` go with a return."""

    registration_ids: list[UUID] = Field(min_length=1, max_length=500, description="报名人员")
    action: Literal[RegistrationAction.APPROVE, RegistrationAction.RETURN] = Field(description="审核通过或退回")


def review_item(registration: Registration, actor: Actor, now: datetime) -> ReviewListItem:
    staff = registration.staff
    copied = ("plan_id", "unit_id", "unit_name", "region_code", "submitted_at", "version")
    return ReviewListItem(
        **dict(registrant(registration, registration.plan)),
        **{name: getattr(registration, name) for name in copied},
        plan_name=registration.plan.name,
        resident_id=mask_resident_id(staff.person.resident_id),
        mobile=mask_phone(staff.mobile),
        resubmitted=registration.return_kind is not None and registration.submitted_at is not None,
        allowed_actions=allowed_actions(REGISTRATION, registration, actor, now),
    )
