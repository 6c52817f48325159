"""The sheet of people: its template, and each row turned into the same input as the form's, with every bad cell named.
What is then done with the rows is the business of ``importing``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from services.training.people.personnel import choices
from services.training.people.personnel.columns import sheet_columns
from services.training.people.personnel.form import FIELDS, STATUS, FormField
from services.training.people.personnel.schemas import StaffMemberCreate
from services.training.people.personnel.workflow import EmploymentStatus
from shared.fields import resident_id_misses_check, waived
from shared.identifiers import normalise_resident_id
from shared.messages import message_for
from shared.sheets import Column, RowError, SheetRow, SheetRows, read_sheet, write_marked, write_template
from shared.web.form_tables import Kind

MAX_ROWS = 20_000
TITLE = "人员信息"
_STATUSES = {each.label: each for each in EmploymentStatus}
_SHOWN = 50
# What stands as 职称 in the old figures is a licence and no title (X4): such a person is a physician without a rank.
_LICENSED, _PHYSICIANS = "physician_level", "卫生技术人员（医师）"
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class Layout:
    """The sheet that the form makes: ``columns``, the fields that they hold, and ``body``, which checks a row."""

    fields: Mapping[str, FormField]
    columns: tuple[Column, ...]
    body: type[StaffMemberCreate]

    def column(self, name: str) -> Column:
        """The column of that field."""
        return next(column for column in self.columns if column.key == name)

    def field_at(self, place: str) -> FormField | None:
        """The field at a place such as ``B 身份证号``."""
        return next((self.fields[each.key] for each in self.columns if place.endswith(each.title)), None)


def layout(fields: Sequence[FormField], body: type[StaffMemberCreate]) -> Layout:
    """The sheet of these fields; ``body`` is made of them."""
    columns = sheet_columns((*fields, STATUS))
    return Layout({field.name: field for field in (*fields, STATUS)}, columns, body)


LAYOUT = layout(FIELDS, StaffMemberCreate)
COLUMNS = LAYOUT.columns


@dataclass(frozen=True)
class PersonRow:
    """One good row. Only the cells that hold something are among ``body.model_fields_set``; ``status`` likewise. ``refused`` is the error
    with which the row would be a bad one for its number's sake."""

    number: int
    body: StaffMemberCreate
    status: EmploymentStatus | None
    refused: RowError


@dataclass(frozen=True)
class Doubtful:
    """A number that misses its check digit, the name beside it, and the error that it is unless it was accepted (STAFF-15)."""

    resident_id: str
    name: str
    refused: RowError


@dataclass(frozen=True)
class PeopleSheet:
    """``total`` rows with anything in them; errors in the order of the rows, their numbers masked (PLAT-05). ``doubtful`` are of rows that
    are good but for that, and of bad ones."""

    total: int
    good: tuple[PersonRow, ...]
    errors: tuple[RowError, ...]
    notes: tuple[str, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()
    rows: tuple[SheetRow, ...] = ()

    def reasons(self) -> dict[int, dict[str, str]]:
        """What is wrong, by the row's number and the column's title."""
        found: dict[int, dict[str, str]] = {}
        for error in self.errors:
            found.setdefault(error.row, {})[title_in(error.column)] = error.reason
        return found


def title_in(place: str) -> str:
    """The title of a place such as ``B 身份证号``."""
    return place.partition(" ")[2]


def masked_value(column: Column, value: str, form: Layout = LAYOUT) -> str:
    """A cell as it may be shown (PLAT-05)."""
    field = form.fields[column.key]
    return field.mask(value) if field.mask and value else value


def annotated(sheet: PeopleSheet, form: Layout = LAYOUT) -> bytes:
    """The sheet as it came, its bad cells red with the reason beside them, to be corrected and sent again (BEY-07)."""
    titles = {column.title: column.key for column in form.columns}
    reasons = sheet.reasons()
    marks = {number: {titles[title]: why for title, why in cells.items()} for number, cells in reasons.items()}
    return write_marked(TITLE, form.columns, [(row.values, marks.get(row.number, {})) for row in sheet.rows])


def template(form: Layout = LAYOUT) -> bytes:
    """An empty sheet to be filled in, with the lists of what can be chosen (BEY-07)."""
    return write_template(TITLE, form.columns)


async def read_rows(data: bytes) -> SheetRows:
    """The sheet as it was written. Raises what ``read_sheet`` does; hold no connection meanwhile."""
    return await read_sheet(data, COLUMNS, max_rows=MAX_ROWS)


def check_people(sheet: SheetRows, form: Layout = LAYOUT) -> PeopleSheet:
    """Checks every row as the form does, and that no number stands twice. For a thread: it takes a second or so for two thousand rows."""
    number = form.column("resident_id")
    unreadable: dict[int, list[RowError]] = {}
    for error in sheet.errors:
        unreadable.setdefault(error.row, []).append(error)
    good: list[PersonRow] = []
    errors: list[RowError] = []
    doubtful: list[Doubtful] = []
    seen: dict[str, int] = {}
    for row in sheet.rows:
        found = _Row(form, sheet, row, unreadable.get(row.number, []))
        person = found.checked()
        if person is not None and (first := seen.setdefault(person.body.resident_id, row.number)) != row.number:
            found.refuse(number, f"与第 {first} 行的{number.title}相同，请删除其中一行", "resident_id_repeated")
        elif person is not None:
            good.append(person)
        errors += found.errors
        if (doubt := found.doubtful()) is not None:
            doubtful.append(doubt)
    masked = tuple(_masked(form, error) for error in errors)
    return PeopleSheet(len(sheet.rows), tuple(good), masked, sheet.notes(), tuple(doubtful), sheet.rows)


class _Row:
    """One row on its way to be a person; collects what is wrong with it."""

    def __init__(self, form: Layout, sheet: SheetRows, row: SheetRow, unreadable: list[RowError]) -> None:
        self._form, self._sheet, self._row = form, sheet, row
        self.errors = list(unreadable)
        self._number = normalise_resident_id(row.values.get("resident_id") or "")
        self._refused = {error.column.partition(" ")[2] for error in unreadable}

    def refuse(self, column: Column, reason: str, code: str) -> None:
        """Notes what is wrong with a cell; only the first word on each."""
        if column.title not in self._refused:
            self._refused.add(column.title)
            self.errors.append(self._sheet.error(self._row, column, reason, code))

    def checked(self) -> PersonRow | None:
        """The person of this row, or None when something is wrong with it."""
        written = _licence_apart({key: value for key, value in self._row.values.items() if value})
        status = self._status(written.pop(STATUS.name, ""))
        try:
            # Whether a number may miss its check digit is asked of all rows at once.
            with waived([self._number]):
                body = self._form.body.model_validate(dict(self._read(written)))
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False, include_input=False):
                self.refuse(self._form.column(str(error["loc"][0])), message_for(error), str(error["type"]))
            return None
        return None if self.errors else PersonRow(self._row.number, body, status, self._number_refused())

    def doubtful(self) -> Doubtful | None:
        """Its number, when that misses its check digit and nothing else was wrong with it."""
        title = self._form.column("resident_id").title
        if title in self._refused or not resident_id_misses_check(self._number):
            return None
        return Doubtful(self._number, self._row.values.get("name") or "", self._number_refused())

    def _number_refused(self) -> RowError:
        return _masked(self._form, self._sheet.error(self._row, self._form.column("resident_id"), "", ""))

    def _read(self, written: Mapping[str, str]) -> Iterator[tuple[str, object]]:
        """What is written, as the form would be sent."""
        for column in self._form.columns:
            if column.key in written:
                yield column.key, self._answer(column, self._form.fields[column.key].kind, written[column.key])

    def _answer(self, column: Column, kind: Kind, written: str) -> object:
        if kind.codes:
            return self._code(column, kind.codes, written)
        if kind.name == "several":
            return _several(written)
        return _day(written) if kind.name == "past_date" else written

    def _code(self, column: Column, table: str, written: str) -> str:
        code = choices.code_of_label(table, written)
        if code is None:
            allowed = choices.some_of(choices.names(table))
            self.refuse(column, f"没有“{written[:20]}”，可填：{allowed}", "label_unknown")
        return code or ""

    def _status(self, written: str) -> EmploymentStatus | None:
        status = _STATUSES.get(written)
        if written and status is None:
            self.refuse(
                self._form.column(STATUS.name), f"没有“{written[:20]}”，可填：{'、'.join(_STATUSES)}", "label_unknown"
            )
        return status


def _licence_apart(written: dict[str, str]) -> dict[str, str]:
    if choices.code_of_label(choices.PHYSICIAN_LEVEL, written.get("title", "")) is None:
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


def _masked(form: Layout, error: RowError) -> RowError:
    field = form.field_at(error.column)
    return replace(error, value=field.mask(error.value) if field and field.mask else error.value[:_SHOWN])
