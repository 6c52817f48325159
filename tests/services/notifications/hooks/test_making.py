"""Who makes a hook, where it may lead, and who sees it (BEY-16)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.notifications.hooks import service
from services.notifications.main import app
from services.notifications.settings import notification_settings
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.hooks.receivers import HOOKS, Receiver, made

MakeActor = Callable[..., Actor]
pytestmark = pytest.mark.req("BEY-16")


class TestMaking:
    async def test_its_secrets_are_shown_once_or_never(
        self, worker: Runtime, client: httpx.AsyncClient, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver)
        assert hook["secret"].startswith("whsec_")
        (listed,) = (await client.get(HOOKS)).json()["items"]
        assert "secret" not in listed
        assert "address" not in listed
        assert listed["host"] == "127.0.0.1"
        async with worker.database.unit_of_work() as session:
            kept = await session.execute(
                text("SELECT row_to_json(h)::text FROM hooks h WHERE id = :hook"), {"hook": hook["id"]}
            )
            assert hook["secret"] not in (row := kept.scalar_one())
            assert "127.0.0.1" not in row

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"address": "http://a.example.cn/"}, "address"),
            ({"address": "https://10.0.0.1/"}, "address"),
            ({"kind": "wecom", "address": "https://a.example.cn/"}, "address"),
            ({"secret": "x"}, "secret"),
            ({"kinds": ["platform_alarm"]}, "kinds"),
            ({"kinds": ["declaration_rejected"]}, "kinds"),
        ],
    )
    async def test_what_may_not_be_called_is_refused(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], field: str
    ) -> None:
        monkeypatch.setattr(service, "notification_settings", notification_settings)
        body = {"kind": "webhook", "name": "系统", "address": "https://a.example.cn/", "kinds": ["seat_offered"]}
        refused = await client.post(HOOKS, json=body | change)
        assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, [field])

    async def test_an_organisation_has_so_many(
        self, client: httpx.AsyncClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "MOST", 1)
        hook = await made(client, receiver)
        body = {"kind": "webhook", "name": "二", "address": receiver.address("webhook"), "kinds": ["seat_offered"]}
        assert (await client.post(HOOKS, json=body)).json()["code"] == "too_many_hooks"
        assert (await client.post(f"{HOOKS}/{hook['id']}/remove")).status_code == 204
        assert (await client.post(HOOKS, json=body)).status_code == 201

    @pytest.mark.req("PLAT-06")
    async def test_it_is_its_organisations_own(
        self, client_for: ClientFor, client: httpx.AsyncClient, unit: Actor, make_actor: MakeActor, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver)
        colleague = await client_for(
            app, make_actor(Permission.INSTITUTION_FILING, organisation_id=unit.organisation_id)
        )
        assert len((await colleague.get(HOOKS)).json()["items"]) == 1
        stranger = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await stranger.get(HOOKS)).json()["items"] == []
        for method, path in (
            ("GET", "sendings"),
            ("POST", "stop"),
            ("POST", "start"),
            ("POST", "try"),
            ("POST", "remove"),
            ("POST", f"sendings/{new_id()}/send-again"),
        ):
            assert (await stranger.request(method, f"{HOOKS}/{hook['id']}/{path}")).status_code == 404
        office = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE))
        assert (await office.get(HOOKS)).status_code == 403
