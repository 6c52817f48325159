"""群发: an office's notice reaches the units of its region and field, once somebody else has looked where they are many."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.notifications.broadcasts import service, workflow
from services.notifications.deliveries.tasks import send_due
from services.notifications.main import app
from services.notifications.notices.tasks import expand_notices
from services.notifications.settings import NotificationSettings, notification_settings
from shared.clock import beijing_today, now_utc
from shared.events import training
from shared.events.notifications import BroadcastSubmitted
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.notifications.arrivals import a_phone, an_account, an_organisation, arrive
from tests.services.notifications.outbox import caught

pytestmark = pytest.mark.req("STAFF-06", "BEY-12")
PATH = "/api/notifications/broadcasts"


def an_officer(*more: Permission, region: str, **changes: Any) -> Actor:
    may = (Permission.MASS_NOTICE, Permission.TRAINING_OVERSIGHT, *more)
    return make_actor(*may, level=Level.COUNTY, region=region, **changes)


def a_region() -> str:
    """A county that no other test has units in."""
    return f"99{new_id().int % 90 + 10}{new_id().int % 90 + 10}"


async def units(worker: Runtime, region: str, number: int, **changes: Any) -> list[Any]:
    accounts = [an_account(region_code=region, **{"phone": a_phone(), **changes}) for _ in range(number)]
    await arrive(worker.database, accounts)
    return accounts


async def colleagues(worker: Runtime, author: Actor, number: int) -> list[Any]:
    """Others of the author's office, as auth has told of them, and the author."""
    own = {"organisation_id": author.organisation_id, "level": Level.COUNTY, "permissions": {Permission.MASS_NOTICE}}
    others = [an_account(**own) for _ in range(number)]
    await arrive(worker.database, [*others, an_account(**own, account_id=author.account_id)])
    return others


def body(**changes: Any) -> dict[str, Any]:
    until = beijing_today(now_utc()) + timedelta(days=7)
    said = {"title": "请核对人员信息", "body": "请于月底前核对。", "to": "registering", "channels": ["sms"]}
    return {**said, "last_day": str(until), **changes}


async def drafted(client_for: ClientFor, actor: Actor, **changes: Any) -> tuple[httpx.AsyncClient, dict[str, Any]]:
    client = await client_for(app, actor)
    made = await client.post(PATH, json=body(**changes))
    assert made.status_code == 201, made.text
    return client, made.json()


def refusals(read: dict[str, Any]) -> dict[str, str | None]:
    return {each["action"]: each["code"] for each in read["allowed_actions"]}


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Any:
    def change(**changes: int) -> None:
        changed: NotificationSettings = notification_settings().model_copy(update=changes)
        for module in (workflow, service):
            monkeypatch.setattr(module, "notification_settings", lambda: changed)

    return change


class TestAudience:
    async def test_it_lies_inside_region_and_field(self, client_for: ClientFor, worker: Runtime) -> None:
        region = a_region()
        mine = await units(worker, region, 2)
        await units(worker, region, 1, permissions=frozenset({Permission.HAZARD_DECLARATION}))
        await units(worker, region, 1, active=False)
        await units(worker, region, 1, level=Level.COUNTY)
        await units(worker, a_region(), 1)
        await arrive(worker.database, [an_organisation(mine[0].organisation_id, name="甲医院", region_code=region)])
        client, made = await drafted(client_for, an_officer(region=region))
        assert made["recipients"] == 2
        rows = (await client.get(f"{PATH}/{made['id']}/recipients")).json()["items"]
        assert {(row["id"], row["reached_label"]) for row in rows} == {(str(each.account_id), "短信") for each in mine}
        assert "甲医院" in {row["organisation_name"] for row in rows}

    async def test_a_plan_narrows_it(self, client_for: ClientFor, worker: Runtime) -> None:
        region, plan = a_region(), new_id()
        one, _ = await units(worker, region, 2)
        approved = training.RegistrationApproved(
            plan_id=plan, plan_name="尘肺病培训班", registration_id=new_id(), person_id=new_id(),
            person_name="王医生", unit_id=one.organisation_id,
        )  # fmt: skip
        await arrive(worker.database, [approved])
        client, made = await drafted(client_for, an_officer(region=region), plan_id=str(plan))
        assert (made["recipients"], made["plan_name"]) == (1, "尘肺病培训班")
        assert {"id": str(plan), "name": "尘肺病培训班", "units": 1} in (await client.get(f"{PATH}/plans")).json()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"to": "employers"}, "to"),
            ({"region_codes": ["320104"]}, "region_codes"),
            ({"last_day": "2020-01-01"}, "last_day"),
            ({"plan_id": str(UUID(int=1))}, "plan_id"),
            ({"title": " "}, "title"),
        ],
    )
    async def test_what_lies_outside_is_refused(
        self, client_for: ClientFor, changes: dict[str, Any], field: str
    ) -> None:
        client = await client_for(app, an_officer(region="320102"))
        answer = await client.post(PATH, json=body(**changes))
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)

    @pytest.mark.req("PLAT-06")
    async def test_it_is_the_office_s_own(self, client_for: ClientFor, worker: Runtime) -> None:
        region = a_region()
        _, made = await drafted(client_for, an_officer(region=region))
        stranger = await client_for(app, an_officer(region=region))
        for path in ("", "/recipients", "/history"):
            assert (await stranger.get(f"{PATH}/{made['id']}{path}")).status_code == 404
        assert (await stranger.post(f"{PATH}/{made['id']}/send")).status_code == 404
        assert made["id"] not in {row["id"] for row in (await stranger.get(PATH)).json()["items"]}
        without = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY))
        assert (await without.get(PATH)).status_code == 403


class TestSending:
    async def test_few_are_told_at_once_and_it_shows_how_far_it_is(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        region, phone = a_region(), a_phone()
        await units(worker, region, 1, phone=phone)
        actor = an_officer(region=region)
        client, made = await drafted(client_for, actor)
        sent = await client.post(f"{PATH}/{made['id']}/send")
        assert (sent.status_code, sent.json()["status"]) == (200, "sent")
        await units(worker, region, 1)  # who comes later was not among them
        await expand_notices(worker)
        async with worker.database.unit_of_work() as session:  # as if it were day
            await session.execute(text("UPDATE deliveries SET due_at = now() WHERE done_at IS NULL"))
        await send_due(worker)
        (message,) = await caught(worker, phone)
        assert message.text.endswith(f"】请于月底前核对。（{actor.organisation_name}）")
        progress = (await client.get(f"{PATH}/{made['id']}")).json()["progress"]
        assert progress["told"] == 1
        assert [(each["channel"], each["status"], each["count"]) for each in progress["deliveries"]] == [
            ("sms", "sent", 1)
        ]
        records = await client.get("/api/notifications/deliveries", params={"notice_id": progress["notice_id"]})
        assert len(records.json()["items"]) == 1

    async def test_many_need_another_account_of_the_office(
        self, client_for: ClientFor, worker: Runtime, limits: Any
    ) -> None:
        limits(mass_notice_alone=1)
        region = a_region()
        await units(worker, region, 2)
        author = an_officer(region=region)
        client, made = await drafted(client_for, author)
        assert refusals(made)["send"] == "needs_second_pair_of_eyes"
        at = f"{PATH}/{made['id']}"
        assert (await client.post(f"{at}/send")).json()["code"] == "needs_second_pair_of_eyes"
        assert (await client.post(f"{at}/submit")).json()["code"] == "nobody_to_look"
        await colleagues(worker, author, 1)
        assert (await client.post(f"{at}/submit")).json()["status"] == "waiting"
        assert (await client.post(f"{at}/approve")).json()["code"] == "own_notice"
        changed = await client.patch(at, json=body(), headers={"If-Match": (await client.get(at)).headers["etag"]})
        assert changed.json()["code"] == "not_a_draft"
        colleague = await client_for(app, an_officer(region=region, organisation_id=author.organisation_id))
        assert (await colleague.post(f"{at}/decline", json={"reason": "请写明日期"})).json()["status"] == "draft"
        assert (await colleague.post(f"{at}/submit")).json()["code"] == "not_author"
        assert (await client.post(f"{at}/submit")).json()["status"] == "waiting"
        approved = (await colleague.post(f"{at}/approve")).json()
        assert (approved["status"], approved["approved_by_name"]) == ("sent", "测试员")
        actions = [entry["action"] for entry in (await client.get(f"{at}/history")).json()]
        assert actions == ["create", "submit", "decline", "submit", "approve"]

    async def test_there_is_a_cap_and_somebody_must_get_it(
        self, client_for: ClientFor, worker: Runtime, limits: Any
    ) -> None:
        limits(mass_notice_most=1)
        region = a_region()
        _, made = await drafted(client_for, an_officer(region=region))
        assert refusals(made)["send"] == refusals(made)["submit"] == "no_recipients"
        await units(worker, region, 2)
        client, made = await drafted(client_for, an_officer(region=region))
        for action in ("send", "submit"):
            assert (await client.post(f"{PATH}/{made['id']}/{action}")).json()["code"] == "too_many_recipients"

    async def test_an_office_has_so_many_a_day(self, client_for: ClientFor, worker: Runtime, limits: Any) -> None:
        limits(mass_notices_a_day=1)
        region = a_region()
        await units(worker, region, 1)
        actor = an_officer(region=region)
        answers = []
        for _ in range(2):
            client, made = await drafted(client_for, actor)
            answers.append(await client.post(f"{PATH}/{made['id']}/send"))
        assert [answer.status_code for answer in answers] == [200, 409]
        assert answers[1].json()["code"] == "too_many_today"

    async def test_what_is_recalled_goes_to_nobody_more(self, client_for: ClientFor, worker: Runtime) -> None:
        region, phone = a_region(), a_phone()
        (account,) = await units(worker, region, 1, phone=phone)
        client, made = await drafted(client_for, an_officer(region=region))
        at = f"{PATH}/{made['id']}"
        await client.post(f"{at}/send")
        await expand_notices(worker)
        assert (await client.post(f"{at}/recall")).status_code == 422
        recalled = (await client.post(f"{at}/recall", json={"reason": "日期有误"})).json()
        assert recalled["status"] == "recalled"
        assert [each["status"] for each in recalled["progress"]["deliveries"]] == ["expired"]
        async with worker.database.unit_of_work() as session:
            await session.execute(text("UPDATE deliveries SET due_at = now() WHERE done_at IS NULL"))
        await send_due(worker)
        assert await caught(worker, phone) == []
        reader = await client_for(app, make_actor(account_id=account.account_id))
        (message,) = (await reader.get("/api/notifications/messages")).json()["items"]
        assert (message["title"], "理由：日期有误" in message["body"]) == ("已撤回：请核对人员信息", True)


class TestEyes:
    async def test_colleagues_who_may_look_are_told_and_nobody_else(
        self, client_for: ClientFor, worker: Runtime, limits: Any
    ) -> None:
        limits(mass_notice_alone=1)
        region = a_region()
        await units(worker, region, 2)
        author = an_officer(region=region)
        others = await colleagues(worker, author, 2)
        office = {"organisation_id": author.organisation_id, "level": Level.COUNTY}
        await arrive(
            worker.database,
            [
                an_account(**office, permissions={Permission.TRAINING_OVERSIGHT}),
                an_account(**office, permissions={Permission.MASS_NOTICE}, active=False),
                an_account(level=Level.COUNTY, permissions={Permission.MASS_NOTICE}),
            ],
        )
        client, made = await drafted(client_for, author)
        assert (await client.post(f"{PATH}/{made['id']}/submit")).json()["status"] == "waiting"
        event = await recorded(worker, made["id"])
        assert {each.account_id for each in others} == set(event.account_ids)
        await arrive(worker.database, [event])
        await expand_notices(worker)
        for account in others:
            reader = await client_for(app, make_actor(account_id=account.account_id))
            (message,) = (await reader.get("/api/notifications/messages")).json()["items"]
            assert (message["kind"], message["title"]) == ("broadcast_waiting", "群发待复核：请核对人员信息")
            assert message["link"] == f"/broadcasts/{made['id']}"
            assert "收件账号 2 个" in message["body"]


async def recorded(worker: Runtime, broadcast_id: str) -> BroadcastSubmitted:
    async with worker.database.unit_of_work() as session:
        found = text("SELECT payload FROM events WHERE type = :type AND payload->>'broadcast_id' = :id")
        given = {"type": BroadcastSubmitted.type, "id": broadcast_id}
        return BroadcastSubmitted.model_validate(await session.scalar(found, given))
