"""What training tells the others: plans, the fate of registrations, the opening of selection, and published results."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.crypto import Sealed
from shared.events.base import Event


class PlanPublished(Event):
    """A plan can be registered for (NOTE-01)."""

    type: ClassVar[str] = "training.plan.published.v1"

    plan_id: UUID
    plan_type: str
    plan_name: str
    registration_deadline: date
    contact_name: str
    contact_phone: str


class RegistrationEvent(Event):
    """What every event about one registration carries."""

    registration_id: UUID
    plan_id: UUID
    plan_name: str
    unit_id: UUID
    person_id: UUID
    person_name: str


class RegistrationSubmitted(RegistrationEvent):
    type: ClassVar[str] = "training.registration.submitted.v1"


class RegistrationCancelled(RegistrationEvent):
    type: ClassVar[str] = "training.registration.cancelled.v1"


class RegistrationApproved(RegistrationEvent):
    type: ClassVar[str] = "training.registration.approved.v1"


class RegistrationReturned(RegistrationEvent):
    """``reason`` is what the reviewer wrote, ``fields`` the fields it concerns (STAFF-03, BEY-04)."""

    type: ClassVar[str] = "training.registration.returned.v1"

    reason: str
    fields: tuple[str, ...]


class SelectionOpened(Event):
    """Units with approved people may choose sessions now (STAFF-06, NOTE-02)."""

    type: ClassVar[str] = "training.selection.opened.v1"

    plan_id: UUID
    plan_name: str
    unit_ids: tuple[UUID, ...]
    first_deadline: date


class ResultPublished(Event):
    """One person's published result in one class session: all that a certificate needs (CERT-06). ``specialties`` are the labels
    of the passed categories, empty for plans without categories; ``passed`` says whether a certificate is due."""

    type: ClassVar[str] = "training.result.published.v1"

    registration_id: UUID
    person_id: UUID
    person_name: str
    sex: str
    resident_id: Sealed
    unit_id: UUID
    unit_name: str
    region_code: str
    plan_id: UUID
    plan_type: str
    plan_name: str
    class_session_id: UUID
    session_no: int
    training_kind: str
    start_date: date
    end_date: date
    hours: int
    validity_years: int | None
    passed: bool
    specialties: tuple[str, ...]
    published_at: datetime
