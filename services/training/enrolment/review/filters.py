"""What the review queue can be narrowed by (STAFF-02, FAQ-M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.choices import TrainingKind


@dataclass(frozen=True)
class ReviewFilter:
    """Without ``statuses`` it is what waits for the reviewer: 已报名, and approved people whom their unit asks back; with
    ``requested_return`` given, every status. ``region_code`` is a prefix: 32 the province, 3201 a city, 320102 a county.
    ``waiting_from`` and ``waiting_to`` are Beijing dates, both included."""

    plan_id: UUID | None = None
    type_code: str | None = None
    statuses: Sequence[RegistrationStatus] = ()
    unit_id: UUID | None = None
    unit_name: str = ""
    region_code: str = ""
    training_kind: TrainingKind | None = None
    name: str = ""
    requested_return: bool | None = None
    resubmitted: bool | None = None
    waiting_from: date | None = None
    waiting_to: date | None = None
