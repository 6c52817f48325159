"""Why a text message did not arrive, as people read it: the words of faults are ours or a provider's, and none of them is Chinese."""

import re
from collections.abc import Sequence

Rows = Sequence[tuple[str, str]]
# Our own words, which say the same in English.
OURS: Rows = (
    (r"too late", "过了时效，没有发出"),
    (r"withdrawn", "收件人重新获取，这一条没有发出"),
    (r"not delivered", "短信服务商回执：没有送达"),
    (r"the worker was lost", "发送时程序中断，多次重试没有成功"),
    (r"no provider has a template|no template for this kind", "短信服务商没有该类消息的模板"),
    (r"no SMS provider is set", "没有设置短信服务商"),
    (r"gave no answer", "短信服务商没有答复，查不到结果"),
)
# The code behind them is what is searched for in the provider's documents.
THEIRS: Rows = (
    (r"MOBILE_NUMBER_ILLEGAL|InvalidParameterValue.IncorrectPhoneNumber|PhoneNumberFormat", "手机号码有误"),
    (r"BLACK_KEY|PhoneNumberInBlacklist", "该号码在短信服务商的黑名单中"),
    (r"LIMIT_CONTROL|LimitExceeded", "短信服务商限制了发送的数量"),
    (r"SIGN|Signature", "短信签名没有通过服务商审核"),
    (r"TEMPLATE|Template", "短信模板没有通过服务商审核或参数不符"),
    (r"HTTP 4\d\d", "短信服务商不接收该号码或内容"),
    (r"HTTP 5\d\d", "短信服务商出错"),
)
AWAY: Rows = ((r"Connect|Timeout|Disconnected", "连接不上短信服务商"),)


def why(error: str | None, *, ours: Rows = OURS, theirs: Rows = (*THEIRS, *AWAY)) -> str | None:
    """In words, with a provider's own code behind them; None where nothing went wrong."""
    if not error:
        return None
    if said := _first(ours, error):
        return said
    said = _first(theirs, error)
    return f"{said}（{error}）" if said else f"服务商答复：{error}"


def _first(rows: Rows, error: str) -> str:
    return next((words for pattern, words in rows if re.search(pattern, error)), "")
