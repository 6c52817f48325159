"""The events of a registration, made from the record as each step leaves it. Which step makes which stands in ``workflow``."""

from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody
from shared.events.training import (
    CorrectionGranted,
    RegistrationApproved,
    RegistrationCancelled,
    RegistrationDetailsChanged,
    RegistrationReturned,
    RegistrationReviewUndone,
    RegistrationSubmitted,
    ReturnRequestDeclined,
    ReturnRequested,
)
from shared.identity import Actor
from shared.workflow.definition import ActionBody

if TYPE_CHECKING:  # the record is made after its table, and the table names these
    from services.training.enrolment.registrations.models import Registration


class _Facts(TypedDict):
    """What every event of a registration tells."""

    registration_id: UUID
    plan_id: UUID
    plan_name: str
    unit_id: UUID
    person_id: UUID
    person_name: str


def _facts(registration: "Registration") -> _Facts:
    return {
        "registration_id": registration.id,
        "plan_id": registration.plan_id,
        "plan_name": registration.plan.name,
        "unit_id": registration.unit_id,
        "person_id": registration.person_id,
        "person_name": registration.staff.name,
    }


def registration_submitted(registration: "Registration", _actor: Actor, _body: ActionBody) -> RegistrationSubmitted:
    return RegistrationSubmitted(**_facts(registration))


def registration_cancelled(registration: "Registration", _actor: Actor, _body: ActionBody) -> RegistrationCancelled:
    return RegistrationCancelled(**_facts(registration))


def registration_approved(registration: "Registration", _actor: Actor, _body: ActionBody) -> RegistrationApproved:
    return RegistrationApproved(**_facts(registration))


def registration_returned(registration: "Registration", _actor: Actor, body: ReturnBody) -> RegistrationReturned:
    return RegistrationReturned(
        **_facts(registration), reason=body.reason or "", fields=tuple(body.fields), mendable=body.kind.is_mendable
    )


def review_undone(registration: "Registration", _actor: Actor, _body: ActionBody) -> RegistrationReviewUndone:
    return RegistrationReviewUndone(**_facts(registration), undone_label="审核结果")


def return_requested(registration: "Registration", _actor: Actor, body: ActionBody) -> ReturnRequested:
    return ReturnRequested(
        **_facts(registration),
        unit_name=registration.unit_name,
        region_code=registration.region_code,
        reason=body.reason or "",
    )


def return_request_declined(registration: "Registration", _actor: Actor, body: ActionBody) -> ReturnRequestDeclined:
    return ReturnRequestDeclined(**_facts(registration), reason=body.reason or "")


def details_changed(registration: "Registration", changed: str) -> RegistrationDetailsChanged:
    """Not a step of the table: an approved person stays approved (FAQ-M6). ``changed`` are the fields' Chinese names, joined."""
    return RegistrationDetailsChanged(
        **_facts(registration),
        unit_name=registration.unit_name,
        region_code=registration.region_code,
        changed=changed,
    )


def correction_granted(registration: "Registration", _actor: Actor, body: CorrectionBody) -> CorrectionGranted:
    return CorrectionGranted(**_facts(registration), until=body.until)
