"""The vocabulary of sheets: a column by key and Chinese title, a row with its Excel number, an error with its place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """``key`` is ours, ``title`` is what people see; ``width`` in characters; ``choices`` become a drop-down list. A sheet without an
    ``optional`` column is read as if it were blank."""

    key: str
    title: str
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 16
    help: str = ""
    optional: bool = False


@dataclass(frozen=True)
class SheetRow:
    """``number`` is the row number that Excel shows (from 1); every column's key has its text, ``""`` when blank."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class RowError:
    """One bad cell: ``column`` is letter and title (``B 身份证号``), ``reason`` is Chinese, ``code`` is stable."""

    row: int
    column: str
    value: str
    reason: str
    code: str


@dataclass(frozen=True)
class SheetRows:
    """What a sheet holds. A row with an entry in ``errors`` is in ``rows`` too, its unreadable cell being ``""``."""

    rows: tuple[SheetRow, ...]
    errors: tuple[RowError, ...]
    letters: dict[str, str]

    def error(self, row: SheetRow, column: Column, reason: str, code: str) -> RowError:
        """An error of the caller's own at that cell."""
        place = f"{self.letters.get(column.key, '')} {column.title}".strip()
        return RowError(row.number, place, row.values.get(column.key, ""), reason, code)


def column_letter(index: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
