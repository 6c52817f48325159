"""What became of a delivery and why, as people read it: what is said of text messages everywhere, and of mails."""

from collections.abc import Mapping

from services.notifications.kinds import Channel
from services.notifications.oversight.workflow import Reached
from shared.sms import reasons

_OURS: reasons.Rows = (
    (r"not sent, bounced", "此前发往该邮箱的邮件被退回，没有再发；请更正邮箱，确认可以收到的请重新发送"),
    (r"recalled", "发送单位已撤回，没有发出"),
    (r"the address has had its messages", "该号码或邮箱当日的消息已达上限，次日发送"),
    (r"cannot be written in a mail|does not take such an address", "邮箱地址有误"),
    *reasons.OURS,
)
_THEIRS: reasons.Rows = (
    (r"bounced 5\.2\.2", "邮箱已满，邮件被退回"),
    (r"bounced 5\.1", "邮箱不存在，邮件被退回"),
    (r"bounced 5", "对方邮箱拒收，邮件被退回"),
    (r"bounced", "对方邮箱多次没有收下，邮件被退回"),
    (r"certificate not trusted", "邮件服务器的证书不受信任，或不是 PLATFORM_SMTP_HOST 的"),
    (r"sign-in refused", "邮件服务器不认 NOTIFICATIONS_SMTP_USERNAME 和密码"),
    (r"no sign-in offered", "邮件服务器不要求登录，或只在加密后才能登录"),
    (r"no encryption offered", "邮件服务器不提供 STARTTLS 加密"),
    (r"sender refused", "邮件服务器不接收 PLATFORM_MAIL_FROM 发出的邮件"),
    (r"SMTP 421", "邮件服务器暂停接收"),
    (r"SMTP 5\d\d", "邮箱不存在或拒收"),
    (r"SMTP 4\d\d", "收件邮箱暂时不收"),
    *reasons.THEIRS,
    (r"Connect|Timeout|Disconnected", "连接不上短信服务商或邮件服务器"),
)

_TURNED_OFF = "本人可在“通知设置”中重新打开；急需告知的请电话联系"
ADVICE: Mapping[tuple[Reached, Channel], str] = {
    (
        Reached.UNDELIVERED,
        Channel.EMAIL,
    ): "请告知本人：邮箱有变化的在“个人设置”中更正，邮箱已恢复的在“通知设置”中确认“邮箱已能收到邮件”",
    (Reached.UNDELIVERED, Channel.SMS): "请告知本人在“个人设置”中更换手机号码；不能登录的在登录页“更改手机号”中办理",
    (Reached.MISSING, Channel.EMAIL): "请告知本人在“个人设置”中填写电子邮箱",
    (Reached.MISSING, Channel.SMS): "请告知本人在登录页“更改手机号”中登记手机号码",
    **{(state, channel): _TURNED_OFF for state in (Reached.OFF, Reached.PARTLY) for channel in Channel},
}


def why(error: str | None) -> str | None:
    """In words, with a provider's own code behind them; None where nothing went wrong."""
    return reasons.why(error, ours=_OURS, theirs=_THEIRS)
