"""One row of the old list, read: which unit it is, what of it goes into today's form, and what is wrong with which cell. Pure functions;
what the directory says of the unit is asked by ``judging``.

A credit code that Excel has kept as a number has lost its last digits. It is refused with its cell, whatever it looks like: a code that
is filled up by guessing is another unit's.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Final
from unicodedata import normalize

from pydantic import TypeAdapter, ValidationError

from services.declaration.form.table import BY_NAME, OF_TABLES
from services.declaration.legacy.columns import BY_KEY, COLUMNS, PHONE
from services.declaration.legacy.places import Places
from shared.fields import MESSAGES, CleanText
from shared.identifiers import is_seen, normalise_uscc, uscc_problem
from shared.messages import message_for
from shared.reference.tables import table
from shared.sheets.streamed import StreamedRow
from shared.sheets.streaming import as_number
from shared.sheets.xlsx_stream import ERROR, FORMULA, NUMBER

SHOWN: Final = 200
NOT_TAKEN: Final = "；该项不导入，由单位自行填写"
# Left to the directory: a unit that it knows by code and name has a sound code and a place.
UNLESS_KNOWN: Final = frozenset(
    {"uscc_checksum", "region_missing", "region_unknown", "region_ambiguous", "region_outside"}
)
_CUT: Final = re.compile(r"\d(\.\d+)?[Ee][+]?\d{1,3}")
_OLD_CODE: Final = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_NAME: Final = TypeAdapter(Annotated[str, CleanText(100, printed=False)])
_ACCOUNT: Final = TypeAdapter(Annotated[str, CleanText(64, printed=False)])
_SITE: Final = OF_TABLES["sites"].columns[0]
_TYPES: Final = {each.field: TypeAdapter(BY_NAME[each.field].kind.type) for each in COLUMNS if each.field in BY_NAME}
_SITE_TYPE: Final = TypeAdapter(_SITE.kind.type)
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
_EPOCHS: Final = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( .*)?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class LegacyProblem:
    """``cell`` is as Excel names it, ``refuses`` whether the row stays out for it; else only this cell does."""

    key: str
    cell: str
    title: str
    value: str
    code: str
    reason: str
    refuses: bool = True


@dataclass
class ReadRow:
    """``cells`` are the texts as they came, without the phone; ``basics`` what goes into the form."""

    line: int
    credit_code: str = ""
    name: str = ""
    account: str = ""
    region_code: str = ""
    phone: str | None = None
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[LegacyProblem] = field(default_factory=list)
    basics: dict[str, Any] = field(default_factory=dict)

    def told(self) -> list[dict[str, Any]]:
        """The problems as they are kept."""
        return [asdict(each) for each in self.problems]


class Reader:
    """Reads the rows of one file. ``letters`` {key: (letter, title)} are its columns."""

    def __init__(self, letters: Mapping[str, tuple[str, str]], places: Places, *, date1904: bool) -> None:
        self._letters, self._places, self._date1904 = letters, places, date1904

    def read(self, given: StreamedRow) -> ReadRow:
        """The row with everything that is wrong with it."""
        row = ReadRow(given.row.number)
        texts = {key: _shown(_as_typed(key, text, given)) for key, text in given.row.values.items()}
        row.phone = normalize("NFKC", texts.pop(PHONE, "")) or None
        row.cells = texts
        self._unit(row, given)
        for column in COLUMNS:
            if column.field and column.key in given.row.values:
                self._basics(row, column.key, given)
        self._day(row, given)
        return row

    def _say(self, row: ReadRow, key: str, code: str, reason: str, *, refuses: bool = True) -> None:
        letter, title = self._letters.get(key, ("", BY_KEY[key].titles[0]))
        value = "" if key == PHONE else row.cells.get(key, "")
        row.problems.append(LegacyProblem(key, f"{letter}{row.line}", title, value, code, reason, refuses))

    def _unit(self, row: ReadRow, given: StreamedRow) -> None:
        values, marks = given.row.values, given.marks
        if (wrong := code_problem(values.get("credit_code", ""), marks.get("credit_code", ""))) is not None:
            self._say(row, "credit_code", *wrong)
        row.credit_code = normalise_uscc(_shown(values.get("credit_code", "")))[:18]
        row.name = self._text(row, "name", _NAME, given)
        row.account = self._text(row, "account", _ACCOUNT, given, refuses=False).lower() if "account" in values else ""
        where = values.get("region", "")
        if marks.get("region") == NUMBER:
            where = as_number(where)
        if not where:
            self._say(row, "region", "region_missing", "没有填写所属地区，也没有在本系统注册，无法确定由哪个区县办理")
            return
        row.region_code, code, reason = self._places.find(where)
        if code:
            self._say(row, "region", code, reason)

    def _text(self, row: ReadRow, key: str, kind: TypeAdapter[str], given: StreamedRow, *, refuses: bool = True) -> str:
        text, mark = given.row.values.get(key, ""), given.marks.get(key, "")
        if mark in {FORMULA, ERROR}:
            self._say(row, key, *_not_a_value(mark), refuses=refuses)
            return _shown(text)
        try:
            return kind.validate_python(as_number(text) if mark == NUMBER else text)
        except ValidationError as error:
            self._say(row, key, *_first(error), refuses=refuses)
            return row.cells.get(key, "")

    def _basics(self, row: ReadRow, key: str, given: StreamedRow) -> None:
        text, mark = given.row.values[key], given.marks.get(key, "")
        if mark in {FORMULA, ERROR}:
            code, reason = _not_a_value(mark)
            self._say(row, key, code, reason + NOT_TAKEN, refuses=False)
            return
        try:
            row.basics.update(basic_of(key, as_number(text) if mark == NUMBER else text))
        except ValidationError as error:
            code, reason = _first(error)
            self._say(row, key, code, reason + NOT_TAKEN, refuses=False)
        except KeyError:
            self._say(row, key, "no_match", "与本系统的选项对应不上" + NOT_TAKEN, refuses=False)

    def _day(self, row: ReadRow, given: StreamedRow) -> None:
        text = given.row.values.get("declared_on", "")
        if not text:
            return
        day = day_of(text, given.marks.get("declared_on", ""), date1904=self._date1904)
        if day is None:
            self._say(row, "declared_on", "date_unreadable", "不是日期；该项只作参考，不影响导入", refuses=False)
        else:
            row.cells["declared_on"] = day.isoformat()


def _shown(text: str) -> str:
    """A cell as it is kept and shown: on one line, without what is not seen."""
    return "".join(char for char in " ".join(text.split()) if is_seen(char))[:SHOWN]


def _as_typed(key: str, text: str, given: StreamedRow) -> str:
    """What a person typed to get a number; of a code nothing is made."""
    return as_number(text) if given.marks.get(key) == NUMBER and key != "credit_code" else text


def _first(error: ValidationError) -> tuple[str, str]:
    first = error.errors(include_url=False, include_input=False)[0]
    return str(first["type"]), message_for(first)


def _not_a_value(mark: str) -> tuple[str, str]:
    if mark == FORMULA:
        return "cell_formula", "单元格是公式，请复制后“选择性粘贴—数值”"
    return "cell_error", "单元格是 Excel 的错误值，请改正"


def code_problem(text: str, mark: str) -> tuple[str, str] | None:
    """(code, why) of a credit code that cannot be taken as it stands. One that a number cell holds is never taken: fifteen digits are all
    that is left of it."""
    bare = normalise_uscc(text)
    if not bare:
        return "uscc_missing", "没有填写统一社会信用代码"
    if mark in {FORMULA, ERROR}:
        return _not_a_value(mark)
    digits = bare.isdigit() and len(bare) == 18 and bare.endswith("000") and uscc_problem(bare) is not None
    if mark == NUMBER or _CUT.fullmatch(bare) or digits:
        return (
            "uscc_cut",
            f"Excel 已把代码存成数字（{text[:24]}），末几位已丢失，不能推测；请对照营业执照，以文本格式重新填写",
        )
    if _OLD_CODE.fullmatch(bare):
        return "uscc_old", "这是组织机构代码，请换成18位的统一社会信用代码"
    problem = uscc_problem(bare)
    return (f"uscc_{problem}", MESSAGES[f"uscc_{problem}"]) if problem else None


def basic_of(key: str, text: str) -> dict[str, Any]:
    """What this cell fills in, by the form's own types. Raises ``KeyError`` for a label that no list has, ``ValidationError``."""
    column = BY_KEY[key]
    if column.field == "sites":
        return {"sites": [{"address": _SITE_TYPE.validate_python(text)}]}
    value: object = text
    if key in _LABELS:
        value = _LABELS[key][_plain(text)]
    elif key.endswith("_count"):
        value = re.sub(r"(人|名)$", "", normalize("NFKC", text).strip())
    return {column.field: _TYPES[column.field].validate_python(value)}


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split())


def _labels(*names: str, suffix: str = "") -> dict[str, str]:
    """Code by label, by code, and by label with what the old system wrote behind it; of two with one label the wider."""
    found: dict[str, str] = {}
    for name in names:
        for entry in table(name):
            for way in (
                entry.name,
                entry.code,
                entry.name + suffix,
                entry.name + suffix + "企业",
                f"{entry.code}{entry.name}",
            ):
                found.setdefault(_plain(way), entry.code)
    return found


_LABELS: Final = {
    "size": {**_labels("enterprise_sizes", suffix="型"), "微小型": "4", "小微型": "4"},
    "industry": _labels("industries"),
    "economic_type": _labels("economic_types", suffix="企业"),
}


def day_of(text: str, mark: str, *, date1904: bool) -> date | None:
    """The day, as people write it or as Excel counts it; None for what is none."""
    if mark == NUMBER and re.fullmatch(r"\d{4,5}(\.\d+)?", text):
        day = _EPOCHS[date1904] + timedelta(days=int(float(text)))
        return day if _FIRST_DAY <= day < _LAST_DAY else None
    found = _DAY.fullmatch(normalize("NFKC", text).strip())
    if found is None:
        return None
    year, month, day_part = (int(part) for part in (found[1] or found[5], found[2] or found[6], found[3] or found[7]))
    try:
        return date(year, month, day_part)
    except ValueError:
        return None


def basics_of(cells: Mapping[str, str], phone: str | None) -> dict[str, Any]:
    """What of a kept row goes into the form; what could not be taken is left out, as it was when the row was read."""
    basics: dict[str, Any] = {}
    for column in COLUMNS:
        text = phone if column.key == PHONE else cells.get(column.key)
        if column.field and text:
            try:
                basics.update(basic_of(column.key, text))
            except (ValidationError, KeyError):
                continue
    return basics
