"""A push that is changed, and whose secret is renewed while its reader still has the old one (BEY-16)."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.notifications.hooks.models import Hook
from services.notifications.hooks.shapes import SIGNATURE, SIGNATURE_BEFORE, TIMESTAMP, Push, asked_of
from services.notifications.hooks.workflow import HookKind
from services.notifications.main import app
from shared.identifiers import new_id
from shared.identity import Actor
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import an_account, arrive, returned
from tests.services.notifications.hooks.receivers import HOOKS, Receiver, made
from tests.services.notifications.hooks.test_pushing import happen

pytestmark = pytest.mark.req("BEY-16")
PUSH = Push(new_id(), "try", "试", "题", "文", "https://x.cn/", datetime.now(UTC), datetime.now(UTC))


def code_of(hook: dict[str, Any], action: str) -> Any:
    return next(each["code"] for each in hook["allowed_actions"] if each["action"] == action)


async def test_what_is_not_given_stays(client: httpx.AsyncClient, receiver: Receiver) -> None:
    hook = await made(client, receiver)
    changed = await client.patch(f"{HOOKS}/{hook['id']}", json={"name": "新的名称"})
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "新的名称"
    assert {name: changed.json()[name] for name in ("host", "kinds")} == {
        name: hook[name] for name in ("host", "kinds")
    }
    assert "secret" not in changed.json()


async def test_another_address_is_told_from_then_on(
    worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
) -> None:
    hook = await made(client, receiver, address=f"http://127.0.0.1:{receiver.port + 1}/hook")
    await arrive(worker.database, [an_account(organisation_id=unit.organisation_id)])
    await client.patch(f"{HOOKS}/{hook['id']}", json={"address": receiver.address("webhook")})
    await happen(worker, returned(unit.organisation_id))
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": "ftp://x.cn/"}, "address"),
        ({"address": ""}, "address"),
        ({"secret": "x"}, "secret"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["account_expiring"]}, "kinds"),
        ({"name": "\x00"}, "name"),
        ({"kind": "wecom"}, "kind"),
    ],
)
async def test_what_cannot_be_is_told_per_field(
    client: httpx.AsyncClient, receiver: Receiver, given: dict[str, Any], field: str
) -> None:
    hook = await made(client, receiver)
    answer = await client.patch(f"{HOOKS}/{hook['id']}", json=given)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


async def test_it_is_nobody_elses(
    client: httpx.AsyncClient, client_for: ClientFor, unit: Actor, receiver: Receiver
) -> None:
    hook = await made(client, receiver)
    stranger = await client_for(app, replace(unit, organisation_id=new_id(), account_id=new_id()))
    assert (await stranger.patch(f"{HOOKS}/{hook['id']}", json={"name": "x"})).status_code == 404
    assert (await stranger.post(f"{HOOKS}/{hook['id']}/renew-secret")).status_code == 404


async def test_both_secrets_sign_for_a_while(
    worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
) -> None:
    hook = await made(client, receiver)
    renewed = (await client.post(f"{HOOKS}/{hook['id']}/renew-secret")).json()
    assert renewed["secret"] not in {None, hook["secret"]}
    assert code_of(renewed, "renew-secret") == "secret_just_renewed"
    assert (await client.post(f"{HOOKS}/{hook['id']}/renew-secret")).json()["code"] == "secret_just_renewed"
    async with worker.database.unit_of_work() as session:
        row = await session.get(Hook, hook["id"])
        assert row is not None
        now = datetime.now(UTC)
        assert row.secrets(now) == (renewed["secret"], hook["secret"])
        assert row.secrets(now + timedelta(days=4)) == (renewed["secret"],)
    receiver.secret = renewed["secret"]
    await arrive(worker.database, [an_account(organisation_id=unit.organisation_id)])
    await happen(worker, returned(unit.organisation_id))
    assert len(receiver.taken) == 1
    async with worker.database.unit_of_work() as session:
        past = "UPDATE hooks SET secret_before_until = now() - interval '1 s' WHERE id = :id"
        await session.execute(text(past), {"id": hook["id"]})
    assert (await client.post(f"{HOOKS}/{hook['id']}/renew-secret")).status_code == 200


async def test_a_robot_has_none_of_ours(client: httpx.AsyncClient, receiver: Receiver) -> None:
    hook = await made(client, receiver, "wecom")
    assert code_of(hook, "renew-secret") == "no_secret"
    assert (await client.post(f"{HOOKS}/{hook['id']}/renew-secret")).json()["code"] == "no_secret"


def test_a_reader_with_either_secret_knows_it() -> None:
    asked = asked_of(HookKind.WEBHOOK, "https://x.cn/", ("new", "old"), PUSH)
    for secret, header in (("new", SIGNATURE), ("old", SIGNATURE_BEFORE)):
        signed = asked.headers[TIMESTAMP].encode() + b"." + asked.body
        assert asked.headers[header] == "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert SIGNATURE_BEFORE not in asked_of(HookKind.WEBHOOK, "https://x.cn/", ("new",), PUSH).headers
