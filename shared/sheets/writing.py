"""Writes lists and templates as xlsx, row by row in constant memory.
Text is always a text cell: a name such as ``=cmd|…`` stays a name, and a resident id keeps its 18 digits.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter

from shared.clock import beijing_time
from shared.sheets.columns import Column, column_letter

MAX_CELL: Final = 32_767
MAX_LIST_LITERAL: Final = 255
TEMPLATE_ROWS: Final = 10_000
_LISTS: Final = "选项"
_HEAD: Final = {
    "bold": True,
    "bg_color": "#DCE6F1",
    "border": 1,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
_BAD: Final = {"num_format": "@", "bg_color": "#F8C9C4", "border": 1, "border_color": "#B42318"}
_SHEET_NAME_REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


class SheetWriter:
    """A list as xlsx, rows coming in parts: header row, then one row per mapping of column key to value; ``title`` names the sheet.

    Numbers stay numbers; dates, Beijing times, booleans (是/否) and the rest become text; None is blank. What is written lies in
    temporary files in ``folder`` (None: the system's) until ``close`` puts the workbook into ``target``.
    """

    def __init__(
        self,
        target: IO[bytes],
        title: str,
        columns: Sequence[Column],
        *,
        folder: str | None = None,
        template: bool = False,
    ) -> None:
        # strings_to_*: off by default only for write_string; said here so that no later write() call brings formulas back.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": folder,
        }
        self._workbook = xlsxwriter.Workbook(target, options)
        self._text = self._workbook.add_format({"num_format": "@"})
        self.turn(title, columns, template=template)

    def turn(self, title: str, columns: Sequence[Column], *, template: bool = False) -> None:
        """Another worksheet: the rows that come from now on stand there."""
        self._columns = columns
        self._sheet = self._workbook.add_worksheet(title.translate(_SHEET_NAME_REFUSED).strip()[:31] or None)
        self.rows = 0
        self._begin(template)

    def _begin(self, template: bool) -> None:
        head = self._workbook.add_format(_HEAD)
        for place, column in enumerate(self._columns):
            self._sheet.set_column(place, place, column.width, self._text if template else None)
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            star = "*" if template and column.required else ""
            self._sheet.write_string(0, place, column.title + star, head)
        if template:
            _add_lists(self._workbook, self._sheet, self._columns)

    def add(self, rows: Iterable[Mapping[str, object]]) -> None:
        """The next rows."""
        for row in rows:
            self.rows += 1
            for place, column in enumerate(self._columns):
                _write_cell(self._sheet, self.rows, place, row.get(column.key), self._text)

    def add_marked(self, rows: Iterable[tuple[Mapping[str, object], Mapping[str, str]]]) -> None:
        """The next rows, each with what is wrong in which of its cells: these are red and say why."""
        bad = self._workbook.add_format(_BAD)
        for row, marks in rows:
            self.rows += 1
            for place, column in enumerate(self._columns):
                why = marks.get(column.key)
                if why is None:
                    _write_cell(self._sheet, self.rows, place, row.get(column.key), self._text)
                    continue
                self._sheet.write_string(self.rows, place, _shown(row.get(column.key) or "")[:MAX_CELL], bad)
                self._sheet.write_comment(self.rows, place, why, {"x_scale": 2})

    def close(self) -> None:
        """The workbook is whole in ``target`` after this."""
        self._workbook.close()


def write_sheet(title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A list that is small enough to be held in memory, as xlsx."""
    buffer = io.BytesIO()
    writer = SheetWriter(buffer, title, columns)
    writer.add(rows)
    writer.close()
    return buffer.getvalue()


def write_marked(
    title: str, columns: Sequence[Column], rows: Iterable[tuple[Mapping[str, object], Mapping[str, str]]]
) -> bytes:
    """A sheet that was filled in, with its lists and helps again, and what is wrong in it (``SheetWriter.add_marked``)."""
    buffer = io.BytesIO()
    writer = SheetWriter(buffer, title, columns, template=True)
    writer.add_marked(rows)
    writer.close()
    return buffer.getvalue()


def write_template(title: str, columns: Sequence[Column]) -> bytes:
    """A sheet to be filled in: text cells, a star at required titles, drop-down lists, a help beside the cells."""
    buffer = io.BytesIO()
    SheetWriter(buffer, title, columns, template=True).close()
    return buffer.getvalue()


def _write_cell(sheet: Any, row: int, place: int, value: object, text: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, _shown(value)[:MAX_CELL], text)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return beijing_time(value).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


def _add_lists(workbook: Any, sheet: Any, columns: Sequence[Column]) -> None:
    """Drop-down lists and helps. A list too long to stand in the rule itself stands on a hidden worksheet."""
    lists = None
    for place, column in enumerate(columns):
        rule: dict[str, Any] = {"validate": "any"}
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices), "error_message": "请从下拉列表中选择"}
            if len(",".join(column.choices)) > MAX_LIST_LITERAL or any("," in choice for choice in column.choices):
                lists = lists or workbook.add_worksheet(_lists_name(workbook))
                rule["source"] = _list_range(lists.get_name(), place, column)
        if column.help:
            rule |= {"input_title": column.title[:32], "input_message": column.help[:255]}
        if len(rule) > 1:
            sheet.data_validation(1, place, TEMPLATE_ROWS, place, rule)
    if lists is not None:
        _fill_lists(lists, columns)


def _lists_name(workbook: Any) -> str:
    """One for each page that has some."""
    known = len(workbook.worksheets())
    return _LISTS if workbook.get_worksheet_by_name(_LISTS) is None else f"{_LISTS}{known}"


def _list_range(name: str, place: int, column: Column) -> str:
    letter = column_letter(place)
    return f"='{name}'!${letter}$1:${letter}${len(column.choices)}"


def _fill_lists(lists: Any, columns: Sequence[Column]) -> None:
    lists.hide()
    for row in range(max(len(column.choices) for column in columns)):  # row by row: constant memory goes downwards only
        for place, column in enumerate(columns):
            if row < len(column.choices):
                lists.write_string(row, place, column.choices[row])
