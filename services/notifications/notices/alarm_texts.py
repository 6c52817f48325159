"""What the province's account managers are told when something of the platform itself does not hold: they know whom to call (PLAT-10)."""

from collections.abc import Mapping

from services.notifications.contacts.audience import Audience
from services.notifications.kinds import MessageKind
from services.notifications.notices.wording import Text, Texts
from shared.addresses import address
from shared.clock import beijing_time
from shared.events.alarms import ALARMS, AlarmRaised
from shared.roles import Level, Permission


def _province_managers(_event: AlarmRaised) -> Audience:
    return Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=Level.PROVINCE)


def _words(event: AlarmRaised) -> Mapping[str, str]:
    return {"began": f"{beijing_time(event.since):%Y-%m-%d %H:%M}", "service": event.type.split(".", 1)[0]}


_ALARM = Text(
    MessageKind.PLATFORM_ALARM,
    "平台运行告警：{label}",
    "平台的 {service} 服务有 {count} 处“{label}”，最早从 {began} 开始。请通知运维人员运行 python -m ops status，按其中的说明处理；"
    "处理好之前每天提醒一次。",
    address("messages"),
    _province_managers,
    must=True,
    words=_words,
)
ALARM_TEXTS: Texts = dict.fromkeys(ALARMS.values(), (_ALARM,))
