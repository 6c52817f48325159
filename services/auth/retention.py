"""What of auth goes when its time is over, as a table."""

from services.auth.access.sessions.repository import forget_old
from services.auth.settings import auth_settings
from shared.runtime import Runtime
from shared.tasks.retention import Rule, keep_rules

RULES = (
    Rule(
        "login_sessions",
        "登录记录",
        "AUTH_SESSIONS_KEPT_DAYS",
        lambda: auth_settings().sessions_kept_days,
        "《网络安全法》：网络日志留存不少于六个月",
        forget_old,
    ),
)


async def retain(runtime: Runtime) -> None:
    """The body of the task ``auth.retain``."""
    await keep_rules(runtime.database, runtime.service, RULES)
