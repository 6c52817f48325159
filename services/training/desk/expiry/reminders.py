"""The reminders 90, 30 and 7 days before a certificate ends (BEY-06): each once for the unit that has the person now, whatever happens to
the worker. Who is told by which channel is the business of notifications.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.expiry import repository
from services.training.desk.expiry.service import renewals
from services.training.desk.expiry.workflow import RenewalState
from shared.clock import beijing_today
from shared.events.log import record
from shared.events.training import ExpiringQualification, QualificationsExpiring

# How many certificates one event names, and one transaction writes down; what a unit has beyond that comes in the next.
BATCH = 500


async def units_due(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    """The units that have something to be told."""
    return await repository.units_due(session, beijing_today(now))


async def remind_unit(session: AsyncSession, unit_id: UUID, now: datetime) -> bool:
    """Emits one ``QualificationsExpiring`` a mark. True when there may be more: it is called again, in another transaction."""
    today = beijing_today(now)
    marks = await repository.claim(session, unit_id, today, BATCH)
    rows = await repository.certificates(session, unit_id, marks.keys())
    renewal = await renewals(session, [qualification for qualification, _ in rows], today)
    lines: dict[int, list[ExpiringQualification]] = defaultdict(list)
    for qualification, name in rows:
        plan = renewal(qualification, unit_id)
        fits = plan.state is RenewalState.OPEN
        assert qualification.expires_on is not None  # only what ends is claimed
        lines[marks[qualification.id]].append(
            ExpiringQualification(
                qualification_id=qualification.id,
                person_name=name,
                category=qualification.category,
                number=qualification.number,
                expires_on=qualification.expires_on,
                plan_id=plan.plan_id if fits else None,
                plan_name=plan.plan_name if fits else None,
            )
        )
    for mark, told in lines.items():
        record(session, QualificationsExpiring(unit_id=unit_id, days_left=mark, qualifications=tuple(told)))
    await session.flush()
    return len(marks) == BATCH
