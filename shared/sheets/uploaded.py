"""Sheets as services read them: in a bounded process, because whoever made the file may have made it to do harm."""

import codecs
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from shared.bounded import Work, run
from shared.sheets.columns import Column, SheetRows
from shared.sheets.csv_reading import parse_table
from shared.sheets.package import check_package

# Python imports an encoding with the first text in it, and a bounded process opens no files: those of zips, of CSVs, and of XML that is
# refused for them.
for encoding in ("cp437", "utf-8-sig", "gb18030", "gbk", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be"):
    codecs.lookup(encoding)
# 20,000 rows of forty columns take six on a free processor.
WORK = Work("shared.sheets.uploaded:parse", seconds=25)
_ROWS = TypeAdapter(SheetRows)


async def read_sheet(data: bytes, columns: Sequence[Column], *, max_rows: int = 10_000) -> SheetRows:
    """The rows of an xlsx. Raises what ``parse_sheet`` raises, TooComplicated and ParsersBusy; hold no connection meanwhile."""
    return await read_table(data, columns, name="", max_rows=max_rows)


async def read_table(data: bytes, columns: Sequence[Column], *, name: str, max_rows: int = 10_000) -> SheetRows:
    """The rows of a CSV or an xlsx. Raises what ``parse_table`` raises, and the rest as ``read_sheet`` does."""
    _, rows = await run(WORK, data, columns=_told(columns), name=name, max_rows=max_rows)
    return _ROWS.validate_json(rows)


async def read_if_small(
    data: bytes, columns: Sequence[Column], *, small: int, max_rows: int
) -> tuple[int, SheetRows | None]:
    """(how many rows an xlsx has, these when they are at most ``small``), as ``read_sheet``: more would take a while to be taken over, in a
    process that has others to answer."""
    number, rows = await run(WORK, data, columns=_told(columns), name="", max_rows=max_rows, small=small)
    return int(number), _ROWS.validate_json(rows) if rows else None


def _told(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [{"key": column.key, "title": column.title, "required": column.required} for column in columns]


def parse(
    data: bytes, *, columns: list[dict[str, Any]], name: str, max_rows: int, small: int | None = None
) -> tuple[int, bytes]:
    """What the bounded process does."""
    known = [Column(**each) for each in columns]
    sheet = parse_table(data, known, name=name, max_rows=max_rows)
    number = len(sheet.rows)
    return number, b"" if small is not None and number > small else _ROWS.dump_json(sheet)


def checked(data: bytes) -> tuple[None, bytes]:
    """What the bounded process does with a workbook that is only to be kept."""
    check_package(data).close()
    return None, data
