"""What the review queue can be narrowed by (STAFF-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.training.plans.choices import TrainingKind
from services.training.registrations.workflow import RegistrationStatus


@dataclass(frozen=True)
class ReviewFilter:
    """``region_code`` is a prefix: 32 the province, 3201 a city, 320102 a county."""

    plan_id: UUID | None = None
    statuses: Sequence[RegistrationStatus] = (RegistrationStatus.SUBMITTED,)
    unit_name: str = ""
    region_code: str = ""
    training_kind: TrainingKind | None = None
    name: str = ""
