"""What is said about which event, to whom, and on which channels: a row for each audience, data and no code. ``{…}`` are fields of the
event; every message stands in the inbox, whatever its channels.
"""

from services.notifications.kinds import MessageKind
from services.notifications.notices.alarm_texts import ALARM_TEXTS
from services.notifications.notices.certificate_texts import CERTIFICATE_TEXTS
from services.notifications.notices.declaration_texts import DECLARATION_TEXTS
from services.notifications.notices.training_texts import TRAINING_TEXTS
from services.notifications.notices.wording import (
    Fold,
    Text,
    Texts,
    about,
    city_managers,
    colleagues,
    desk,
    holder,
    managers,
    units_of_a_list,
)
from shared.addresses import pattern
from shared.events import auth, notifications

_EXPIRING: tuple[Text[auth.AccountExpiring], ...] = (  # AUTH-05
    Text(
        MessageKind.ACCOUNT_EXPIRING,
        "账号将于 {valid_until} 到期",
        "您的账号 {login_name} 还有 {days} 天到期，{valid_until} 之后不能登录。如需继续使用，请联系{contact}办理延期。",
        pattern("settings"),
        holder,
        must=True,
    ),
    Text(
        MessageKind.ACCOUNT_TO_EXTEND,
        "账号即将到期：{person_name}",
        "{person_name}的账号 {login_name} 还有 {days} 天到期（{valid_until}）。如该单位申请延期，请在管理员管理中办理。",
        pattern("account"),
        city_managers,
        channels=(),
        fold=Fold("", "{count} 个辖区账号即将到期", pattern("accounts")),
    ),
)
_OTHERS = (
    about(auth.AccountExpiring, *_EXPIRING),
    about(  # AUTH-07
        auth.ApplicationSubmitted,
        Text(
            MessageKind.APPLICATION_SUBMITTED,
            "账号申请：{unit_name}",
            "{unit_name}提交了账号申请（编号 {number}），请核对申请表后开通、退回或不予开通。",
            pattern("application"),
            managers,
        ),
    ),
    about(  # BEY-16
        notifications.HookStopped,
        Text(
            MessageKind.HOOK_STOPPED,
            "消息推送已停用：{name}",
            "向“{name}”推送消息连续失败，已自动停用，最近一次的原因：{reason}。请检查后在个人设置的消息推送中重新启用，未送达的可以重新推送。",
            pattern("settings"),
            holder,
        ),
    ),
    about(  # STAFF-06
        notifications.BroadcastSubmitted,
        Text(
            MessageKind.BROADCAST_WAITING,
            "群发待复核：{subject}",
            "{person_name}提交了群发通知“{subject}”，收件账号 {count} 个。请核对内容和收件名单后同意发送，或退回修改。",
            pattern("broadcast"),
            colleagues,
        ),
    ),
    about(
        auth.CaseSubmitted,
        Text(
            MessageKind.CASE_SUBMITTED,
            "{kind_label}：{organisation_name}",
            "{organisation_name}提交了{kind_label}（编号 {number}），请核对材料后办理。",
            pattern("case"),
            desk,
        ),
    ),
)

TEXTS: Texts = {**TRAINING_TEXTS, **CERTIFICATE_TEXTS, **DECLARATION_TEXTS, **ALARM_TEXTS, **dict(_OTHERS)}

# What an office says itself (群发): of no event, and its own words.
OFFICE: Text[object] = Text(
    MessageKind.OFFICE_NOTICE,
    "{subject}",
    "{content}（{office}）",
    pattern("messages"),
    units_of_a_list,
)
