"""A sheet of regions, xlsx or csv, read into rows that are each fit to be a region; what is wrong is told by row and column. What the
database thinks of them is not asked here.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from services.auth.directory.regions.schemas import RegionCreate
from shared.errors import InvalidInput
from shared.sheets import Column, RowError, SheetRow, SheetRows, read_sheet, write_sheet
from shared.uploads import SHEETS, check_upload
from shared.web.messages import message_for

MAX_ROWS = 2000
COLUMNS = (
    Column("code", "行政区划代码", required=True),
    Column("name", "名称", required=True),
    Column("parent", "上级代码", required=True),
    Column("valid_from", "启用日期", required=True, help="如 2025-01-01"),
    Column("valid_until", "停用日期", help="不填为长期有效"),
)
_BY_KEY = {column.key: column for column in COLUMNS}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


class CsvUnreadable(InvalidInput):
    code = "csv_unreadable"
    detail = "无法读取该 CSV 文件，请另存为 UTF-8 编码的 CSV，或使用 xlsx"


@dataclass(frozen=True)
class Place:
    """One good row, and how to say what is wrong with one of its cells after all."""

    body: RegionCreate
    row: SheetRow
    sheet: SheetRows

    def error(self, key: str, reason: str, code: str) -> RowError:
        return self.sheet.error(self.row, _BY_KEY[key], reason, code)


@dataclass(frozen=True)
class RegionSheet:
    total: int
    places: list[Place]
    errors: list[RowError]


def read_regions(data: bytes, name: str) -> RegionSheet:
    """Raises what ``check_upload`` and ``read_sheet`` raise, and CsvUnreadable. For a thread."""
    if name.lower().endswith(".csv"):
        data = _as_xlsx(data)
    else:
        check_upload(data, name=name, kinds=SHEETS)
    sheet = read_sheet(data, COLUMNS, max_rows=MAX_ROWS)
    places: list[Place] = []
    errors = list(sheet.errors)
    seen: dict[str, int] = {}
    for row in sheet.rows:
        found = _read(sheet, row)
        if isinstance(found, list):
            errors += found
            continue
        first = seen.setdefault(found.body.code, row.number)
        if first != row.number:
            errors.append(found.error("code", f"与第 {first} 行的代码相同，请删除其中一行", "code_repeated"))
        places.append(found)
    return RegionSheet(len(sheet.rows), places, errors)


def _read(sheet: SheetRows, row: SheetRow) -> Place | list[RowError]:
    written = {
        key: _plain_day(value) if key.startswith("valid") else value for key, value in row.values.items() if value
    }
    try:
        return Place(RegionCreate.model_validate(written), row, sheet)
    except ValidationError as invalid:
        return [
            sheet.error(row, _BY_KEY[str(error["loc"][0])], message_for(error), str(error["type"]))
            for error in invalid.errors(include_url=False, include_input=False)
        ]


def _plain_day(text: str) -> str:
    """2025/1/1 and 2025年1月1日 are days as people write them."""
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _as_xlsx(data: bytes) -> bytes:
    """The same rows as a worksheet, so that one reader judges both; row numbers stay those of the file."""
    try:
        lines = list(csv.reader(io.StringIO(_decoded(data), newline="")))
    except csv.Error as error:
        raise CsvUnreadable from error
    titles = lines[0] if lines else []
    columns = [Column(str(place), title) for place, title in enumerate(titles)]
    return write_sheet("行政区划", columns, _rows(lines[1 : MAX_ROWS + 2]))


def _rows(lines: Iterable[list[str]]) -> Iterable[dict[str, str]]:
    for line in lines:
        yield {str(place): value.strip() for place, value in enumerate(line)}


def _decoded(data: bytes) -> str:
    """Excel writes GB18030 where it is not asked for UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CsvUnreadable
