"""What of notifications goes when its time is over, as a table: what was sent to which address, then the messages, then the notices that
they came from.
"""

from services.notifications.deliveries.repository import forget_ended, forget_messages
from services.notifications.notices import repository as notices
from services.notifications.settings import notification_settings
from shared.runtime import Runtime
from shared.tasks.retention import Rule, keep_rules


def _messages_kept() -> int:
    return notification_settings().messages_kept_days


_INBOX = "NOTIFICATIONS_MESSAGES_KEPT_DAYS"
RULES = (
    Rule(
        "deliveries",
        "已结束的短信、邮件（含号码和地址）",
        "NOTIFICATIONS_DELIVERIES_KEPT_DAYS",
        lambda: notification_settings().deliveries_kept_days,
        "《个人信息保护法》第十九条：实现目的所必要的最短时间",
        forget_ended,
    ),
    Rule("messages", "站内消息", _INBOX, _messages_kept, "所涉事项均有记录可查", forget_messages),
    Rule("notices", "站内消息的底稿", _INBOX, _messages_kept, "随站内消息", notices.forget_old),
)


async def retain(runtime: Runtime) -> None:
    """The body of the task ``notifications.retain``."""
    await keep_rules(runtime.database, runtime.service, RULES)
