"""The first worksheet of an xlsx, cell by cell, as the XML comes. Formats are not looked at: a number is a number, and what it means, a day
or a count, is said by its column.
"""

import zipfile
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from shared.sheets.package import FileDamaged
from shared.sheets.parts import Workbook, XmlWatch, feed_whole, local
from shared.sheets.scan import LAST_ROW, MAX_COLUMNS, SheetTooWide

# Texts that cells share; more than any list of units has.
MAX_TEXTS: Final = 3_000_000
MAX_CHARACTERS: Final = 200_000_000
NUMBER, FORMULA, ERROR = "n", "f", "e"


class Cell(NamedTuple):
    """``mark`` says what kind of cell it was where that matters."""

    text: str = ""
    mark: str = ""


Take = Callable[[int, list[Cell]], None]


def xlsx_rows(archive: zipfile.ZipFile, take: Take) -> bool:
    """Hands each row with its number to ``take``; gives whether days are counted from 1904. ``archive`` comes from ``check_package``.
    Raises FileDamaged, SheetTooWide and what ``take`` raises."""
    workbook = Workbook(archive)
    texts = _SharedTexts()
    shared = workbook.parts.get("xl/sharedStrings.xml")
    if shared is not None:
        feed_whole(archive, shared, texts.watch)
    feed_whole(archive, workbook.worksheet, _Rows(texts.texts, take).watch)
    return workbook.date1904


class _SharedTexts:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._in_text = self._in_phonetic = False
        self._size = 0
        self.watch = XmlWatch(self._start, clean=True)
        self.watch.also(self._end, self._text)

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        tag = local(name)
        if tag == "rPh":
            self._in_phonetic = True
        elif tag == "t":
            self._in_text = not self._in_phonetic

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._in_phonetic = False
        elif tag == "si":
            text = "".join(self._pieces)
            self._pieces = []
            self._size += len(text)
            if len(self.texts) >= MAX_TEXTS or self._size > MAX_CHARACTERS:
                raise FileDamaged
            self.texts.append(text)

    def _text(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)


class _Rows:
    def __init__(self, texts: list[str], take: Take) -> None:
        self._texts, self._take = texts, take
        self._row = 0
        self._column = 0
        self._cells: list[Cell] = []
        self._kind = ""
        self._pieces: list[str] = []
        self._in_value = self._formula = False
        self.watch = XmlWatch(self._start, clean=True)
        self.watch.also(self._end, self._text)
        self._starts = {"row": self._start_row, "c": self._start_cell, "f": self._start_formula}

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = local(name)
        if tag in {"v", "t"}:
            self._in_value = True
        elif tag in self._starts:
            self._starts[tag](attributes)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        written = attributes.get("r", "")
        row = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else self._row + 1
        if not self._row < row <= LAST_ROW:
            raise FileDamaged
        self._row, self._column, self._cells = row, -1, []

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._column = _place(attributes.get("r", ""), self._column + 1)
        self._kind, self._pieces, self._formula = attributes.get("t", NUMBER), [], False

    def _start_formula(self, _attributes: Mapping[str, str]) -> None:
        self._formula = True

    def _text(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)

    def _end(self, name: str) -> None:
        tag = local(name)
        if tag in {"v", "t"}:
            self._in_value = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._take(self._row, self._cells)
            self._cells = []

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if not text and not self._formula:
            return
        if self._column >= MAX_COLUMNS:
            raise SheetTooWide
        while len(self._cells) < self._column:
            self._cells.append(Cell())
        self._cells.append(self._cell(text))

    def _cell(self, text: str) -> Cell:
        if self._formula:
            return Cell(text or "（公式）", FORMULA)
        if self._kind == "s":
            if not text.isascii() or not text.isdigit() or int(text[:9]) >= len(self._texts):
                raise FileDamaged
            return Cell(self._texts[int(text)])
        if self._kind == "b":
            return Cell("是" if text == "1" else "否")
        if self._kind == "e":
            return Cell(text, ERROR)
        return Cell(text, NUMBER if self._kind == NUMBER else "")


def _place(written: str, following: int) -> int:
    """The column of ``B7``, from 0; ``following`` where the cell does not say. Raises FileDamaged for one that goes back."""
    letters = written.rstrip("0123456789")
    if not letters:
        return following
    at = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            raise FileDamaged
        at = at * 26 + ord(letter) - ord("A") + 1
    if at - 1 < following or len(letters) > 3:
        raise FileDamaged
    return at - 1
