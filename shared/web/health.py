"""Whether a service lives and can work (PLAT-10). ``/healthz`` asks nothing of anyone; ``/readyz`` asks the database; ``/metrics`` is for
Prometheus. All three also stand below the service's own prefix, for when several services share a process.
"""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import MetaData, text

from shared import findings
from shared.disks import show_disks
from shared.errors import Unavailable
from shared.runtime import Runtime
from shared.tasks.spec import WorkerSpec
from shared.tasks.standing import show_queues, show_work


def health_routes(worker: WorkerSpec, tables: MetaData) -> APIRouter:
    """The three routes; public, and they tell nothing of anybody. ``tables`` are those of the service, whose rows of work are counted."""
    router = APIRouter(include_in_schema=False)
    service = worker.service
    queues = {str(lane): worker.queue(lane) for lane in worker.lanes}

    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def readyz(request: Request) -> dict[str, str]:
        runtime: Runtime = request.app.state.runtime
        async with runtime.database.unit_of_work() as session:
            await session.execute(text("SELECT 1"))
        return {"status": "ok"}

    async def metrics(request: Request) -> Response:
        runtime: Runtime = request.app.state.runtime
        show_disks(runtime.settings)
        await show_queues(runtime.redis, runtime.settings.queue_address, service, queues)
        try:
            async with runtime.database.unit_of_work() as session:
                await findings.show(session, service)
                await show_work(session, service, tables)
        except Unavailable:
            # What is known without the database is told all the same; /readyz says that it is away.
            pass
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for prefix in ("", f"/api/{service}"):
        router.add_api_route(f"{prefix}/healthz", healthz, methods=["GET"])
        router.add_api_route(f"{prefix}/readyz", readyz, methods=["GET"])
    for prefix in ("", f"/internal/{service}"):
        router.add_api_route(f"{prefix}/metrics", metrics, methods=["GET"])
    return router
