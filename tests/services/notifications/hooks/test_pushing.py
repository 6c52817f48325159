"""What a unit has pushed to its own system and to its group's robot (BEY-16): signed, once, tried again, stopped when it fails for long."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.notifications.hooks import tasks
from services.notifications.kinds import EMPLOYER_KINDS, OFFICE_KINDS, UNIT_KINDS, MessageKind
from services.notifications.notices import wording
from services.notifications.notices.catalogue import audiences_of
from services.notifications.notices.tasks import expand_notices
from services.notifications.notices.texts import TEXTS
from shared.events.base import Event
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.services.notifications.arrivals import an_account, arrive, expiring, returned
from tests.services.notifications.hooks.receivers import HOOKS, Receiver, made

pytestmark = pytest.mark.req("BEY-16", "PLAT-11")


async def happen(worker: Runtime, *events: Event) -> None:
    await arrive(worker.database, events)
    await expand_notices(worker)
    await tasks.send_hooks(worker)


async def sendings(client: httpx.AsyncClient, hook: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.get(f"{HOOKS}/{hook['id']}/sendings")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def written(worker: Runtime, statement: str, hook: dict[str, Any]) -> None:
    async with worker.database.unit_of_work() as session:
        await session.execute(text(statement), {"hook": hook["id"]})


async def due_now(worker: Runtime, hook: dict[str, Any]) -> None:
    await written(worker, "UPDATE hook_sendings SET due_at = now() WHERE hook_id = :hook", hook)


class TestPushing:
    async def test_a_message_is_signed_and_comes_once(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver)
        event, known = returned(unit.organisation_id), [new_id()]
        await arrive(worker.database, [an_account(organisation_id=unit.organisation_id)])
        for _ in range(2):
            await arrive(worker.database, [event], ids=known)
            await expand_notices(worker)
            await tasks.send_hooks(worker)
        (told,) = receiver.taken
        assert (told["kind"], told["kind_label"], told["title"]) == (
            "registration_returned",
            "报名退回",
            "报名退回：王医生",
        )
        assert told["link"].startswith("http")
        (sending,) = await sendings(client, hook)
        assert (sending["id"], sending["state"], sending["answered"]) == (told["id"], "delivered", 200)

    @pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
    async def test_a_robot_says_it_in_its_group(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver, kind: str
    ) -> None:
        hook = await made(client, receiver, kind)
        assert hook["secret"] is None
        await happen(worker, returned(unit.organisation_id, "学历证书不清晰" * 400))
        (told,) = receiver.taken
        assert told["text"]["content"].startswith("报名退回：王医生\n")

    @pytest.mark.parametrize(
        ("kind", "answer", "said"),
        [
            ("webhook", (500, {}), "对方答复 500"),
            ("webhook", (302, {}), "对方答复 302"),
            ("wecom", (200, {"errcode": 45009, "errmsg": "api freq out of limit"}), "45009"),
            ("dingtalk", (200, {"errcode": 130101, "errmsg": "send too fast"}), "130101"),
            ("dingtalk", (200, ["?"]), "无法识别"),
        ],
    )
    async def test_what_is_refused_is_tried_again(
        self,
        worker: Runtime,
        client: httpx.AsyncClient,
        unit: Actor,
        receiver: Receiver,
        kind: str,
        answer: tuple[int, Any],
        said: str,
    ) -> None:
        receiver.answer = answer
        hook = await made(client, receiver, kind)
        await happen(worker, returned(unit.organisation_id))
        (sending,) = await sendings(client, hook)
        assert (sending["state"], sending["attempts"]) == ("waiting", 1)
        assert said in sending["last_error"]
        receiver.answer = None
        await due_now(worker, hook)
        await tasks.send_hooks(worker)
        (sending,) = await sendings(client, hook)
        assert (sending["state"], sending["attempts"], sending["last_error"]) == ("delivered", 2, None)

    async def test_a_wrong_secret_of_a_robot_is_told(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver, "dingtalk", secret="SECwrong")
        await happen(worker, returned(unit.organisation_id))
        (sending,) = await sendings(client, hook)
        assert "310000 sign not match" in sending["last_error"]
        assert receiver.taken == []

    async def test_what_others_are_told_and_what_is_one_accounts_is_not_pushed(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
    ) -> None:
        offered = (await client.get(HOOKS)).json()["kinds"]
        hook = await made(client, receiver, kinds=[each["kind"] for each in offered])
        await written(worker, "UPDATE hooks SET kinds = kinds || '{account_expiring}' WHERE id = :hook", hook)
        await happen(worker, expiring(unit.account_id))
        await happen(worker, returned(new_id()))
        assert await sendings(client, hook) == []

    async def test_a_worker_that_died_leaves_it_to_another(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver)
        await arrive(worker.database, [returned(unit.organisation_id)])
        await expand_notices(worker)
        held = "UPDATE hook_sendings SET attempts = 1, leased_until = now() {} WHERE hook_id = :hook"
        await written(worker, held.format("+ interval '1 minute'"), hook)
        await tasks.send_hooks(worker)
        assert receiver.taken == []
        await written(worker, held.format("- interval '1 s'"), hook)
        await tasks.send_hooks(worker)
        assert len(receiver.taken) == 1
        assert (await sendings(client, hook))[0]["attempts"] == 2


class TestStopping:
    async def test_what_fails_for_long_is_stopped_and_its_maker_told(
        self, worker: Runtime, client: httpx.AsyncClient, unit: Actor, receiver: Receiver
    ) -> None:
        receiver.answer = (500, {})
        hook = await made(client, receiver)
        failing = "UPDATE hooks SET failures = 30, failing_since = now() - interval '{}' WHERE id = :hook"
        await written(worker, failing.format("1 hour"), hook)
        await happen(worker, returned(unit.organisation_id))
        assert (await client.get(HOOKS)).json()["items"][0]["state"] == "live", "an evening stops nobody"
        await written(worker, failing.format("25 hours"), hook)
        await due_now(worker, hook)
        await tasks.send_hooks(worker)
        (stopped,) = (await client.get(HOOKS)).json()["items"]
        assert (stopped["state"], "500" in stopped["stopped_reason"]) == ("stopped", True)
        (sending,) = await sendings(client, hook)
        assert sending["state"] == "failed"
        async with worker.database.unit_of_work() as session:
            told = text("SELECT payload FROM events WHERE payload ->> 'hook_id' = :hook")
            assert (await session.execute(told, {"hook": hook["id"]})).scalar_one()["account_id"] == str(
                unit.account_id
            )
        await happen(worker, returned(unit.organisation_id))
        assert len(await sendings(client, hook)) == 1
        refused = await client.post(f"{HOOKS}/{hook['id']}/sendings/{sending['id']}/send-again")
        assert (refused.status_code, refused.json()["code"]) == (409, "hook_stopped")
        receiver.answer = None
        assert (await client.post(f"{HOOKS}/{hook['id']}/start")).json()["failures"] == 0
        again = await client.post(f"{HOOKS}/{hook['id']}/sendings/{sending['id']}/send-again")
        assert again.json()["state"] == "waiting"
        waits = await client.post(f"{HOOKS}/{hook['id']}/sendings/{sending['id']}/send-again")
        assert waits.json()["code"] == "sending_waits"
        await tasks.send_hooks(worker)
        assert receiver.taken[-1]["id"] == sending["id"], "who gets it twice knows it by its id"

    async def test_one_stopped_by_hand_is_tried_no_more(
        self, worker: Runtime, client: httpx.AsyncClient, receiver: Receiver
    ) -> None:
        hook = await made(client, receiver)
        assert (await client.post(f"{HOOKS}/{hook['id']}/try")).status_code == 201
        assert (await client.post(f"{HOOKS}/{hook['id']}/stop")).json()["state"] == "stopped"
        await tasks.send_hooks(worker)
        assert receiver.asked == 0
        assert (await client.post(f"{HOOKS}/{hook['id']}/try")).json()["code"] == "hook_stopped"

    async def test_a_try_comes_at_once(self, worker: Runtime, client: httpx.AsyncClient, receiver: Receiver) -> None:
        hook = await made(client, receiver)
        await client.post(f"{HOOKS}/{hook['id']}/try")
        await tasks.send_hooks(worker)
        assert [each["title"] for each in receiver.taken] == ["试推送"]


def test_which_kinds_are_offices_is_as_their_texts_say() -> None:
    to_units = {
        wording.everyone, wording.unit, wording.units, wording.staff_office, wording.staff_offices, wording.asked_unit,
        wording.both_units, wording.employer, wording.employers, wording.head,
    }  # fmt: skip
    by_kind: dict[MessageKind, bool] = {}
    for row in (row for rows in TEXTS.values() for row in rows):
        by_kind[row.kind] = by_kind.get(row.kind, False) or row.audience in to_units
    assert {kind for kind, pushed in by_kind.items() if not pushed} == OFFICE_KINDS


def test_which_kinds_are_employers_is_as_their_audiences_say() -> None:
    to_employers = {
        kind
        for kind, audiences in audiences_of().items()
        if kind in UNIT_KINDS and any(each.permission is Permission.HAZARD_DECLARATION for each in audiences)
    }
    assert to_employers == EMPLOYER_KINDS
