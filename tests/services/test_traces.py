"""One trace from a request through its event and its rows to the text message, across services and without a broker (PLAT-10)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.notifications.consumers import HANDLERS
from services.notifications.deliveries.tasks import send_due
from services.notifications.main import app as notifications
from services.notifications.notices.tasks import expand_notices
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app as training
from shared import traces
from shared.events.base import Place
from shared.events.bookmarks import go_on_behind, pull
from shared.identity import Actor
from shared.runtime import Client, Runtime, open_runtime
from shared.services import Service
from shared.web.internal import fetcher
from tests.conftest import ClientFor
from tests.otlp import Collector, collector
from tests.services.notifications.arrivals import a_phone, an_account, arrive
from tests.services.notifications.outbox import caught
from tests.services.training.enrolment.registrations.stage import Stage, set_stage

BEFORE = f"00-{'a' * 32}-{'b' * 16}-01"
DEAR = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf", "shared.traces.recorder")
pytestmark = pytest.mark.req("PLAT-10")


class ByPath(httpx.AsyncBaseTransport):
    """The platform as its services reach each other."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        app = training if request.url.path.startswith("/internal/training/") else notifications
        return await httpx.ASGITransport(app=app).handle_async_request(request)


@pytest.fixture
def sent() -> Iterator[Collector]:
    with collector() as found:
        traces.begin(found.url, "of-the-collector", 1)
        try:
            yield found
        finally:
            traces.end()


@pytest.fixture
async def worker(sent: Collector, open_app: Any) -> AsyncIterator[Runtime]:
    await open_app(notifications)
    async with (
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes={}) as runtime,
        Client(transport=ByPath()) as client,
    ):
        traces.at_work.set("notifications")
        yield replace(runtime, http=client)


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


async def stands_at(runtime: Runtime) -> None:
    """Notifications has read training's log up to now."""
    async with training.state.runtime.database.unit_of_work() as session:
        row = (await session.execute(text("SELECT pg_current_xact_id()::text::bigint"))).scalar_one()
    async with runtime.database.unit_of_work() as session:
        await go_on_behind(session, Service.TRAINING, Place(transaction=row, sequence=0))


async def test_one_trace_from_the_request_to_the_text_message(stage: Stage, worker: Runtime, sent: Collector) -> None:
    phone = a_phone()
    await arrive(worker.database, [an_account(organisation_id=stage.actor.organisation_id, phone=phone)])
    registration = await stage.registered(await stage.plan(), "欧阳明", status=RegistrationStatus.SUBMITTED)
    await stands_at(worker)
    answer = await stage.province.post(
        f"/api/training/registrations/{registration.id}/return?name=欧阳明",
        json={"kind": "material_missing", "reason": "职称证书看不清", "fields": []},
        headers={"traceparent": BEFORE},
    )
    assert answer.status_code == 200, answer.text
    await pull(worker.database, Service.TRAINING, HANDLERS, fetcher(worker))
    await expand_notices(worker)
    await send_due(worker)
    assert len(await caught(worker, phone)) == 1
    traces.flush()

    (request,) = [span for span in sent.spans if span.name == "POST /api/training/registrations/{record_id}/return"]
    one = {span.name: span for span in sent.of(request.trace_id)}
    by_id = {span.span_id: span for span in one.values()}
    assert (request.service, request.parent_id, request.links) == ("training", "", ("a" * 32,))
    assert request.facts["correlation_id"] == answer.headers["x-request-id"]
    chain = [one["send sms"]]
    while chain[-1].parent_id:
        chain.append(by_id[chain[-1].parent_id])
    assert [(span.service, span.name) for span in chain] == [
        ("notifications", "send sms"),
        ("notifications", "expand notice"),
        ("notifications", "handle training.registration.returned.v1"),
        ("training", request.name),
    ]
    assert "INSERT" in one
    assert {span.service for span in one.values()} == {"training", "notifications"}
    assert sent.headers["authorization"] == "Bearer of-the-collector"
    # Nothing that anybody typed, and no secret.
    token = stage.province.headers["authorization"].removeprefix("Bearer ")
    for secret in (phone, "欧阳明", "职称证书看不清", token, worker.settings.internal_secret[0]):
        assert secret.encode() not in sent.raw


async def test_a_service_goes_on_with_the_trace_of_the_one_that_asks(
    worker: Runtime, sent: Collector, open_app: Any
) -> None:
    await open_app(training)
    headers = {"Authorization": f"Bearer {worker.settings.internal_secret[0]}"}
    with traces.serving("notifications", "GET", "/api/notifications/messages", "") as served:
        await worker.http.get("http://training/internal/training/bookmarks/auth?name=欧阳明", headers=headers)
        assert served is not None
        served.answered("/api/notifications/messages", 200, "c" * 32)
    await worker.http.get("http://training/internal/training/bookmarks/auth", headers=headers)  # by the clock: no trace
    traces.flush()
    (asked,) = [span for span in sent.spans if span.name == "GET training"]
    (answered,) = [span for span in sent.spans if span.name == "GET /internal/training/bookmarks/{producer}"]
    assert (answered.service, answered.parent_id, answered.trace_id) == ("training", asked.span_id, asked.trace_id)


async def test_what_went_wrong_is_named_and_not_quoted(worker: Runtime, sent: Collector) -> None:
    with pytest.raises(DBAPIError), traces.follow(BEFORE, "work", phone="13851420617"):
        async with worker.database.unit_of_work() as session:
            await session.execute(text("SELECT CAST(:value AS integer)"), {"value": "张三三"})
    traces.flush()
    work, statement = (next(span for span in sent.spans if span.name == name) for name in ("work", "SELECT"))
    assert (work.failed, statement.failed) == ("DataError", "InvalidTextRepresentation")
    assert work.facts["phone"] == "***"
    assert "张三三".encode() not in sent.raw


async def test_a_collector_that_is_away_is_nobody_s_trouble(worker: Runtime, sent: Collector) -> None:
    traces.end()
    traces.begin("http://127.0.0.1:9", "", 1)
    with traces.follow(BEFORE, "work"):
        pass
    traces.flush()


def loaded() -> str:
    """What of the SDK a worker has loaded that sends no traces."""
    asked = f"import sys, shared.app, ops.worker; print([each for each in sys.modules if each.startswith({DEAR})])"
    environment = {**os.environ, "WORKER": "training.fast"}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_without_an_address_nothing_is_loaded_written_or_opened(worker: Runtime, sent: Collector) -> None:
    traces.end()
    assert traces.carried() is None
    nothing = traces.inside("part")
    assert traces.follow(BEFORE, "work") is nothing
    assert traces.serving("training", "GET", "/", "") is nothing
    assert await asyncio.to_thread(loaded) == "[]"
