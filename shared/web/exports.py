"""Lists as xlsx (BEY-07, STAFF-12). An export is made of the list's own endpoint, so that its filters, who may call it, whose rows it shows
and what is masked in them are the list's, today and after every change. A short list is answered with its sheet, a long one with the job that
makes it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from inspect import Parameter, Signature, signature
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute

from shared.identity import Actor
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.jobs import JobTable
from shared.uploads import content_type_of
from shared.web.downloads import temporary_file
from shared.web.export_jobs import KNOWN, begin_export
from shared.web.export_sheets import GIVEN, Export, ListReader, SheetFile
from shared.web.jobs import JobRead, accepted
from shared.web.route import Handler, RuntimeOf, refuse_unstorable

__all__ = ["Export", "add_export_routes", "export_router"]
log = get_logger(__name__)
_SORT = Annotated[str, Query(max_length=200, description="如 -deadline,type")]


class ExportRoute(APIRoute):
    """Opens no unit of work: an export takes a session only while it reads a page, and is sent long after."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            refuse_unstorable(request)
            return await inner(request)

        return handle


async def _jobs(request: Request) -> JobTable[Any]:
    jobs: JobTable[Any] = request.app.state.jobs
    return jobs


def export_router(service: Service) -> APIRouter:
    """Where a service has its exports."""
    return APIRouter(prefix=f"/api/{service}/exports", tags=["导出"], route_class=ExportRoute)


def add_export_routes(router: APIRouter, exports: Iterable[Export]) -> None:
    """``GET …/<name>.xlsx`` for each. ``router`` is an ``export_router``."""
    for export in exports:
        address = f"{router.prefix}/{export.name}"
        KNOWN[address] = export
        answers: dict[int | str, dict[str, Any]] = {200: {"content": {content_type_of(".xlsx"): {}}}}
        if export.paged:
            answers[202] = {"model": JobRead, "description": "行数较多，已转为后台任务"}
        router.add_api_route(
            f"/{export.name}.xlsx",
            _endpoint(export, address),
            methods=["GET"],
            name=f"export_{export.operation or export.name.replace('-', '_')}",
            summary=f"导出：{export.title}（xlsx）",
            response_class=Response,
            responses=answers,
        )


def _endpoint(export: Export, address: str) -> Callable[..., Awaitable[Response]]:
    async def send(*, runtime: Runtime, jobs: JobTable[Any], sort: str = "", **asked: object) -> Response:
        actor = next(each for each in asked.values() if isinstance(each, Actor))
        file = await write_export(runtime, export, sort, asked, up_to=_bound(export, actor))
        log.info("list_exported", export=export.name, account_id=str(actor.account_id), at_once=file is not None)
        if file is not None:
            return temporary_file(file, export.file_name)
        return accepted(jobs, await begin_export(runtime, jobs, address, actor=actor, asked=asked, sort=sort))

    # FastAPI reads the signature: that of the list, without what is given here.
    theirs = [each for name, each in signature(export.source).parameters.items() if name not in GIVEN]
    ours = [
        Parameter("runtime", Parameter.KEYWORD_ONLY, annotation=RuntimeOf),
        Parameter("jobs", Parameter.KEYWORD_ONLY, annotation=Annotated[JobTable[Any], Depends(_jobs)]),
    ]
    if export.paged:
        ours.append(Parameter("sort", Parameter.KEYWORD_ONLY, default="", annotation=_SORT))
    named = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in theirs]
    send.__signature__ = Signature([*named, *ours])  # type: ignore[attr-defined]
    return send


def _bound(export: Export, actor: Actor) -> int | None:
    """A program may fetch no file of a job (PLAT-15), and can wait; a record's rows are one answer anyhow."""
    return None if actor.scopes is not None or not export.paged else export.at_once


async def write_export(
    runtime: Runtime, export: Export, sort: str, asked: Mapping[str, object], *, up_to: int | None
) -> IO[bytes] | None:
    """An open temporary file without a name, which is gone when it is closed; None for a list longer than ``up_to``. Raises what the list
    raises, and ``ExportTooLong``."""
    reader = ListReader(runtime, export, asked, sort)
    with ExitStack() as stack:
        sheet = SheetFile(export)
        stack.callback(sheet.let_go)
        while reader.more:
            await sheet.add(await reader.next())
            if up_to is not None and max(sheet.rows, reader.total or 0) > up_to:
                return None
        file = await sheet.close()
        stack.pop_all()
    return file
