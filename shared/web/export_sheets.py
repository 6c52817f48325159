"""What a list's sheet is, and how it is written (BEY-07, STAFF-12): rows are read page by page from the list's own endpoint, each page in a
session of its own, and go to a temporary file, so that a long list takes no memory.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import IO, Any, Final, get_args

from fastapi import Response
from pydantic import BaseModel, TypeAdapter

from shared.clock import beijing_today, now_utc
from shared.db.paging import EXPORTED_LIMIT, MAX_LIMIT, PageRequest
from shared.errors import InvalidInput
from shared.identity import Actor
from shared.runtime import Runtime
from shared.sheets import Column, SheetWriter

MAX_ROWS: Final = 200_000
# As many as a request makes in the time in which nobody wonders whether it still does.
AT_ONCE: Final = 2_000
GIVEN: Final = frozenset({"session", "page", "response"})
Endpoint = Callable[..., Awaitable[Any]]


class ExportTooLong(InvalidInput):
    code = "export_too_long"
    detail = f"符合条件的记录超过 {MAX_ROWS} 行，请用筛选条件缩小范围后再导出"


@dataclass(frozen=True)
class Export:
    """``name`` is the last part of the address, ``title`` names file and sheet. ``source`` is the endpoint of the list, or of a record
    whose field ``part`` holds the rows. ``columns`` are keyed by the rows' fields; ``made`` are columns that are made of a row.
    ``operation`` names it in the document where another service has an export of that name. Of a list longer than ``at_once`` rows
    the sheet is made by a job."""

    name: str
    title: str
    source: Endpoint
    columns: Sequence[Column]
    part: str = "items"
    made: Mapping[str, Callable[[Any], object]] | None = None
    operation: str = ""
    at_once: int = AT_ONCE

    @property
    def given(self) -> set[str]:
        """What the source needs besides what the caller asks for."""
        return set(GIVEN & signature(self.source).parameters.keys())

    @property
    def paged(self) -> bool:
        return "page" in self.given

    @property
    def file_name(self) -> str:
        return f"{self.title}_{beijing_today(now_utc()):%Y%m%d}.xlsx"

    def row(self, item: BaseModel) -> dict[str, object]:
        """The cells of one row: several values are divided by 、, of choices the label."""
        made = self.made or {}
        keys = (column.key for column in self.columns)
        return {key: _cell(made[key](item) if key in made else getattr(item, key)) for key in keys}

    def written(self, asked: Mapping[str, object], sort: str) -> bytes:
        """What was asked for, as JSON; who asked is not in it."""
        # A default may be blank where no blank may be given.
        values = {
            name: kind.dump_python(asked[name], mode="json", exclude_defaults=True)
            for name, kind in self._asked().items()
        }
        return json.dumps({"sort": sort, "asked": values}, sort_keys=True, ensure_ascii=False).encode()

    def read(self, written: bytes, actor: Actor) -> tuple[dict[str, object], str]:
        """The same, as the list's endpoint takes it for ``actor``, and the sort."""
        held = json.loads(written)
        values = {name: kind.validate_python(held["asked"][name]) for name, kind in self._asked().items()}
        callers = {name: actor for name, each in self._parameters().items() if _is_caller(each)}
        return {**values, **callers}, held["sort"]

    def _parameters(self) -> dict[str, Parameter]:
        return {name: each for name, each in signature(self.source).parameters.items() if name not in GIVEN}

    def _asked(self) -> dict[str, TypeAdapter[Any]]:
        asked = {name: each for name, each in self._parameters().items() if not _is_caller(each)}
        return {name: TypeAdapter(each.annotation) for name, each in asked.items()}


def _is_caller(parameter: Parameter) -> bool:
    return Actor in (parameter.annotation, *get_args(parameter.annotation)[:1])


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return "、".join(str(getattr(each, "label", each)) for each in value)
    return value


class ListReader:
    """The rows of a list, a page at a time, as the endpoint answers them to whoever asks. ``more`` is False after the last page; ``total``
    is the list's own count of itself, known after the first page and exact only for short ones."""

    def __init__(self, runtime: Runtime, export: Export, asked: Mapping[str, object], sort: str) -> None:
        self._runtime, self._export, self._asked, self._sort = runtime, export, asked, sort
        self._cursor: str | None = None
        self.total: int | None = None
        self.more = True

    async def next(self) -> Sequence[BaseModel]:
        """Raises what the list raises."""
        export, first = self._export, self.total is None
        async with self._runtime.database.unit_of_work() as session:
            limit = MAX_LIMIT if first else EXPORTED_LIMIT
            page = PageRequest(limit=limit, cursor=self._cursor, sort=self._sort, exporting=not first)
            given = {"session": session, "page": page, "response": Response()}
            answer = await export.source(**{name: given[name] for name in export.given}, **self._asked)
        rows: Sequence[BaseModel] = getattr(answer, export.part)
        if first:
            self.total = answer.total if export.paged else len(rows)
        self._cursor = answer.next_cursor if export.paged else None
        self.more = self._cursor is not None
        return rows


class SheetFile:
    """A sheet while it is written; ``file`` has no name, and all is gone when it is let go of."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._folder = tempfile.TemporaryDirectory()
        self.file: IO[bytes] = tempfile.TemporaryFile()
        self._writer = SheetWriter(self.file, export.title, export.columns, folder=self._folder.name)

    @property
    def rows(self) -> int:
        return self._writer.rows

    async def add(self, rows: Sequence[BaseModel]) -> None:
        """Raises ``ExportTooLong``."""
        await asyncio.to_thread(self._writer.add, map(self._export.row, rows))
        if self.rows > MAX_ROWS:
            raise ExportTooLong

    async def close(self) -> IO[bytes]:
        """The whole workbook, open at its end; whoever takes it closes it."""
        await asyncio.to_thread(self._writer.close)
        self._folder.cleanup()
        return self.file

    def let_go(self) -> None:
        self.file.close()
        self._folder.cleanup()
