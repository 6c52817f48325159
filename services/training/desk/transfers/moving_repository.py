"""The rows that go with a person from one unit to another, locked. One order: score sheets, registrations, the person, the
files; so that entering scores, placing and reviewing wait, and nobody waits for each other.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.models import Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from services.training.results.scores.models import ScoreSheet

# (person, unit): a unit keeps one file of a person.
FileKey = tuple[UUID, UUID]
_SENT = RegistrationStatus.is_sent


async def lock_registrations(session: AsyncSession, person_id: UUID, unit_id: UUID) -> list[Registration]:
    """All that the unit has of the person, in id order, after the sheets of the sessions in which the person sits."""
    seated = select(Seat.class_session_id).where(Seat.person_id == person_id, Seat.unit_id == unit_id)
    sheets = select(ScoreSheet.id).where(ScoreSheet.class_session_id.in_(seated)).order_by(ScoreSheet.id)
    await session.execute(sheets.with_for_update())
    mine = select(Registration).where(Registration.person_id == person_id, Registration.unit_id == unit_id)
    locked = mine.order_by(Registration.id).with_for_update(of=Registration)
    return list(await session.scalars(locked.execution_options(populate_existing=True)))


async def lock_files(session: AsyncSession, person_id: UUID, units: Collection[UUID]) -> dict[FileKey, StaffMember]:
    """The files that these units keep of the person, locked in id order."""
    mine = select(StaffMember).where(StaffMember.person_id == person_id, StaffMember.unit_id.in_(units))
    locked = mine.order_by(StaffMember.id).with_for_update(of=StaffMember)
    rows = await session.scalars(locked.execution_options(populate_existing=True))
    return {(staff.person_id, staff.unit_id): staff for staff in rows}


async def files_of(
    session: AsyncSession, people: Collection[UUID], units: Collection[UUID]
) -> dict[FileKey, StaffMember]:
    """Those of several people, only looked at."""
    theirs = select(StaffMember).where(StaffMember.person_id.in_(people), StaffMember.unit_id.in_(units))
    return {(staff.person_id, staff.unit_id): staff for staff in await session.scalars(theirs)}


async def unsent_of(
    session: AsyncSession, people: Collection[UUID], units: Collection[UUID]
) -> dict[FileKey, list[str]]:
    """The plans in which these units have the people 未报名 or 已退回, which go when the person moves (TRN-06)."""
    found = (
        select(Registration.person_id, Registration.unit_id, Plan.name)
        .join(Plan, Plan.id == Registration.plan_id)
        .where(Registration.person_id.in_(people), Registration.unit_id.in_(units))
        .where(Registration.status.in_(RegistrationStatus.is_unsent))
        .order_by(Plan.registration_deadline, Plan.id)
    )
    plans: dict[FileKey, list[str]] = {}
    for person_id, unit_id, name in await session.execute(found):
        plans.setdefault((person_id, unit_id), []).append(name)
    return plans


def moves_along(registration: Registration) -> bool:
    """Sent, and its results not out: what is decided stays where it was decided."""
    return registration.status in _SENT and registration.results_published_at is None
