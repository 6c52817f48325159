"""One streaming pass over the XML of every worksheet before anything is loaded: too long, too wide, formulas, DTDs.
The reader builds a dense grid, so one value in a far corner would cost gigabytes; this pass refuses it first.
"""

import re
import zipfile
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from shared.errors import InvalidInput
from shared.sheets.columns import column_letter
from shared.sheets.package import PIECE, FileDamaged

MAX_COLUMNS: Final = 128
GAP_ROWS: Final = 1_000
NAMED_CELLS: Final = 5
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class SheetHasFormulas(InvalidInput):
    code = "sheet_has_formulas"


class SheetTooLong(InvalidInput):
    code = "sheet_too_long"


class SheetTooWide(InvalidInput):
    code = "sheet_too_wide"
    detail = f"表格超过 {MAX_COLUMNS} 列，请使用下载的模板填写"


def scan_sheets(archive: zipfile.ZipFile, max_rows: int) -> None:
    """Look through every worksheet; raises SheetTooLong, SheetTooWide, SheetHasFormulas, FileDamaged.

    ``max_rows`` counts rows with a value, the header not counted. Parts are known by their root element, not by their
    name, so that a worksheet under another name is found too. ``archive`` comes from ``check_package``.
    """
    for info in archive.infolist():
        scan = _PartScan(max_rows)
        with archive.open(info) as part:
            while not scan.not_a_sheet and (piece := part.read(PIECE)):
                scan.feed(piece)
        scan.finish()


class _PartScan:
    def __init__(self, max_rows: int) -> None:
        self.not_a_sheet = False
        self._root_seen = False
        self._max_rows = max_rows
        self._rows = 0
        self._row = 0
        self._column = 0
        self._row_counted = False
        self._formulas: list[str] = []
        self._starts = {"row": self._start_row, "c": self._start_cell, "v": self._value, "is": self._value}
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece, False)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two: an encoding nobody knows
            # A picture is no XML and passes; what looks like XML and cannot be looked through does not.
            looks_like_xml = self._root_seen or piece.lstrip().startswith(_XML_STARTS)
            if looks_like_xml and not self.not_a_sheet:
                raise FileDamaged from error
            self.not_a_sheet = True

    def finish(self) -> None:
        if self._formulas:
            named = "、".join(self._formulas[:NAMED_CELLS]) + ("等" if len(self._formulas) > NAMED_CELLS else "")
            raise SheetHasFormulas(f"单元格 {named} 含有公式，请复制后“选择性粘贴—数值”再上传")

    def _doctype(self, *_: object) -> None:
        raise FileDamaged

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2]
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
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) <= 7 else self._row + 1
        self._column = 0
        self._row_counted = False

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = _PLACE.fullmatch(attributes.get("r", ""))
        self._column += 1
        if place is None:
            return
        self._column = 0
        for letter in place[1]:
            self._column = self._column * 26 + ord(letter) - ord("A") + 1
        self._row = int(place[2])

    def _value(self, _: Mapping[str, str]) -> None:
        if self._column > MAX_COLUMNS:
            raise SheetTooWide
        self._rows += not self._row_counted
        self._row_counted = True
        if self._rows > self._max_rows + 1 or self._row > self._max_rows + GAP_ROWS:
            raise SheetTooLong(f"一次最多 {self._max_rows} 行数据，请分成几个文件上传")

    def _formula(self) -> None:
        if len(self._formulas) <= NAMED_CELLS:
            self._formulas.append(f"{column_letter(self._column - 1)}{self._row}")
