"""What stays of a request: one line that says who and from where, without a name, and figures of who was turned away (PLAT-10)."""

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.shared.kit.sample import CDC, UNIT, app

pytestmark = pytest.mark.req("PLAT-10")
NOTES = "/api/training/notes"
MakeActor = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _tables(sample: Runtime) -> None:
    """Every test here needs the sample's tables."""


def line(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """The last line about a request."""
    said: Any = next(record.msg for record in reversed(caplog.records) if record.name == "http")
    return dict(said)


def refused(method: str, route: str, reason: str) -> float:
    labels = {"service": "training", "method": method, "route": route, "reason": reason}
    return REGISTRY.get_sample_value("authorisation_refused_total", labels) or 0.0


class TestTheLine:
    async def test_it_says_who_and_from_where(
        self, client_for: ClientFor, make_actor: MakeActor, caplog: pytest.LogCaptureFixture
    ) -> None:
        actor = make_actor(UNIT)
        await (await client_for(app, actor)).post(NOTES, json={"text": "甲"})
        said = line(caplog)
        assert (said["actor"], said["address"], said["status"]) == (str(actor.account_id), "127.0.0.1", 201)

    @pytest.mark.req("PLAT-05")
    @pytest.mark.parametrize(
        "path", [f"{NOTES}/{{}}/send?name=张三&phone=13800138000", "/api/training/张三/13800138000"]
    )
    async def test_it_names_nobody(
        self, client_for: ClientFor, make_actor: MakeActor, caplog: pytest.LogCaptureFixture, path: str
    ) -> None:
        """Neither the caller's name nor what stands in the address, which may be somebody's."""
        await (await client_for(app, make_actor(UNIT))).post(path.format(new_id()))
        told = str(line(caplog))
        for word in ("张三", "%E5", "13800138000", "***", "测试员", "tester", "测试单位"):
            assert word not in told

    @pytest.mark.parametrize(
        ("headers", "body", "reason"),
        [
            ({"Content-Length": "x"}, b"", "malformed_body"),
            ({"Content-Encoding": "gzip"}, b"{}", "content_encoding"),
            ({"Content-Type": "application/json"}, b"{", "malformed_body"),
            ({"Authorization": ""}, b"", "not_signed_in"),
        ],
    )
    async def test_a_refused_one_has_its_line(
        self,
        client_for: ClientFor,
        make_actor: MakeActor,
        caplog: pytest.LogCaptureFixture,
        headers: dict[str, str],
        body: bytes,
        reason: str,
    ) -> None:
        client = await client_for(app, make_actor(UNIT))
        answer = await client.post(f"{NOTES}/{new_id()}/send", content=body, headers=headers)
        said = line(caplog)
        assert (said["status"], said["reason"], said["address"]) == (answer.status_code, reason, "127.0.0.1")
        assert answer.json()["code"] == reason


@pytest.mark.req("PLAT-06")
class TestTurnedAway:
    async def test_each_is_counted_with_route_and_reason(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        route = f"{NOTES}/{{record_id}}/send"
        nobody, other, owner = [await client_for(app, actor) for actor in (None, make_actor(CDC), make_actor(UNIT))]
        for client, reason in ((nobody, "not_signed_in"), (other, "forbidden"), (owner, "not_found")):
            before = refused("POST", route, reason)
            await client.post(f"{NOTES}/{new_id()}/send")
            assert refused("POST", route, reason) == before + 1, reason

    async def test_between_services_too(self, client_for: ClientFor) -> None:
        route = "/internal/training/events"
        before = refused("GET", route, "not_found")
        assert (await (await client_for(app, None)).get(route)).status_code == 404
        assert refused("GET", route, "not_found") == before + 1

    async def test_what_is_wrong_about_the_input_is_not(self, client_for: ClientFor, make_actor: MakeActor) -> None:
        before = refused("POST", NOTES, "invalid_input")
        await (await client_for(app, make_actor(UNIT))).post(NOTES, json={})
        assert refused("POST", NOTES, "invalid_input") == before == 0
