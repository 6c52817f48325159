"""The sheet of people: its columns, its template, and each row turned into the same input as the form's, with every bad cell named.
What is then done with the rows is the business of ``importing``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from services.training.people.personnel import choices, physicians
from services.training.people.personnel.schemas import LABELS, StaffMemberCreate
from services.training.people.personnel.workflow import EmploymentStatus
from shared.crypto import mask_phone, mask_resident_id
from shared.messages import message_for
from shared.sheets import Column, RowError, SheetRow, SheetRows, read_sheet, write_template

MAX_ROWS = 20_000
TITLE = "人员信息"
STATUS = "status"
_STATUSES = {each.label: each for each in EmploymentStatus}
_SHOWN = 50
_MASKS: dict[str, Callable[[str], str]] = {
    "resident_id": mask_resident_id,
    "mobile": mask_phone,
    "landline": mask_phone,
}
_TABLES = {
    "education": choices.EDUCATION,
    "title": choices.TITLE,
    "title_level": choices.TITLE_LEVEL,
    "ethnic_group": choices.ETHNIC_GROUP,
    "degree": choices.DEGREE,
    "physician_category": choices.PHYSICIAN_CATEGORY,
    "physician_level": choices.PHYSICIAN_LEVEL,
    "practice_category": choices.PRACTICE_CATEGORY,
}
_LISTS = ("attributes", "departments")
_DATES = ("physician_issued_on", "practice_issued_on")
# What stands as 职称 in the old figures is a licence and no title (X4): such a person is a physician without a rank.
_LICENSED, _PHYSICIANS = "physician_level", "卫生技术人员（医师）"
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_OF_PHYSICIANS = f"人员属性含{'、'.join(physicians.ATTRIBUTES)}时必填"
_NUMBER = Column(
    "resident_id", LABELS["resident_id"], required=True, width=22, help="18 位，末位可为 X，同一单位不可重复"
)


def _column(key: str, *, required: bool = False, width: int = 16, help: str = "") -> Column:
    listed = {key: choices.names(table) for key, table in _TABLES.items()}
    listed |= {"sex": choices.SEXES, STATUS: tuple(_STATUSES)}
    return Column(key, LABELS[key], required, listed.get(key, ()), width, help)


COLUMNS = (
    _NUMBER,
    _column("name", required=True),
    _column("sex", width=8, help="可不填，默认按身份证号"),
    _column("mobile", required=True),
    _column("email", width=24),
    _column("postcode", width=10),
    _column("address", required=True, width=36),
    _column("education", required=True),
    _column("title", required=True, width=22),
    _column("title_level", width=10),
    _column("post", required=True, width=24),
    _column("work_years", required=True, width=10, help="从事职业卫生相关工作年限，0 到 99 的整数"),
    _column("attributes", required=True, width=36, help=f"多项用、分隔：{'、'.join(choices.ATTRIBUTES)}：…"),
    _column(STATUS, width=10, help="可不填，默认在职"),
    _column("nationality", width=10),
    _column("ethnic_group", width=10),
    _column("landline", width=18, help="区号-号码（-分机号），如 025-83759999"),
    _column("diploma_number", width=22),
    _column("degree", width=18),
    _column("degree_number", width=22),
    _column("title_number", width=22),
    _column("duty", help="职务，如科主任、护士长，也可自行填写"),
    _column("physician_number", width=24, help=_OF_PHYSICIANS),
    _column("physician_issued_on", width=20, help=f"如 2015-12-01；{_OF_PHYSICIANS}"),
    _column("physician_category", help=_OF_PHYSICIANS),
    _column("physician_level"),
    _column("practice_number", width=24),
    _column("practice_issued_on", width=20, help="如 2016-05-01"),
    _column("practice_category", help=_OF_PHYSICIANS),
    _column("practice_place", width=30, help=_OF_PHYSICIANS),
    _column("other_practice_places", width=30),
    _column("departments", width=20, help="多个科室用、分隔"),
)
_BY_KEY = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class PersonRow:
    """One good row. Only the cells that hold something are among ``body.model_fields_set``; ``status`` likewise."""

    number: int
    body: StaffMemberCreate
    status: EmploymentStatus | None


@dataclass(frozen=True)
class PeopleSheet:
    """``total`` rows with anything in them; errors in the order of the rows, their numbers masked (PLAT-05)."""

    total: int
    good: tuple[PersonRow, ...]
    errors: tuple[RowError, ...]


def template() -> bytes:
    """An empty sheet to be filled in, with the lists of what can be chosen (BEY-07)."""
    return write_template(TITLE, COLUMNS)


def read_people(data: bytes) -> PeopleSheet:
    """Checks every row as the form does, and that no number stands twice. Raises what ``read_sheet`` does. For a thread: it takes a
    second or so for two thousand rows."""
    sheet = read_sheet(data, COLUMNS, max_rows=MAX_ROWS)
    unreadable: dict[int, list[RowError]] = {}
    for error in sheet.errors:
        unreadable.setdefault(error.row, []).append(error)
    good: list[PersonRow] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for row in sheet.rows:
        found = _Row(sheet, row, unreadable.get(row.number, []))
        person = found.checked()
        if person is not None and (first := seen.setdefault(person.body.resident_id, row.number)) != row.number:
            found.refuse(_NUMBER, f"与第 {first} 行的身份证号相同，请删除其中一行", "resident_id_repeated")
        elif person is not None:
            good.append(person)
        errors += found.errors
    return PeopleSheet(len(sheet.rows), tuple(good), tuple(_masked(error) for error in errors))


class _Row:
    """One row on its way to be a person; collects what is wrong with it."""

    def __init__(self, sheet: SheetRows, row: SheetRow, unreadable: list[RowError]) -> None:
        self._sheet, self._row = sheet, row
        self.errors = list(unreadable)
        self._refused = {error.column.partition(" ")[2] for error in unreadable}

    def refuse(self, column: Column, reason: str, code: str) -> None:
        """Notes what is wrong with a cell; only the first word on each."""
        if column.title not in self._refused:
            self._refused.add(column.title)
            self.errors.append(self._sheet.error(self._row, column, reason, code))

    def checked(self) -> PersonRow | None:
        """The person of this row, or None when something is wrong with it."""
        written = _licence_apart({key: value for key, value in self._row.values.items() if value})
        status = self._status(written.pop(STATUS, ""))
        fields: dict[str, object] = {**written, **dict(self._codes(written))}
        fields |= {key: _several(written[key]) for key in _LISTS if key in written}
        fields |= {key: _day(written[key]) for key in _DATES if key in written}
        try:
            body = StaffMemberCreate.model_validate(fields)
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False, include_input=False):
                self.refuse(_BY_KEY[str(error["loc"][0])], message_for(error), str(error["type"]))
            return None
        return None if self.errors else PersonRow(self._row.number, body, status)

    def _codes(self, written: dict[str, str]) -> Iterator[tuple[str, str]]:
        for key, table in _TABLES.items():
            if key not in written:
                continue
            code = choices.code_of_label(table, written[key])
            if code is None:
                allowed = choices.some_of(choices.names(table))
                self.refuse(_BY_KEY[key], f"没有“{written[key][:20]}”，可填：{allowed}", "label_unknown")
            yield key, code or ""

    def _status(self, written: str) -> EmploymentStatus | None:
        status = _STATUSES.get(written)
        if written and status is None:
            self.refuse(_BY_KEY[STATUS], f"没有“{written[:20]}”，可填：{'、'.join(_STATUSES)}", "label_unknown")
        return status


def _licence_apart(written: dict[str, str]) -> dict[str, str]:
    if choices.code_of_label(_TABLES[_LICENSED], written.get("title", "")) is None:
        return written
    return {_LICENSED: written["title"], **written, "title": _PHYSICIANS}


def _several(written: str) -> list[str]:
    return [each.strip() for each in re.split("[,，、]", written) if each.strip()]


def _day(written: str) -> str:
    """The day as people write it (2015/3/1, 2015年3月1日, 20150301). Other digits alone would be read as seconds, and are no day."""
    found = _DAY.fullmatch("".join(written.split()))
    if found is None:
        return "" if not written else f"{written}?"
    year, month, day = (part for part in found.groups() if part is not None)
    return f"{year}-{int(month):02}-{int(day):02}"


def _masked(error: RowError) -> RowError:
    key = next((column.key for column in COLUMNS if error.column.endswith(column.title)), "")
    mask = _MASKS.get(key)
    return replace(error, value=mask(error.value) if mask else error.value[:_SHOWN])
