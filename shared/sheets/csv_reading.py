"""Reads a CSV as if it were a worksheet, within the same bounds. A file is told apart by its name: a CSV has no other mark. For a bounded
process, as ``parse_sheet``: services have ``read_table``.
"""

import csv
import io
from collections.abc import Sequence

from shared.errors import InvalidInput
from shared.sheets.columns import Column, SheetRows
from shared.sheets.reading import parse_sheet, read_grid
from shared.sheets.scan import GAP_ROWS, MAX_COLUMNS, SheetTooLong, SheetTooWide


class CsvUnreadable(InvalidInput):
    code = "csv_unreadable"
    detail = "无法读取该 CSV 文件，请另存为 UTF-8 编码的 CSV，或使用 xlsx"


def is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def parse_table(data: bytes, columns: Sequence[Column], *, name: str, max_rows: int = 10_000) -> SheetRows:
    """The rows of a CSV or an xlsx, as ``parse_sheet`` gives them. Raises what that raises, and CsvUnreadable."""
    if not is_csv(name):
        return parse_sheet(data, columns, max_rows=max_rows)
    grid: list[list[str]] = []
    rows = 0
    try:
        for line in csv.reader(io.StringIO(_decoded(data), newline="")):
            if len(line) > MAX_COLUMNS:
                raise SheetTooWide
            rows += any(line)
            if rows > max_rows + 1 or len(grid) > max_rows + GAP_ROWS:
                raise SheetTooLong(f"一次最多 {max_rows} 行数据，请分成几个文件上传")
            grid.append(line)
    except csv.Error as error:
        raise CsvUnreadable from error
    return read_grid(grid, columns)


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
