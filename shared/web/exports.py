"""Lists as xlsx (BEY-07, STAFF-12). An export is made of the list's own endpoint, so that its filters, who may call it, whose rows it shows
and what is masked in them are the list's, today and after every change. Rows are read page by page, each in a session of its own, and
written to a temporary file, so that a long list takes no memory.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.clock import beijing_today, now_utc
from shared.db.paging import MAX_LIMIT, PageRequest
from shared.errors import InvalidInput
from shared.identity import Actor
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.sheets import Column, SheetWriter
from shared.uploads import content_type_of
from shared.web.downloads import temporary_file
from shared.web.route import Handler, RuntimeOf, refuse_unstorable

log = get_logger(__name__)
MAX_ROWS: Final = 200_000
_GIVEN = {"session", "page", "response"}
_SORT = Annotated[str, Query(max_length=200, description="如 -deadline,type")]
Endpoint = Callable[..., Awaitable[Any]]


class ExportRoute(APIRoute):
    """Opens no unit of work: an export takes a session only while it reads a page, and is sent long after."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            refuse_unstorable(request)
            return await inner(request)

        return handle


class ExportTooLong(InvalidInput):
    code = "export_too_long"
    detail = f"符合条件的记录超过 {MAX_ROWS} 行，请用筛选条件缩小范围后再导出"


@dataclass(frozen=True)
class Export:
    """``name`` is the last part of the address, ``title`` names file and sheet. ``source`` is the endpoint of the list, or of a record
    whose field ``part`` holds the rows. ``columns`` are keyed by the rows' fields; ``made`` are columns that are made of a row.
    ``operation`` names it in the document where another service has an export of that name."""

    name: str
    title: str
    source: Endpoint
    columns: Sequence[Column]
    part: str = "items"
    made: Mapping[str, Callable[[Any], object]] | None = None
    operation: str = ""

    @property
    def given(self) -> set[str]:
        """What the source needs besides what the caller asks for."""
        return _GIVEN & signature(self.source).parameters.keys()

    @property
    def paged(self) -> bool:
        return "page" in self.given

    def row(self, item: BaseModel) -> dict[str, object]:
        """The cells of one row: several values are divided by 、, of choices the label."""
        made = self.made or {}
        keys = (column.key for column in self.columns)
        return {key: _cell(made[key](item) if key in made else getattr(item, key)) for key in keys}


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return "、".join(str(getattr(each, "label", each)) for each in value)
    return value


def export_router(service: Service) -> APIRouter:
    """Where a service has its exports."""
    return APIRouter(prefix=f"/api/{service}/exports", tags=["导出"], route_class=ExportRoute)


def add_export_routes(router: APIRouter, exports: Iterable[Export]) -> None:
    """``GET …/<name>.xlsx`` for each. ``router`` is an ``export_router``."""
    for export in exports:
        router.add_api_route(
            f"/{export.name}.xlsx",
            _endpoint(export),
            methods=["GET"],
            name=f"export_{export.operation or export.name.replace('-', '_')}",
            summary=f"导出：{export.title}（xlsx）",
            response_class=Response,
            responses={200: {"content": {content_type_of(".xlsx"): {}}}},
        )


def _endpoint(export: Export) -> Callable[..., Awaitable[Response]]:
    async def send(*, runtime: Runtime, sort: str = "", **asked: object) -> Response:
        file = await write_export(runtime, export, sort, asked)
        actor = asked.get("actor")
        log.info("list_exported", export=export.name, account_id=str(actor.account_id) if isinstance(actor, Actor) else None)
        return temporary_file(file, f"{export.title}_{beijing_today(now_utc()):%Y%m%d}.xlsx")

    # FastAPI reads the signature: that of the list, without what is given here.
    theirs = [each for name, each in signature(export.source).parameters.items() if name not in _GIVEN]
    ours = [Parameter("runtime", Parameter.KEYWORD_ONLY, annotation=RuntimeOf)]
    if export.paged:
        ours.append(Parameter("sort", Parameter.KEYWORD_ONLY, default="", annotation=_SORT))
    named = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in theirs]
    send.__signature__ = Signature([*named, *ours])  # type: ignore[attr-defined]
    return send


async def write_export(runtime: Runtime, export: Export, sort: str, asked: Mapping[str, object]) -> IO[bytes]:
    """An open temporary file without a name, which is gone when it is closed. Raises what the list raises, and ``ExportTooLong``."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        with tempfile.TemporaryDirectory() as folder:
            writer = SheetWriter(file, export.title, export.columns, folder=folder)
            async for rows in _pages(runtime, export, sort, asked):
                await asyncio.to_thread(writer.add, map(export.row, rows))
                if writer.rows > MAX_ROWS:
                    raise ExportTooLong
            await asyncio.to_thread(writer.close)
        stack.pop_all()
    return file


async def _pages(
    runtime: Runtime, export: Export, sort: str, asked: Mapping[str, object]
) -> AsyncIterator[Sequence[BaseModel]]:
    cursor: str | None = None
    while True:
        async with runtime.database.unit_of_work() as session:
            page = PageRequest(limit=MAX_LIMIT, cursor=cursor, sort=sort, exporting=True)
            given = {"session": session, "page": page, "response": Response()}
            answer = await export.source(**{name: given[name] for name in export.given}, **asked)
        yield getattr(answer, export.part)
        cursor = answer.next_cursor if export.paged else None
        if cursor is None:
            return
