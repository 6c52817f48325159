"""Pydantic types for what people type: credit codes, resident ids, phones, postcodes and bounded text.
They clean the input, check it with ``shared.identifiers`` and answer with a stable code in Chinese (PLAT-01).
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared import identifiers
from shared.clock import beijing_today, now_utc
from shared.glyphs import named, real, unprintable

MESSAGES = {
    "uscc_format": "统一社会信用代码应为18位数字和大写字母，且不含 I、O、Z、S、V",
    "uscc_checksum": (
        "统一社会信用代码校验位不符，请对照营业执照核对；执照上确为此代码的，请在“号码核准”中上传营业执照，由区县卫生健康委核准后填写"
    ),
    "resident_id_format": "身份证号应为18位，末位可为 X",
    "resident_id_date": "身份证号中的出生日期有误，请核对",
    "resident_id_checksum": (
        "身份证号校验位不符，请核对；证件上确为此号的，请在“号码核准”中上传证件扫描件，由省疾控核准后填写"
    ),
    "mobile_format": "手机号码应为11位数字，如 13800138000",
    "landline_format": "固定电话格式应为 区号-号码（-分机号），如 025-83759999",
    "postcode_format": "邮政编码应为6位数字",
}


def _cleaned(normalise: Callable[[str], str]) -> BeforeValidator:
    def clean(value: object) -> object:
        return normalise(value) if isinstance(value, str) else value

    return BeforeValidator(clean)


@dataclass(frozen=True)
class Longest:
    """What is typed has at most so many characters, counted before anything is made of it: ``Annotated[Decimal, Longest(20)]``. It stands
    last, because what stands last is asked first."""

    max_length: int

    def check(self, value: object) -> object:
        if isinstance(value, str) and len(value) > self.max_length:
            limits = {"max": self.max_length, "now": len(value)}
            raise PydanticCustomError("text_too_long", "最多 {max} 个字，现有 {now} 个字", limits)
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        said = handler(schema)
        for each in said.get("anyOf", [said]):
            if each.get("type") == "string":
                each["maxLength"] = self.max_length
        return said


@dataclass(frozen=True)
class Copied(Longest):
    """What people and programs copy and do not word (a code, a key, a number), taken bare: ``Annotated[str, Copied(40)]``."""

    def check(self, value: object) -> object:
        value = super().check(value)
        return clean_text(identifiers.bare(value), blank=True) if isinstance(value, str) else value


def whole(shortest: int, advice: str) -> AfterValidator:
    """What we gave out and a program copies, such as the key in a link: what has lost its end is told with what to do, not counted."""

    def check(value: str) -> str:
        if len(value) < shortest:
            raise PydanticCustomError("cut_short", advice)
        return value

    return AfterValidator(check)


# A login name, or a number that may have words in it: the marks around it go before anything is asked of it. Stands last.
PASTED = _cleaned(identifiers.without_marks)
# As a number is written with spaces, hyphens and a prefix, and wider than its bytes.
NUMBER = Longest(60)


# Of this request, the numbers that may miss their check digit.
_WAIVED: ContextVar[Collection[str]] = ContextVar("waived_check_digits", default=())


@contextmanager
def waived(numbers: Collection[str]) -> Iterator[None]:
    """Within, these codes and ids, already in their shape, pass although their last place is wrong (STAFF-15)."""
    before = _WAIVED.set(numbers)
    try:
        yield
    finally:
        _WAIVED.reset(before)


def _checked(name: str, problem: Callable[[str], identifiers.Problem | None]) -> AfterValidator:
    def check(value: str) -> str:
        reason = problem(value)
        if reason is not None and not (reason == "checksum" and value in _WAIVED.get()):
            code = f"{name}_{reason}"
            raise PydanticCustomError(code, MESSAGES[code])
        return value

    return AfterValidator(check)


def _resident_id_problem(number: str) -> identifiers.Problem | None:
    return identifiers.resident_id_problem(number, beijing_today(now_utc()))


def uscc_misses_check(code: str) -> bool:
    """Whether a code is right but for its last place."""
    return identifiers.uscc_problem(code) == "checksum"


def resident_id_misses_check(number: str) -> bool:
    """Whether a resident id is right but for its last place."""
    return _resident_id_problem(number) == "checksum"


def _but_its_check(problem: Callable[[str], identifiers.Problem | None]) -> Callable[[str], identifiers.Problem | None]:
    def other(value: str) -> identifiers.Problem | None:
        found = problem(value)
        return None if found == "checksum" else found

    return other


Uscc = Annotated[
    str,
    _cleaned(identifiers.normalise_uscc),
    _checked("uscc", identifiers.uscc_problem),
    Field(description="统一社会信用代码（GB 32100）", examples=["91320100MA1ABCD2XR"]),
    NUMBER,
]
ResidentId = Annotated[
    str,
    _cleaned(identifiers.normalise_resident_id),
    _checked("resident_id", _resident_id_problem),
    Field(description="公民身份号码（GB 11643）", examples=["11010519491231002X"]),
    NUMBER,
]
# As somebody states them: there are codes and ids whose last place was issued wrong. Whoever takes one asks the service's table of
# accepted numbers (``accepted``), which alone lets such a one pass (STAFF-15). A form that tells all faults at once takes the strict type,
# and has asked before (``waived``).
StatedUscc = Annotated[
    str,
    _cleaned(identifiers.normalise_uscc),
    _checked("uscc", _but_its_check(identifiers.uscc_problem)),
    Field(description="统一社会信用代码（GB 32100）；校验位不符的须先经核准", examples=["91320100MA1ABCD2XR"]),
    NUMBER,
]
StatedResidentId = Annotated[
    str,
    _cleaned(identifiers.normalise_resident_id),
    _checked("resident_id", _but_its_check(_resident_id_problem)),
    Field(description="公民身份号码（GB 11643）；校验位不符的须先经核准", examples=["11010519491231002X"]),
    NUMBER,
]
Mobile = Annotated[
    str,
    _cleaned(identifiers.normalise_mobile),
    _checked("mobile", identifiers.mobile_problem),
    Field(description="手机号码", examples=["13800138000"]),
    NUMBER,
]
Landline = Annotated[
    str,
    _cleaned(identifiers.normalise_landline),
    _checked("landline", identifiers.landline_problem),
    Field(description="固定电话", examples=["025-83759999"]),
    NUMBER,
]
Postcode = Annotated[
    str,
    _cleaned(identifiers.normalise_postcode),
    _checked("postcode", identifiers.postcode_problem),
    Field(description="邮政编码", examples=["210009"]),
    NUMBER,
]

# Selectors choose how the character before them is drawn, and belong to some people's names; alone they are nothing.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\\s]+")

# Blanks of typesetters and of copied web pages, for which no font needs a glyph of its own.
_ODD_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")


def clean_text(text: str, *, blank: bool = False, lines: bool = False) -> str:
    """Strip the text, turn known private characters into real ones and refuse invisible ones; raises PydanticCustomError.

    ``blank`` lets the empty text pass; ``lines`` keeps line breaks (as ``\\n``) and tabs.
    """
    text = _ODD_BLANKS.sub(" ", real(text))
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    kept = "\n\t" if lines else ""
    bad = next((c for c in text if c not in kept and not identifiers.is_seen(c)), None)
    if bad is not None:
        raise PydanticCustomError(
            "text_invisible_character",
            "含有不可见字符（{character}），请删除后重新输入",
            {"character": f"U+{ord(bad):04X}"},
        )
    if _SELECTORS.fullmatch(text):
        text = ""
    if not text and not blank:
        raise PydanticCustomError("text_blank", "请填写此项")
    return text


def check_printable(text: str) -> str:
    """Raises PydanticCustomError for what no font has: it would be found when its page is made, which is too late (BEY-19)."""
    if missing := unprintable(text):
        told = {"characters": named(missing[:5])}
        raise PydanticCustomError(
            "text_unprintable",
            "打印字库中没有{characters}，请删除或换用其他文字；生僻字请按居民身份证上的字形录入",
            told,
        )
    return text


@dataclass(frozen=True)
class CleanText:
    """Text of at most ``max_length`` characters: ``Annotated[str, CleanText(50)]``. ``printed`` is False for what no page ever holds."""

    max_length: int
    blank: bool = False
    lines: bool = False
    printed: bool = True

    def check(self, text: str) -> str:
        text = clean_text(text, blank=self.blank, lines=self.lines)
        if self.printed:
            check_printable(text)
        if len(text) > self.max_length:
            limits = {"max": self.max_length, "now": len(text)}
            raise PydanticCustomError("text_too_long", "最多 {max} 个字，现有 {now} 个字", limits)
        return text

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        return {**handler(schema), "maxLength": self.max_length, **({} if self.blank else {"minLength": 1})}


@dataclass(frozen=True)
class GbkText:
    """At most ``max_bytes`` bytes of GBK (a Chinese character is two): ``Annotated[str, GbkText(100)]`` (TRN-17)."""

    max_bytes: int
    blank: bool = False

    def check(self, text: str) -> str:
        text = check_printable(clean_text(text, blank=self.blank))
        size = identifiers.gbk_length(text)
        if size > self.max_bytes:
            limits = {"max": self.max_bytes, "han": self.max_bytes // 2, "now": size}
            message = "最多 {max} 字节（{han} 个汉字），现有 {now} 字节"
            raise PydanticCustomError("text_too_many_bytes", message, limits)
        return text

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        return {**handler(schema), "maxLength": self.max_bytes, **({} if self.blank else {"minLength": 1})}


def _as_name(text: str) -> str:
    """With its dot as the one that fonts have, and only then asked whether it can be printed."""
    return check_printable(identifiers.as_name(text))


AS_NAME = AfterValidator(_as_name)
PersonName = Annotated[str, CleanText(50, printed=False), AS_NAME]
RegionCode = Annotated[
    str, Field(pattern=r"^[0-9]{6}$", description="六位行政区划代码", examples=["320571"]), Copied(20)
]
Email = Annotated[
    str,
    Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="电子邮箱", examples=["name@example.cn"]),
    CleanText(254),
    PASTED,
]
