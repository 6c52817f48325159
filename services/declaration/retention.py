"""What of declaration goes when its time is over, as a table."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.figures.repository import let_go_days
from services.declaration.settings import declaration_settings
from shared.clock import beijing_today, now_utc
from shared.runtime import Runtime
from shared.tasks.retention import Rule, keep_rules


async def _figure_days(session: AsyncSession, age: timedelta) -> int:
    return await let_go_days(session, beijing_today(now_utc()) - age)


RULES = (
    Rule(
        "figure_days",
        "申报统计中每一天的数字（每月最后一天的照旧）",
        "DECLARATION_FIGURE_DAYS_KEPT_DAYS",
        lambda: declaration_settings().figure_days_kept_days,
        "各单位申报的起止日期照旧，可据以重新统计",
        _figure_days,
    ),
)


async def retain(runtime: Runtime) -> None:
    """The body of the task ``declaration.retain``."""
    await keep_rules(runtime.database, runtime.service, RULES)
