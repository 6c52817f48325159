"""What has been done at all in the province's trainings, in one statement."""

from collections.abc import Mapping

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from services.training.results.scores.models import ScoreSheet

DRAFTED, PUBLISHED, REVIEWED, DIVIDED, MARKED = "drafted", "published", "reviewed", "divided", "marked"
_reviewed = (
    Registration.status.in_(each) for each in (RegistrationStatus.takes_a_seat, RegistrationStatus.was_returned)
)
_DONE = {
    DRAFTED: exists(Plan.id),
    PUBLISHED: exists(Plan.id).where(Plan.status.in_(PlanStatus.is_listed)),
    REVIEWED: exists(Registration.id).where(or_(*_reviewed)),
    DIVIDED: exists(ClassSession.id),
    MARKED: exists(ScoreSheet.id).where(ScoreSheet.published_at.is_not(None)),
}


async def done(session: AsyncSession) -> Mapping[str, bool]:
    """{what: whether anybody ever did it}. One province organises here, and each of its organisers goes on where the others are."""
    row = (await session.execute(select(*(each.label(name) for name, each in _DONE.items())))).one()
    return {name: bool(value) for name, value in row._mapping.items()}
