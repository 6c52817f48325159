"""The app factory: what every service's API has before its first own route. Routes carry ``/api/<service>`` themselves, so that the same
app runs alone behind the gateway and beside the others in one process.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from sqlalchemy import MetaData
from starlette.routing import Match
from starlette.types import Scope

from shared import attachments, traces
from shared.logging import configure_logging
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks.jobs import RECORD as LONG_WORK
from shared.tasks.jobs import JobTable
from shared.tasks.retention import Retained
from shared.tasks.spec import WorkerSpec
from shared.web.audit import Kept, audit_routers
from shared.web.bodies import MAX_FIELD_BYTES, MAX_FIELDS, MAX_FILES
from shared.web.callers import SessionLookup, ask_auth
from shared.web.health import health_routes
from shared.web.internal import internal_routes
from shared.web.openapi import ANY_PROBLEM, ServiceApp
from shared.web.problems import install_problem_handlers
from shared.web.requests import RequestScope
from shared.web.route import UnitOfWorkRoute
from shared.web.standing import standing_router
from shared.web.vocabulary import vocabulary_router
from shared.workflow.binding import bind

# What every service may have.
SHARED_RECORDS = (Kept(LONG_WORK, "长任务"), Kept(attachments.UNCLAIMED, "未归档的附件"))
# FastAPI's own would tell the words of errors, which may quote a row; what is traced is ``shared.traces``' business.
_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
Background = Callable[[Runtime], AbstractAsyncContextManager[None]]


def operation_id(route: APIRoute) -> str:
    """Short and stable, so that generated clients read well: the endpoint's own name."""
    return route.name


def _lifespan(
    worker: WorkerSpec, background: Background | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = platform_settings()
        configure_logging("api", settings.log_level)
        traces.begin(settings.traces_url, settings.traces_token, settings.traces_share)
        lanes = {task.name: worker.queue(task.lane) for task in worker.all_tasks()}
        async with open_runtime(worker.service, pool_size=settings.api_pool_size, lanes=lanes) as runtime:
            app.state.runtime = runtime
            gc.freeze()  # what is there now stays: no collection needs to look at it again
            async with background(runtime) if background else nullcontext():
                yield
        await asyncio.to_thread(traces.flush)

    return lifespan


def create_app(
    worker: WorkerSpec,
    routers: Sequence[APIRouter],
    *,
    title: str,
    session_lookup: SessionLookup = ask_auth,
    background: Background | None = None,
    records: Sequence[Kept] = (),
    tables: MetaData | None = None,
    rules: Sequence[Retained] = (),
    jobs: JobTable[Any] | None = None,
) -> FastAPI:
    """The API of ``worker.service``; auth has a ``session_lookup`` of its own, ``background`` is open as long as the app lives. ``records``
    are those whose history is shown to the administration, ``tables`` those whose rows of work are counted, ``rules`` what goes when its
    time is over, ``jobs`` its long work."""
    service = worker.service
    bind(worker.bindings)

    app = ServiceApp(
        title=title,
        lifespan=_lifespan(worker, background),
        openapi_url=f"/api/{service}/openapi.json",
        docs_url=None,
        telemetry=_NO_TELEMETRY,
        responses=ANY_PROBLEM,
        redoc_url=None,
        redirect_slashes=False,
        form_limits={"max_files": MAX_FILES, "max_fields": MAX_FIELDS, "max_part_size": MAX_FIELD_BYTES},
        generate_unique_id_function=operation_id,
    )
    app.state.service, app.state.session_lookup, app.state.jobs = service, session_lookup, jobs
    app.add_middleware(RequestScope, service=str(service))
    install_problem_handlers(app)
    counted = tables or MetaData()
    common = (health_routes(worker, counted), internal_routes(service), vocabulary_router(service, routers))
    standing = standing_router(worker, title, counted, rules)
    for router in (*common, standing, *audit_routers(service, (*SHARED_RECORDS, *records)), *routers):
        app.include_router(router)
    return app


class PrefixedRouter(APIRouter):
    """Knows by the plain beginning of its prefix that an address is another router's; FastAPI would try every route of every router
    before it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        beginning, _, _ = self.prefix.partition("{")
        return super().matches(scope) if scope["path"].startswith(beginning) else (Match.NONE, {})


def api_router(service: Service, plural: str, label: str) -> APIRouter:
    """A router at ``/api/<service>/<plural>`` whose routes are units of work; ``label`` is the Chinese name of the domain."""
    return PrefixedRouter(prefix=f"/api/{service}/{plural}".rstrip("/"), tags=[label], route_class=UnitOfWorkRoute)
