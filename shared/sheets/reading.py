"""Reads an uploaded sheet into rows of text by the Chinese titles of its header row.
Numbers and dates that Excel made of typed text become that text again; what was lost is reported, not guessed.
"""

import io
import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from python_calamine import CalamineError, CalamineWorkbook

from shared.errors import FieldError, InvalidInput
from shared.identifiers import trimmed
from shared.sheets.columns import Column, RowError, SheetRow, SheetRows, column_letter
from shared.sheets.package import FileDamaged, check_package
from shared.sheets.parts import Workbook, rebuilt
from shared.sheets.scan import scan_sheets

EXACT_BELOW: Final = 10**15
"""Excel keeps 15 significant digits of a number; from here on the last ones are lost."""
_THEIRS: Final = frozenset({"序号", "备注"})
_HEADER_WITHIN: Final = 10
# Digits as a Chinese keyboard may type them, alone or with what stands between digits.
_DIGITS: Final = {ord("０") + digit: str(digit) for digit in range(10)}
_WIDE_NUMBER: Final = re.compile(r"[0-9０-９XxＸｘ.．\-－/／:：%％ ]+")
MAX_TEXT: Final = 32_767
"""Characters in a cell, as Excel has it."""

Cell = int | float | str | bool | time | date | datetime | timedelta


class SheetEmpty(InvalidInput):
    code = "sheet_empty"
    detail = "表格中没有数据，请在标题行下方填写后上传"


class SheetHeaderWrong(InvalidInput):
    code = "sheet_header_wrong"


def parse_sheet(data: bytes, columns: Sequence[Column], *, max_rows: int = 10_000, sheet: str = "") -> SheetRows:
    """The rows of the first worksheet, or of the one called ``sheet``, found by title in any order; blank rows are skipped (BEY-07). For a
    bounded process: services have ``read_sheet``.

    Raises NotASheet, FileDamaged, SheetEncrypted, SheetHasMacros, UnpacksTooLarge, SheetTooLong, SheetTooWide, SheetHasFormulas,
    SheetHeaderWrong (a column missing, unknown or doubled, each named), WorksheetMissing and SheetEmpty.
    """
    with check_package(data) as archive:
        workbook = Workbook(archive, sheet)
        hidden = scan_sheets(archive, workbook, max_rows)
        package = rebuilt(archive, workbook)
    return read_grid(_load(package), columns, hidden)


def read_grid(
    grid: Sequence[Sequence[Cell]], columns: Sequence[Column], hidden: Collection[int] = frozenset()
) -> SheetRows:
    """The same of cells that are read already; ``hidden`` rows are read too and told of. Raises SheetHeaderWrong and SheetEmpty."""
    if any(isinstance(cell, str) and len(cell) > MAX_TEXT for row in grid for cell in row):
        raise FileDamaged
    start = _header_of(grid, columns)
    places = _match_header([_title(cell) for cell in grid[start]], columns)
    rows: list[SheetRow] = []
    errors: list[RowError] = []
    for index in range(start + 1, len(grid)):
        cells = grid[index]
        if any(_filled(cell) for cell in cells):
            rows.append(_read_row(index + 1, cells, places, errors))
    if not rows:
        raise SheetEmpty
    letters = {column.key: column_letter(place) for place, column in places.items()}
    blank = {column.key: "" for column in columns}
    unseen = tuple(row.number for row in rows if row.number in hidden)
    return SheetRows(tuple(SheetRow(row.number, blank | row.values) for row in rows), tuple(errors), letters, unseen)


def _header_of(grid: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> int:
    """The row that holds the titles: above it people put what the list is called. Where none looks like it, the first with anything in
    it, so that what is wrong with that one is told. Raises SheetEmpty."""
    filled = [index for index, row in enumerate(grid[:_HEADER_WITHIN]) if any(_filled(cell) for cell in row)]
    first = next((index for index, row in enumerate(grid) if any(_filled(cell) for cell in row)), None)
    if first is None:
        raise SheetEmpty
    known = {column.title for column in columns}
    enough = min(2, len(known))
    return next((index for index in filled if len(known & {*map(_title, grid[index])}) >= enough), first)


def _title(cell: Cell) -> str:
    """The star of a required field and any blanks in a title do not count."""
    return "".join(_text(cell).replace("*", "").replace("＊", "").split())


def _load(data: bytes) -> list[list[Cell]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise FileDamaged from error


def _match_header(titles: Sequence[str], columns: Sequence[Column]) -> dict[int, Column]:
    """Place in the sheet -> column. What may be left blank may be left out, and what people number and remark for themselves is theirs."""
    known = {column.title: column for column in columns}
    places: dict[int, Column] = {}
    problems: list[FieldError] = []
    for place, title in enumerate(titles):
        column = known.get(title)
        if not title or (column is None and title in _THEIRS):
            continue
        if column is None:
            problems.append(
                FieldError(column_letter(place), "column_unknown", f"{column_letter(place)} 列“{title}”不在模板中")
            )
        elif column in places.values():
            problems.append(FieldError(column_letter(place), "column_doubled", f"“{title}”出现了两次"))
        else:
            places[place] = column
    missing = [column for column in columns if column.required and column not in places.values()]
    problems += [FieldError(column.key, "column_missing", f"缺少“{column.title}”列") for column in missing]
    if problems:
        told = "；".join(problem.message for problem in problems[:8])
        raise SheetHeaderWrong(f"标题行与模板不符：{told}。请使用最新模板填写", errors=problems)
    return places


def _read_row(number: int, cells: Sequence[Cell], places: dict[int, Column], errors: list[RowError]) -> SheetRow:
    values: dict[str, str] = {}
    for place, column in places.items():
        cell = cells[place] if place < len(cells) else ""
        text = _text(cell)
        if _is_inexact(cell):
            reason = f"{column.title}请以文本格式填写：Excel 按数字保存时已丢失末几位"
            errors.append(
                RowError(number, f"{column_letter(place)} {column.title}", text, reason, "number_precision_lost")
            )
            text = ""
        values[column.key] = text
    return SheetRow(number, values)


def _is_inexact(cell: Cell) -> bool:
    return isinstance(cell, float | int) and not isinstance(cell, bool) and not abs(cell) < EXACT_BELOW  # nor is NaN


def _filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(trimmed(cell))


def _text(cell: Cell) -> str:
    """The text that a person typed to get this value: 13800138000.0 was 13800138000, 59.699999999999996 was 59.7, a midnight was a date."""
    if isinstance(cell, str):
        text = trimmed(cell)
        return normalize("NFKC", text) if _WIDE_NUMBER.fullmatch(text) else text.translate(_DIGITS)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        shown = Decimal(f"{cell:.15g}") + 0  # as many digits as Excel keeps and shows, and no minus before a zero
        return f"{shown:f}" if shown.is_finite() else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)
