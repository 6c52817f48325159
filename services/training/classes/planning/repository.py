"""What the planning of class sessions asks about a plan's people: read for the province, which may see all of them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.models import Placement
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.choices import TrainingKind
from shared.db.rows import named_rows


class Wish(NamedTuple):
    """One 专业类别 of an approved person; ``placed`` also while a place is only offered."""

    registration_id: UUID
    kind: TrainingKind
    specialty_code: str
    placed: bool


async def wishes_of(session: AsyncSession, plan_id: UUID) -> dict[UUID, list[Wish]]:
    """By person, of all units."""
    statement = (
        select(
            Registration.id,
            Registration.training_kind,
            RegistrationSpecialty.specialty_code,
            Placement.seat_id.is_not(None),
        )
        .join(RegistrationSpecialty, RegistrationSpecialty.registration_id == Registration.id)
        .outerjoin(
            Placement,
            and_(
                Placement.registration_id == Registration.id,
                Placement.specialty_code == RegistrationSpecialty.specialty_code,
            ),
        )
        .where(Registration.plan_id == plan_id, Registration.status.in_(RegistrationStatus.takes_a_seat))
        .order_by(Registration.id)
    )
    found: defaultdict[UUID, list[Wish]] = defaultdict(list)
    for row in await named_rows(session, statement, Wish):
        found[row.registration_id].append(row)
    return found


async def count_in_review(session: AsyncSession, plan_id: UUID) -> int:
    """People whom the province has yet to decide about."""
    waiting: Sequence[RegistrationStatus] = list(RegistrationStatus.awaits_review)
    counted = select(func.count()).where(Registration.plan_id == plan_id, Registration.status.in_(waiting))
    return await session.scalar(counted) or 0
