"""What must hold for declaration: no review outlives its time, the clock runs every night, figures are those of a recount, no event is left
behind.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.calendar.receipts import late_before
from services.declaration.calendar.service import calendar_of
from services.declaration.clock.repository import last_run
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import list_pending_since_before
from services.declaration.figures import repository as figures
from shared.clock import beijing_today, now_utc
from shared.event_checks import EventCheck, check_events
from shared.findings import Finding, keep
from shared.runtime import Runtime
from shared.web.internal import fetcher
from shared.workflow.definition import Labelled

SHOWN = 100


class DeclarationCheck(Labelled):
    OVERDUE_REVIEW = "overdue_review", "申报审核超期"
    CLOCK_STOPPED = "clock_stopped", "申报时钟没有运行"
    FIGURES_DRIFTED = "figures_drifted", "申报统计数字与重新清点不符"


CHECKS = (*EventCheck, *DeclarationCheck)


async def overdue_reviews(session: AsyncSession, now: datetime) -> Sequence[Declaration]:
    """Declarations 待审核 for longer than the review may take, longest first; at most ``SHOWN``."""
    return await list_pending_since_before(session, late_before(await calendar_of(session), now), SHOWN)


async def stopped_clock(session: AsyncSession, now: datetime) -> list[Finding]:
    """The last run of the clock, when no later day has had one and yesterday is over (BEY-10)."""
    last = await last_run(session)
    if last is None or last.day >= beijing_today(now) - timedelta(days=1):
        return []
    return [Finding(DeclarationCheck.CLOCK_STOPPED, last.day.isoformat(), last.done_at or now, "")]


async def drifted_figures(session: AsyncSession, now: datetime) -> list[Finding]:
    """Sums of one county that are not those of a recount: another one every minute, because all of them take long. All are counted by the
    run of each day, which sets them right (STAFF-12)."""
    counties = await figures.counties(session)
    if not counties:
        return []
    county = counties[int(now.timestamp() // 60) % len(counties)]
    return [
        Finding(
            DeclarationCheck.FIGURES_DRIFTED,
            " ".join(map(str, (each.scope, each.period, each.factor_class, each.factor, each.division, each.size))),
            now,
            f"{each.shown} / {each.counted}",
        )
        for each in await figures.drift(session, county)
    ]


async def check_invariants(runtime: Runtime) -> None:
    """Looks every minute and keeps what it found. A late review is its county's, and no trouble of the platform."""
    findings = await check_events(runtime.database, runtime.service, fetcher(runtime))
    async with runtime.database.unit_of_work() as session:
        late = [
            Finding(DeclarationCheck.OVERDUE_REVIEW, str(row.id), row.pending_since or row.updated_at, row.region_code)
            for row in await overdue_reviews(session, now_utc())
        ]
        stopped = await stopped_clock(session, now_utc())
        drifted = await drifted_figures(session, now_utc())
        silent = {DeclarationCheck.OVERDUE_REVIEW}
        await keep(session, runtime.service, CHECKS, [*findings, *late, *stopped, *drifted], silent=silent)
