"""Large tables of other systems, read cell by cell: nothing but the row at hand and the shared texts is held, however long the sheet is.
For a bounded process: services have ``read_streamed``. What a sheet of ours is read with (``reading``) builds the whole grid, and knows its
titles; here titles have other names, heads have two lines, and a list ends with its total.
"""

import codecs
import csv
import io
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from shared.errors import InvalidInput
from shared.identifiers import trimmed
from shared.sheets.columns import column_letter
from shared.sheets.csv_reading import CsvUnreadable, is_csv
from shared.sheets.heads import SKIPPED_SHOWN, Head, Titles, find_head, is_total
from shared.sheets.package import check_package
from shared.sheets.reading import MAX_TEXT, SheetEmpty
from shared.sheets.scan import MAX_COLUMNS, SheetTooLong, SheetTooWide
from shared.sheets.xlsx_stream import Cell, xlsx_rows

# A bounded process opens no files, and Python imports an encoding with the first text in it.
for each in ("cp437", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
    codecs.lookup(each)
# 250,000 rows of thirty columns.
MAX_UNPACKED: Final = 900 * 1024 * 1024
LOOKED_AT: Final = 15
_DELIMITERS: Final = (",", "\t", ";", "|")
# As Excel keeps a text a text in a CSV.
_TRICK: Final = ('="', '"')


class HeadMissing(InvalidInput):
    code = "head_missing"


@dataclass
class _Told:
    """What is said of the whole: ``skipped`` are rows that are no data, such as a total."""

    rows: int = 0
    skipped: int = 0
    shown: list[list[object]] | None = None


def stream(
    data: bytes, *, name: str, titles: dict[str, list[str]], required: list[str], max_rows: int
) -> tuple[dict[str, object], bytes]:
    """The head as JSON and the rows as compressed lines of JSON ``[line, {key: text}, {key: mark}]``: ``titles`` are what each key's
    column may be called. A mark is ``n`` for a number cell, ``f`` for a formula, ``e`` for an error of Excel's.

    Raises SheetEmpty, HeadMissing, SheetTooLong, SheetTooWide, CsvUnreadable and what ``check_package`` raises.
    """
    out = io.BytesIO()
    packed = zlib.compressobj(level=1)
    told = _Told(shown=[])
    if is_csv(name):
        rows: Iterator[tuple[int, list[Cell]]] = _csv_rows(data)
        reader = _Table(Titles(titles), required, max_rows, told, lambda line: out.write(packed.compress(line)))
        for line, cells in rows:
            reader.take(line, cells)
        date1904 = False
    else:
        with check_package(data, max_unpacked=MAX_UNPACKED) as archive:
            reader = _Table(Titles(titles), required, max_rows, told, lambda line: out.write(packed.compress(line)))
            date1904 = xlsx_rows(archive, reader.take)
    head = reader.end()
    out.write(packed.flush())
    places = {key: [column_letter(at), head.titles[at]] for at, key in head.places.items()}
    said = {
        "places": places,
        "ignored": head.ignored[:50],
        "rows": told.rows,
        "skipped": told.skipped,
        "shown": told.shown,
        "date1904": date1904,
    }
    return said, out.getvalue()


class _Table:
    """Rows as they come: the first ones are kept until the head is known."""

    def __init__(
        self,
        titles: Titles,
        required: Sequence[str],
        max_rows: int,
        told: _Told,
        write: Callable[[bytes], object],
    ) -> None:
        self._titles, self._required, self._max_rows = titles, required, max_rows
        self._told, self._write = told, write
        self._first: list[tuple[int, list[Cell]]] = []
        self._head: Head | None = None

    def take(self, line: int, cells: list[Cell]) -> None:
        """The next row of the sheet; ``line`` counts from 1. Raises what ``stream`` raises."""
        if len(cells) > MAX_COLUMNS:
            raise SheetTooWide(f"表格超过 {MAX_COLUMNS} 列，请只保留需要导入的列")
        if not any(trimmed(cell.text) for cell in cells):
            return
        if self._head is None:
            self._first.append((line, cells))
            if len(self._first) >= LOOKED_AT:
                self._begin()
        else:
            self._row(line, cells)

    def _begin(self) -> None:
        if not self._first:
            raise SheetEmpty
        texts = [[cell.text for cell in cells] for _, cells in self._first]
        found = find_head(texts, self._titles, self._required)
        if found is None:
            named = "、".join(f"“{self._titles.shown(key)}”" for key in self._required)
            raise HeadMissing(f"前 {LOOKED_AT} 行中没有找到同时含有 {named} 的标题行，请核对是否选对了文件")
        self._head = found
        for line, cells in self._first[found.ends :]:
            self._row(line, cells)
        self._first = []

    def _row(self, line: int, cells: list[Cell]) -> None:
        assert self._head is not None
        known = {key: cells[at] for at, key in self._head.places.items() if at < len(cells) and trimmed(cells[at].text)}
        if not known or is_total(
            [cell.text for cell in cells], {key: cell.text for key, cell in known.items()}, self._required
        ):
            self._told.skipped += 1
            if self._told.shown is not None and len(self._told.shown) < SKIPPED_SHOWN:
                first = next(trimmed(cell.text) for cell in cells if trimmed(cell.text))
                self._told.shown.append([line, first[:20]])
            return
        self._told.rows += 1
        if self._told.rows > self._max_rows:
            raise SheetTooLong(f"一次最多 {self._max_rows} 行数据，请分成几个文件上传")
        texts = {key: trimmed(cell.text)[:MAX_TEXT] for key, cell in known.items()}
        marks = {key: cell.mark for key, cell in known.items() if cell.mark}
        self._write(json.dumps([line, texts, marks], ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def end(self) -> Head:
        """The head, once all has come. Raises SheetEmpty where nothing stands below it."""
        if self._head is None:
            self._begin()
        if not self._told.rows or self._head is None:
            raise SheetEmpty
        return self._head


def _csv_rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), newline="")
    delimiter = _delimiter(text.read(64 * 1024))
    text.seek(0)
    csv.field_size_limit(MAX_TEXT)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        before = 0
        for row in reader:
            line, before = before + 1, reader.line_num  # where it begins: a quoted cell may have lines of its own
            yield line, [Cell(_untricked(each)) for each in row]
    except (csv.Error, UnicodeDecodeError) as error:
        raise CsvUnreadable from error


def _untricked(text: str) -> str:
    begin, end = _TRICK
    bare = text.strip()
    if bare.startswith(begin) and bare.endswith(end) and len(bare) > len(begin):
        return bare[len(begin) : -len(end)]
    return text


def _encoding(data: bytes) -> str:
    """Excel writes GB18030 where it is not asked for UTF-8, and UTF-16 as “Unicode text”."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    if b"\0" in data:
        raise CsvUnreadable
    for encoding in ("utf-8-sig", "gb18030"):
        wrapper = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
        try:
            while wrapper.read(1024 * 1024):
                pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise CsvUnreadable


def _delimiter(start: str) -> str:
    """What stands most often between the first cells, outside of quotes."""
    bare = "".join(part for at, part in enumerate(start.split('"')) if at % 2 == 0)
    return max(_DELIMITERS, key=bare.count)


def as_number(text: str) -> str:
    """The digits that a person typed to get this number, as Excel keeps fifteen of them."""
    try:
        shown = Decimal(f"{float(text):.15g}") + 0
    except (ValueError, InvalidOperation):
        return text
    return f"{shown:f}" if shown.is_finite() and abs(shown) < 10**15 else text
