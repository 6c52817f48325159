"""The vocabulary of sheets: a column by key and Chinese title, a row with its Excel number, an error with its place."""

from dataclasses import dataclass

_NAMED = 10


@dataclass(frozen=True)
class Column:
    """``key`` is ours, ``title`` is what people see; ``width`` in characters; ``choices`` become a drop-down list. A sheet without a
    column that is not ``required`` is read as if it were blank."""

    key: str
    title: str
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 16
    help: str = ""


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
    """What a sheet holds. A row with an entry in ``errors`` is in ``rows`` too, its unreadable cell being ``""``. ``hidden`` are the
    numbers of rows that Excel does not show, which are read like any other."""

    rows: tuple[SheetRow, ...]
    errors: tuple[RowError, ...]
    letters: dict[str, str]
    hidden: tuple[int, ...] = ()

    def notes(self) -> tuple[str, ...]:
        """What whoever sent the sheet should know of it, though nothing is wrong with it."""
        if not self.hidden:
            return ()
        named = "、".join(map(str, self.hidden[:_NAMED])) + ("等" if len(self.hidden) > _NAMED else "")
        return (f"表格中有 {len(self.hidden)} 行是隐藏的（第 {named} 行），也已读取；不需要的请删除这些行后重新上传",)

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
