"""A workbook of several worksheets, each with columns of its own, found by its name: what one row cannot hold stands on another page, keyed
as the first one is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydantic import TypeAdapter

from shared.bounded import Work, run
from shared.sheets.columns import Column, SheetRows
from shared.sheets.reading import SheetEmpty, parse_sheet
from shared.sheets.writing import SheetWriter

WORK = Work("shared.sheets.pages:parse", seconds=25)
_PAGES = TypeAdapter(list[SheetRows])
_NOTHING = SheetRows((), (), {})
Marked = tuple[Mapping[str, object], Mapping[str, str]]
"""A row by its columns' keys, and what is wrong in which of its cells."""


@dataclass(frozen=True)
class SheetPage:
    """One worksheet, by its name."""

    title: str
    columns: tuple[Column, ...]


async def read_pages(data: bytes, pages: Sequence[SheetPage], *, max_rows: int) -> list[SheetRows]:
    """The rows of each page, of which only the first must have some. Raises what ``parse_sheet`` raises, TooComplicated and ParsersBusy;
    hold no connection meanwhile."""
    told = [
        {
            "title": page.title,
            "columns": [{"key": each.key, "title": each.title, "required": each.required} for each in page.columns],
        }
        for page in pages
    ]
    _, rows = await run(WORK, data, pages=told, max_rows=max_rows)
    return _PAGES.validate_json(rows)


def parse(data: bytes, *, pages: list[dict[str, Any]], max_rows: int) -> tuple[None, bytes]:
    """What the bounded process does."""
    return None, _PAGES.dump_json([_page(data, page, max_rows, first=at == 0) for at, page in enumerate(pages)])


def _page(data: bytes, page: dict[str, Any], max_rows: int, *, first: bool) -> SheetRows:
    columns = [Column(**each) for each in page["columns"]]
    try:
        return parse_sheet(data, columns, max_rows=max_rows, sheet=page["title"])
    except SheetEmpty:
        if first:
            raise
        return _NOTHING


def write_pages(pages: Iterable[tuple[SheetPage, Iterable[Marked]]]) -> bytes:
    """A workbook to be filled in, each page with its lists and helps; bad cells are red and say why."""
    buffer = BytesIO()
    writer: SheetWriter | None = None
    for page, rows in pages:
        if writer is None:
            writer = SheetWriter(buffer, page.title, page.columns, template=True)
        else:
            writer.turn(page.title, page.columns, template=True)
        writer.add_marked(rows)
    if writer is not None:
        writer.close()
    return buffer.getvalue()
