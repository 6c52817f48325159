"""Rows of a sheet, each fit for a pydantic model, and what taking such a sheet came to. What the database thinks of the rows is asked by
the domain that takes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.messages import message_for
from shared.sheets.columns import Column, RowError, SheetRow, SheetRows

Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True)
class Entry(Generic[Body]):
    """One good row, and how to say what is wrong with one of its cells after all."""

    body: Body
    row: SheetRow
    sheet: SheetRows
    columns: Sequence[Column]

    def error(self, key: str, reason: str, code: str) -> RowError:
        return self.sheet.error(self.row, _column(self.columns, key), reason, code)


@dataclass(frozen=True)
class Entries(Generic[Body]):
    """The rows of a sheet that have the right shape, each with a key of its own, and what is wrong with the others."""

    total: int
    good: tuple[Entry[Body], ...]
    errors: tuple[RowError, ...]


@dataclass(frozen=True)
class Taken:
    """What the sheet came to or, unless ``applied``, would come to; ``errors`` name row, column and reason."""

    total: int
    created: int
    changed: int
    unchanged: int
    errors: tuple[RowError, ...]
    applied: bool


def read_entries(sheet: SheetRows, columns: Sequence[Column], model: type[Body], key: str) -> Entries[Body]:
    """Every row as a ``model``; no two have the same ``key``."""
    entries: list[Entry[Body]] = []
    errors = list(sheet.errors)
    seen: dict[str, int] = {}
    unreadable = {error.row for error in sheet.errors}
    for row in sheet.rows:
        if row.number in unreadable:
            continue
        try:
            body = model.model_validate({name: value for name, value in row.values.items() if value})
        except ValidationError as invalid:
            errors += [
                sheet.error(row, _column(columns, str(each["loc"][0])), message_for(each), str(each["type"]))
                for each in invalid.errors(include_url=False, include_input=False)
            ]
            continue
        entry = Entry(body, row, sheet, columns)
        first = seen.setdefault(str(getattr(body, key)), row.number)
        if first != row.number:
            errors.append(entry.error(key, f"与第 {first} 行重复，请删除其中一行", "row_repeated"))
        else:
            entries.append(entry)
    return Entries(len(sheet.rows), tuple(entries), tuple(errors))


def _column(columns: Sequence[Column], key: str) -> Column:
    return next(column for column in columns if column.key == key)
