"""A sheet of regions, xlsx or csv, read into rows that are each fit to be a region; what is wrong is told by row and column. What the
database thinks of them is not asked here.
"""

import asyncio
import re
from dataclasses import dataclass

from pydantic import ValidationError

from services.auth.directory.regions.schemas import RegionCreate
from shared.messages import message_for
from shared.sheets import Column, RowError, SheetRow, SheetRows, read_table
from shared.sheets.csv_reading import is_csv
from shared.uploads import SHEETS, kind_of_upload

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


async def read_regions(data: bytes, name: str) -> RegionSheet:
    """Raises what ``kind_of_upload`` and ``read_table`` raise."""
    if not is_csv(name):
        kind_of_upload(data, name=name, kinds=SHEETS)
    sheet = await read_table(data, COLUMNS, name=name, max_rows=MAX_ROWS)
    return await asyncio.to_thread(_checked, sheet)


def _checked(sheet: SheetRows) -> RegionSheet:
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
