"""Number patterns over the wire, and what a prefix may look like so that every number can be printed, typed again at the public check,
and told from every other one (STAFF-10).
"""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.certificates.issue.numbering import PLACEHOLDERS, WORDS, from_words
from shared.fields import CleanText, Copied
from shared.workflow.buttons import AllowedAction

MAX_PREFIX = 40
_PLACEHOLDER = re.compile("|".join(re.escape(each) for each in PLACEHOLDERS))
# Brackets, or words, of a placeholder that is none as it was typed: nobody wants them on a certificate.
_MISTYPED = re.compile("|".join(["[{}〈〉]", *(words.strip("〈〉") for words in WORDS.values())]))
# What the public check makes of what people type: capitals, these brackets, no blanks.
_PLAIN = re.compile(r"[A-Z0-9.\-〔〕一-鿿]*")


def _prefix_checked(prefix: str) -> str:
    rest = _PLACEHOLDER.sub("", prefix)
    if _MISTYPED.search(rest):
        reason = "没有这样的可替换内容，可用的是 {allowed}，请照此填写，连同括号"
        raise PydanticCustomError("prefix_placeholder", reason, {"allowed": "、".join(WORDS.values())})
    if (bad := next((char for char in rest if not _PLAIN.fullmatch(char) or not _is_common(char)), None)) is not None:
        reason = (
            "不能使用“{character}”：编号只能由常用汉字、大写字母、数字、“-”“.”和“〔〕”组成，否则无法打印或按编号查验"
        )
        raise PydanticCustomError("prefix_character", reason, {"character": bad})
    # The last character is that of the text as well as of the number: a placeholder stands for digits.
    if prefix.endswith("}") or prefix[-1].isdigit():
        reason = (
            "须以汉字、字母或“-”等符号结尾：以数字或可替换的内容结尾时，前缀与序号连在一起，不同证书可能得到相同的编号"
        )
        raise PydanticCustomError("prefix_ends_in_digits", reason)
    return prefix


def _is_common(char: str) -> bool:
    """GB 2312: what the cut font prints and what everybody can type."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


Prefix = Annotated[
    str,
    CleanText(MAX_PREFIX),
    AfterValidator(_prefix_checked),
    BeforeValidator(lambda typed: from_words(typed) if isinstance(typed, str) else typed),
    Field(
        description="编号前缀，可含〈年份〉、〈期数〉、〈地区代码〉，或写作 {year}、{session}、{region}",
        examples=["苏职卫培〔〈年份〉〕ZD-〈地区代码〉-"],
    ),
]
PlanTypeCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", max_length=40, description="培训班类型代码")]
Label = Annotated[str, CleanText(50), Field(description="证书上的培训类型名称")]
Digits = Annotated[int, Field(ge=3, le=8, description="序号至少几位，不足补零")]
Template = Annotated[str, Field(description="证书模板"), Copied(40)]


class NumberPatternCreate(BaseModel):
    """The pattern of a plan type that has followed the one for any until now."""

    model_config = ConfigDict(extra="forbid")

    plan_type: PlanTypeCode
    label: Label
    prefix: Prefix
    digits: Digits = 4
    template: Template = "certificate"


class NumberPatternUpdate(BaseModel):
    """Only what is sent changes, and for certificates that are numbered from then on."""

    model_config = ConfigDict(extra="forbid")

    label: Label | None = None
    prefix: Prefix | None = None
    digits: Digits | None = None
    template: Template | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent and is not null, by field name."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class NumberPatternTry(BaseModel):
    """A pattern as it stands in the form, to see what it would number; ``plan_type`` is the one that is being changed, if any."""

    model_config = ConfigDict(extra="forbid")

    plan_type: Annotated[str, Copied(40)] = Field(default="", description="培训班类型代码")
    prefix: Prefix
    digits: Digits = 4


class NumberPreview(BaseModel):
    """``numbers`` are the next three of a first session in 玄武区 today; ``last`` is the serial that their series gave last, 0 for a new
    one; ``shares_with`` as in ``NumberPatternRead``. ``advice`` is what whoever wants numbers of their own has still to do."""

    numbers: list[str] = Field(description="接下来的三个编号")
    last: int
    shares_with: list[str]
    advice: str | None = Field(description="前缀与通用规则相同等需要留意的情况")


class NumberSeriesRead(BaseModel):
    """One filled prefix and the serial that it gave last."""

    prefix: str
    last: int


class NumberPatternRead(BaseModel):
    """``plan_type`` * is for every type without a pattern of its own. ``example`` is the next number of a first session in 玄武区 today;
    ``shares_with`` are the labels of the patterns that number in that same gapless series. ``series`` are the filled prefixes that
    fit, the last by name first; a list shows no more than 200 of ``series_total``."""

    plan_type: str
    label: str
    prefix: str
    digits: int
    template: str
    example: str
    shares_with: list[str]
    series: list[NumberSeriesRead]
    series_total: int
    version: int
    updated_at: datetime
    allowed_actions: list[AllowedAction]
