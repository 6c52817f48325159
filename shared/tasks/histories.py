"""What a history says goes after its legal time, as rules beside the others (PLAT-04, PLAT-19, ADR 42)."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now_utc
from shared.db.emptied import empty
from shared.runtime import Runtime
from shared.services import Service
from shared.settings import PlatformSettings
from shared.tasks.retention import BATCH, Batch, Rule, keep_rules

_FILES = "《机关文件材料归档范围和文书档案保管期限规定》：定期保管为 30 年、10 年"
_ACCOUNTS = (Service.AUTH, Service.NOTIFICATIONS)


def history_rules(service: Service, settings: PlatformSettings) -> tuple[Rule, Rule]:
    """Those of the service: who looked, who changed what."""
    looks = settings.looks_kept_days
    looked = Rule(
        "looks",
        "查看记录的内容（谁查看、从何处查看）",
        "PLATFORM_LOOKS_KEPT_DAYS",
        lambda: looks,
        "《网络安全法》第二十一条：不少于六个月；《个人信息保护法》第十九条：必要的最短时间",
        _emptying(looks=True),
    )
    return looked, _changes(service, settings)


def _changes(service: Service, settings: PlatformSettings) -> Rule:
    of_accounts = service in _ACCOUNTS
    days = settings.account_histories_kept_days if of_accounts else settings.histories_kept_days
    label = "账号、消息等变更记录的内容" if of_accounts else "业务变更记录的内容"
    setting = "PLATFORM_ACCOUNT_HISTORIES_KEPT_DAYS" if of_accounts else "PLATFORM_HISTORIES_KEPT_DAYS"
    return Rule("histories", label, setting, lambda: days, _FILES, _emptying(looks=False))


def _emptying(*, looks: bool) -> Batch:
    async def batch(session: AsyncSession, age: timedelta) -> int:
        return await empty(session, looks=looks, till=now_utc() - age, most=BATCH)

    return batch


async def empty_histories(runtime: Runtime) -> None:
    """Takes away what is due; its time, record and digest stay."""
    await keep_rules(runtime.database, runtime.service, history_rules(runtime.service, runtime.settings))
