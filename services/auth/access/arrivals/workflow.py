"""What may have become of a text message of auth's own, as officials read it; what each of its kinds is called."""

from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled


class Arrival(Labelled):
    WAITING = "waiting", "待发送", Colour.WAITING
    SENT = "sent", "已发送", Colour.GOOD
    DELIVERED = "delivered", "已送达", Colour.GOOD
    FAILED = "failed", "没有送达", Colour.REFUSED


class TextKind(Labelled):
    """As ``texts.kinds`` has them."""

    CODE = "code", "验证码"
    ACTIVATION = "activation", "激活链接"
    ACCOUNT_OPENED = "account_opened", "账号开通"
    APPLICATION_FILED = "application_filed", "账号申请的受理"
    APPLICATION_DECIDED = "application_decided", "账号申请的审核结果"
    CASE = "case", "申诉与办理的结果"
    CASE_FILED = "case_filed", "申诉与办理的受理"
    CASE_WARNING = "case_warning", "申诉与办理的提醒"
    PASSWORD_RECOVERED = "password_recovered", "账号已找回"
    PHONE_CHANGED = "phone_changed", "手机号码已更换"
    PHONE_GUESSED = "phone_guessed", "有人猜测手机号码"
