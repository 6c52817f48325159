"""One streaming pass over every part before anything is loaded: what the reader gets is clean XML, and no worksheet is too long, too wide
or has formulas. The reader builds a dense grid, so one value in a far corner would cost gigabytes; this pass refuses it first.
"""

import re
import zipfile
from collections.abc import Mapping
from typing import Final

from shared.errors import InvalidInput
from shared.sheets.columns import column_letter
from shared.sheets.package import PIECE, FileDamaged
from shared.sheets.parts import Workbook, XmlWatch, local, read_clean

MAX_COLUMNS: Final = 128
GAP_ROWS: Final = 1_000
NAMED_CELLS: Final = 5
# Excel's own; a cell that only has a colour may lie as far away as that.
LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_TRUE = {"1", "true"}
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class SheetHasFormulas(InvalidInput):
    code = "sheet_has_formulas"


class SheetTooLong(InvalidInput):
    code = "sheet_too_long"


class SheetTooWide(InvalidInput):
    code = "sheet_too_wide"
    detail = f"表格超过 {MAX_COLUMNS} 列，请使用下载的模板填写"


def scan_sheets(archive: zipfile.ZipFile, workbook: Workbook, max_rows: int) -> frozenset[int]:
    """Look through every part, and give the numbers of the hidden rows of the worksheet that is read; raises SheetTooLong, SheetTooWide,
    SheetHasFormulas, FileDamaged.

    ``max_rows`` counts rows with a value, the header not counted. Worksheets are known by their root element, not by their
    name, so that one under another name is found too. ``archive`` comes from ``check_package``.
    """
    hidden: set[int] = set()
    for info in archive.infolist():
        scan = _PartScan(max_rows)
        if info.filename in workbook.read:
            read_clean(archive, info, scan.start)
            if scan.not_a_sheet and info is workbook.worksheet:
                raise FileDamaged
            hidden |= scan.hidden if info is workbook.worksheet else set()
        else:
            _look_into(archive, info, scan)
        scan.finish()
    return frozenset(hidden)


def _look_into(archive: zipfile.ZipFile, info: zipfile.ZipInfo, scan: "_PartScan") -> None:
    """A part that no reader gets: a picture is no XML and passes; what looks like XML and cannot be looked through does not."""
    watch = XmlWatch(scan.start, clean=False)
    looks_like_xml = None
    with archive.open(info) as part:
        while not scan.not_a_sheet and (piece := part.read(PIECE)):
            if looks_like_xml is None:
                looks_like_xml = piece.lstrip().startswith(_XML_STARTS)
            try:
                watch.feed(piece)
            except FileDamaged:
                if looks_like_xml and not scan.not_a_sheet:
                    raise
                return


class _PartScan:
    def __init__(self, max_rows: int) -> None:
        self.not_a_sheet = False
        self._root_seen = False
        self._max_rows = max_rows
        self._rows = 0
        self._row = 0
        self._column = 0
        self._row_is_told = False
        self._row_counted = False
        self._formulas: list[str] = []
        self._is_hidden = False
        self.hidden: set[int] = set()
        self._starts = {"row": self._start_row, "c": self._start_cell, "v": self._value, "is": self._value}

    def finish(self) -> None:
        if self._formulas:
            named = "、".join(self._formulas[:NAMED_CELLS]) + ("等" if len(self._formulas) > NAMED_CELLS else "")
            raise SheetHasFormulas(f"单元格 {named} 含有公式，请复制后“选择性粘贴—数值”再上传")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Told of each element."""
        tag = local(name)
        if not self._root_seen:
            self._root_seen = True
            self.not_a_sheet = tag != "worksheet"
        if self.not_a_sheet:
            return
        if tag == "f":
            self._formula()
        elif tag in self._starts:
            self._starts[tag](attributes)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        written = attributes.get("r")
        self._row_is_told = written is not None
        if written is None:
            self._row += 1
        elif _NUMBER.fullmatch(written) and int(written) <= LAST_ROW:
            self._row = int(written)
        else:
            raise FileDamaged
        self._column = 0
        self._row_counted = False
        self._is_hidden = attributes.get("hidden") in _TRUE

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._column += 1
        if (written := attributes.get("r")) is None:
            return
        place = _PLACE.fullmatch(written)
        if place is None or (self._row_is_told and int(place[2]) != self._row):
            raise FileDamaged
        self._column = 0
        for letter in place[1]:
            self._column = self._column * 26 + ord(letter) - ord("A") + 1
        self._row = int(place[2])
        if self._column > LAST_COLUMN or self._row > LAST_ROW:
            raise FileDamaged

    def _value(self, _: Mapping[str, str]) -> None:
        if self._column > MAX_COLUMNS:
            raise SheetTooWide
        self._rows += not self._row_counted
        if self._is_hidden:
            self.hidden.add(self._row)
        self._row_counted = True
        if self._rows > self._max_rows + 1 or self._row > self._max_rows + GAP_ROWS:
            raise SheetTooLong(f"一次最多 {self._max_rows} 行数据，请分成几个文件上传")

    def _formula(self) -> None:
        if len(self._formulas) <= NAMED_CELLS:
            self._formulas.append(f"{column_letter(self._column - 1)}{self._row}")
