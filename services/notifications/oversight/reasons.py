"""What became of a delivery and why, as people read it: the words of faults are ours or a provider's, and none of them is Chinese."""

import re
from collections.abc import Sequence

# Our own words, which say the same in English.
_OURS = (
    (r"too late", "过了时效，没有发出"),
    (r"recalled", "发送单位已撤回，没有发出"),
    (r"the worker was lost", "发送时程序中断，多次重试没有成功"),
    (r"the address has had its messages", "该号码或邮箱当日的消息已达上限，次日发送"),
    (r"no provider has a template|no template for this kind", "短信服务商没有该类消息的模板"),
    (r"no SMS provider is set", "没有设置短信服务商"),
    (r"cannot be written in a mail|does not take such an address", "邮箱地址有误"),
    (r"gave no answer", "短信服务商没有答复，查不到结果"),
)
# The code behind them is what is searched for in the provider's documents.
_THEIRS = (
    (r"bounced 5\.2\.2", "邮箱已满，邮件被退回"),
    (r"bounced 5\.1", "邮箱不存在，邮件被退回"),
    (r"bounced 5", "对方邮箱拒收，邮件被退回"),
    (r"bounced", "对方邮箱多次没有收下，邮件被退回"),
    (r"MOBILE_NUMBER_ILLEGAL|InvalidParameterValue.IncorrectPhoneNumber|PhoneNumberFormat", "手机号码有误"),
    (r"BLACK_KEY|PhoneNumberInBlacklist", "该号码在短信服务商的黑名单中"),
    (r"LIMIT_CONTROL|LimitExceeded", "短信服务商限制了发送的数量"),
    (r"SIGN|Signature", "短信签名没有通过服务商审核"),
    (r"TEMPLATE|Template", "短信模板没有通过服务商审核或参数不符"),
    (r"SMTP 5\d\d", "邮箱不存在或拒收"),
    (r"SMTP 4\d\d", "收件邮箱暂时不收"),
    (r"Connect|Timeout|Disconnected", "连接不上短信服务商或邮件服务器"),
    (r"HTTP 4\d\d", "短信服务商不接收该号码或内容"),
    (r"HTTP 5\d\d", "短信服务商出错"),
)


def _first(rows: Sequence[tuple[str, str]], error: str) -> str:
    return next((words for pattern, words in rows if re.search(pattern, error)), "")


def why(error: str | None) -> str | None:
    """In words, with a provider's own code behind them; None where nothing went wrong."""
    if not error:
        return None
    if ours := _first(_OURS, error):
        return ours
    theirs = _first(_THEIRS, error)
    return f"{theirs}（{error}）" if theirs else f"服务商答复：{error}"
