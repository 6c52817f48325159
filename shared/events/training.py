"""What training tells the others: plans, the fate of registrations, the opening of selection, and published results."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

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


class PlanDeadlineChanged(Event):
    """The day until which a published plan can be registered for is another one (FAQ-M8, BEY-03)."""

    type: ClassVar[str] = "training.plan.deadline_changed.v1"

    plan_id: UUID
    plan_name: str
    deadline_before: date
    registration_deadline: date


class PlanTypeDeleted(Event):
    """A class type that was never used is gone; ``plan_type`` was its code (STAFF-01)."""

    type: ClassVar[str] = "training.plan_type.deleted.v1"

    plan_type: str
    label: str


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
    """``reason`` is the reviewer's, ``fields`` what it concerns; not ``mendable`` is who may not take part at all (STAFF-03, BEY-04)."""

    type: ClassVar[str] = "training.registration.returned.v1"

    reason: str
    fields: tuple[str, ...]
    mendable: bool = True


class ResultPublished(Event):
    """One person's published result in one class session: all that a certificate needs (CERT-06). ``specialties`` are the labels of those
    passed; ``passed``: a certificate is due; ``photo_id`` lies in training; ``known_to`` are the units moved to since (BEY-14)."""

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
    photo_id: UUID | None = None
    published_at: datetime
    known_to: tuple[UUID, ...] = ()


class Correction(StrEnum):
    """What was put right: the marks, the attendance that a certificate asks for (BEY-15), or name and id of the person (STAFF-15)."""

    SCORE = "score"
    ATTENDANCE = "attendance"
    IDENTITY = "identity"


class ResultCorrected(ResultPublished):
    """The same, after a published result was corrected (STAFF-09): the certificate is issued, issued again under its number, or revoked."""

    type: ClassVar[str] = "training.result.corrected.v1"

    reason: str
    of: Correction = Correction.SCORE


class RegistrationReviewUndone(RegistrationEvent):
    """The reviewer took a decision back within ten minutes; the registration waits for review again (BEY-11)."""

    type: ClassVar[str] = "training.registration.review_undone.v1"

    undone_label: str


class ReturnRequested(RegistrationEvent):
    """A unit asks for an approved person to be returned (FAQ-M5)."""

    type: ClassVar[str] = "training.registration.return_requested.v1"

    unit_name: str
    region_code: str
    reason: str


class ReturnRequestDeclined(RegistrationEvent):
    """The reviewer keeps the approval, and says why (FAQ-M5)."""

    type: ClassVar[str] = "training.registration.return_request_declined.v1"

    reason: str


class CorrectionGranted(RegistrationEvent):
    """A returned person may be corrected after the deadline, until that day inclusive (STAFF-13)."""

    type: ClassVar[str] = "training.registration.correction_granted.v1"

    until: date


class RegistrationDetailsChanged(RegistrationEvent):
    """学分证, 住宿 or 收件人 of an approved person were changed (FAQ-M6); ``changed`` are the fields' Chinese names, joined."""

    type: ClassVar[str] = "training.registration.details_changed.v1"

    unit_name: str
    region_code: str
    changed: str


class LateEntryRequested(Event):
    """A unit asks to register after the deadline (FAQ-M8)."""

    type: ClassVar[str] = "training.late_entry.requested.v1"

    late_entry_id: UUID
    plan_id: UUID
    plan_name: str
    unit_id: UUID
    unit_name: str
    region_code: str
    reason: str


class LateEntryDecided(Event):
    """``answer`` is the whole sentence for the unit."""

    type: ClassVar[str] = "training.late_entry.decided.v1"

    late_entry_id: UUID
    plan_id: UUID
    plan_name: str
    unit_id: UUID
    granted: bool
    answer: str


class RegistrationClosing(Event):
    """A plan's registration ends in ``hours_left`` whole hours; ``unit_ids`` are those that have not finished (FAQ-M8, BEY-03)."""

    type: ClassVar[str] = "training.plan.registration_closing.v1"

    plan_id: UUID
    plan_name: str
    registration_deadline: date
    hours_left: int
    unit_ids: tuple[UUID, ...]


class RosterPrepared(Event):
    """A roster or sign-in sheet is to be had as PDF; as ``FormPrepared`` of auth (STAFF-07)."""

    type: ClassVar[str] = "training.roster.prepared.v1"

    kind: str
    source_id: UUID
    revision: int
    content: Sealed


class ScoreSheetPrepared(RosterPrepared):
    """A score sheet is to be had as PDF; as ``FormPrepared`` of auth (STAFF-08)."""

    type: ClassVar[str] = "training.score_sheet.prepared.v1"


class ExpiringQualification(BaseModel):
    """One line of ``QualificationsExpiring``; ``plan_name`` is the plan that would renew it, if one can be registered for now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    qualification_id: UUID
    person_name: str
    category: str
    number: str
    expires_on: date
    plan_id: UUID | None
    plan_name: str | None


class QualificationsExpiring(Event):
    """Certificates of a unit's people end in ``days_left`` days or fewer (90, 30 or 7), and each is told once a mark (BEY-06)."""

    type: ClassVar[str] = "training.qualifications.expiring.v1"

    unit_id: UUID
    days_left: int
    qualifications: tuple[ExpiringQualification, ...]
