"""What a page says, kept beside the certificate, so that a reissue is told with what stood there before and stands there now (STAFF-09)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from shared.workflow.definition import Labelled

if TYPE_CHECKING:  # the rows know what was printed of them
    from services.certificates.issue.models import Certificate

Facts = Mapping[str, str]


class Fact(Labelled):
    """What may be corrected on a page, in its order."""

    NAME = "holder_name", "姓名"
    SEX = "sex", "性别"
    UNIT = "unit_name", "工作单位"
    PLAN = "plan_name", "培训班"
    SPECIALTIES = "specialties", "专业类别"
    DAYS = "days", "培训时间"
    HOURS = "hours", "学时"
    ISSUED = "issued_on", "发证日期"
    VALID = "valid_until", "有效期至"


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else "长期"


_WORDS: Final[Mapping[Fact, Callable[["Certificate"], str]]] = {
    Fact.NAME: lambda each: each.holder_name,
    Fact.SEX: lambda each: each.sex,
    Fact.UNIT: lambda each: each.unit_name,
    Fact.PLAN: lambda each: each.plan_name,
    Fact.SPECIALTIES: lambda each: "、".join(each.specialties),
    Fact.DAYS: lambda each: f"{_day(each.start_date)} 至 {_day(each.end_date)}",
    Fact.HOURS: lambda each: str(each.hours),
    Fact.ISSUED: lambda each: _day(each.issued_on),
    Fact.VALID: lambda each: _day(each.valid_until),
}


def facts_of(certificate: "Certificate") -> dict[str, str]:
    """As its page says them, but for the resident id, which is kept encrypted beside them."""
    return {fact.value: words(certificate) for fact, words in _WORDS.items()}


def changes_between(before: Facts | None, now: Facts, *, other_id: bool) -> str | None:
    """A sentence without its full stop; of a resident id only that it is another (PLAT-05). None where nobody knows what stood there, or
    nothing is another."""
    if not before:
        return None
    told = [
        f"{fact.label}由“{before.get(fact.value) or '无'}”改为“{now[fact.value] or '无'}”"
        for fact in Fact
        if before.get(fact.value) != now[fact.value]
    ]
    return "，".join([*told, *(["身份证号已更正"] if other_id else [])]) or None
