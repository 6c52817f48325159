"""发送记录: who sees which deliveries, what is done about those that failed, and who is not reached."""

from typing import Any

import pytest
from sqlalchemy import text

from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.tasks import send_due
from services.notifications.main import app
from services.notifications.notices.tasks import expand_notices
from services.notifications.oversight.reasons import why
from shared.events.auth import AccountChanged, AccountTextReported
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.notifications.arrivals import a_phone, an_account, an_organisation, arrive, expiring
from tests.services.notifications.outbox import caught, delivery_of, waiting

pytestmark = pytest.mark.req("BEY-12", "STAFF-06")
PATH, UNREACHED = "/api/notifications/deliveries", "/api/notifications/unreached"
CITY = make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY)


async def ended(
    worker: Runtime, status: str, error: str | None = None, **changes: Any
) -> tuple[AccountChanged, Delivery]:
    """An account of a unit in 玄武区 whose text message has ended so."""
    phone = changes.pop("phone", a_phone())
    account = await waiting(worker, phone=phone, **changes)
    async with worker.database.unit_of_work() as session:
        given_up = (
            "UPDATE deliveries SET status = :status, last_error = :error, done_at = now(), attempts = 12"
            " FROM messages m WHERE m.id = message_id AND m.account_id = :account"
        )
        await session.execute(text(given_up), {"status": status, "error": error, "account": account.account_id})
    return account, await delivery_of(worker, account)


async def ids_of(client_for: ClientFor, actor: Actor, account: AccountChanged, **asked: Any) -> list[str]:
    client = await client_for(app, actor)
    found = await client.get(PATH, params={"person_name": account.person_name, "limit": 200, **asked})
    assert found.status_code == 200, found.text
    return [row["id"] for row in found.json()["items"]]


@pytest.mark.req("PLAT-06")
class TestScope:
    @pytest.mark.parametrize(
        ("actor", "sees"),
        [
            (CITY, True),
            (make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY), True),
            (make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region="320104"), False),
            (make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320500"), False),
            (make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY), False),
            (make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY), False),
            (make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE), True),
            (make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE, region="330000"), True),
        ],
    )
    async def test_an_official_sees_those_of_the_region_and_the_field(
        self, client_for: ClientFor, worker: Runtime, actor: Actor, *, sees: bool
    ) -> None:
        account, row = await ended(worker, "failed", person_name=f"李{new_id().hex[-8:]}")
        assert (str(row.id) in await ids_of(client_for, actor, account)) is sees
        client = await client_for(app, actor)
        for answer in (
            await client.get(f"{PATH}/{row.id}"),
            await client.get(f"{PATH}/{row.id}/history"),
            await client.post(f"{PATH}/{row.id}/send_again"),
        ):
            assert answer.status_code == (200 if sees else 404)

    async def test_what_an_account_is_told_is_its_manager_s(self, client_for: ClientFor, worker: Runtime) -> None:
        account = an_account(phone=a_phone(), person_name=f"李{new_id().hex[-8:]}")
        await arrive(worker.database, [account])
        await arrive(worker.database, [expiring(account.account_id)])
        await expand_notices(worker)
        manager = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY)
        assert len(await ids_of(client_for, manager, account)) == 1
        assert await ids_of(client_for, CITY, account) == []

    async def test_a_unit_is_refused(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert [(await client.get(path)).status_code for path in (PATH, UNREACHED)] == [403, 403]


class TestList:
    async def test_a_row_says_who_was_not_reached_and_why(self, client_for: ClientFor, worker: Runtime) -> None:
        phone, name = a_phone(), f"李{new_id().hex[-8:]}"
        account, row = await ended(worker, "failed", "isv.MOBILE_NUMBER_ILLEGAL", phone=phone, person_name=name)
        await arrive(worker.database, [an_organisation(account.organisation_id, name=f"{name}医院")])
        client = await client_for(app, CITY)
        (shown,) = (await client.get(PATH, params={"organisation_name": f"{name}医"})).json()["items"]
        assert (shown["id"], shown["status"], shown["kind_label"]) == (str(row.id), "failed", "报名退回")
        assert shown["address"] == f"139****{phone[-4:]}"
        assert shown["reason"] == "手机号码有误（isv.MOBILE_NUMBER_ILLEGAL）"
        read = (await client.get(f"{PATH}/{row.id}")).text
        assert phone not in read
        assert (await client.get(f"{PATH}/scope")).json() == {
            "words": "本机构辖区内各单位收到的培训类短信和邮件，以及本机构群发的"
        }

    async def test_filters_narrow_it(self, client_for: ClientFor, worker: Runtime) -> None:
        account, row = await ended(worker, "failed", person_name=f"李{new_id().hex[-8:]}")
        notice = (await (await client_for(app, CITY)).get(f"{PATH}/{row.id}")).json()["notice_id"]
        day = f"{row.created_at.astimezone():%Y-%m-%d}"
        for asked, found in (
            ({"status": ["failed", "unclear"], "channel": "sms", "kind": "registration_returned"}, True),
            ({"notice_id": notice}, True),
            ({"status": "sent"}, False),
            ({"channel": "email"}, False),
            ({"kind": "plan_published"}, False),
            ({"day_from": "2100-01-01"}, False),
            ({"day_to": "2000-01-01"}, False),
            ({"day_from": "2000-01-01", "day_to": "2100-01-01"}, True),
        ):
            assert (await ids_of(client_for, CITY, account, **asked) == [str(row.id)]) is found, (asked, day)

    def test_every_fault_has_words(self) -> None:
        assert why(None) is None
        assert why("too late") == "过了时效，没有发出"
        assert why("SMTP 550") == "邮箱不存在或拒收（SMTP 550）"
        assert why("F.Odd") == "服务商答复：F.Odd"


class TestAgain:
    async def test_what_failed_goes_to_the_number_of_today(self, client_for: ClientFor, worker: Runtime) -> None:
        account, row = await ended(worker, "failed", "HTTP 400")
        phone = a_phone()
        changed = an_account(**{**account.model_dump(exclude={"phone", "email"}), "phone": phone})
        await arrive(worker.database, [changed])
        client = await client_for(app, CITY)
        again = await client.post(f"{PATH}/{row.id}/send_again")
        assert (again.status_code, again.json()["status"]) == (200, "waiting")
        await send_due(worker)
        assert len(await caught(worker, phone)) == 1
        (entry,) = (await client.get(f"{PATH}/{row.id}/history")).json()
        assert (entry["action_label"], entry["actor_name"]) == (
            "重新发送",
            f"{CITY.organisation_name} {CITY.person_name}",
        )
        refused = await client.post(f"{PATH}/{row.id}/send_again")
        assert (refused.status_code, refused.json()["code"]) == (409, "status_is_sent")

    async def test_what_is_over_is_sent_to_nobody(self, client_for: ClientFor, worker: Runtime) -> None:
        _, row = await ended(worker, "failed")
        async with worker.database.unit_of_work() as session:
            await session.execute(text("UPDATE deliveries SET useless_at = now() WHERE id = :id"), {"id": row.id})
        client = await client_for(app, CITY)
        (action,) = (await client.get(f"{PATH}/{row.id}")).json()["allowed_actions"]
        assert (action["allowed"], action["code"]) == (False, "too_late")
        assert (await client.post(f"{PATH}/{row.id}/send_again")).json()["code"] == "too_late"

    @pytest.mark.req("BEY-03")
    async def test_what_its_reader_has_turned_off_since_stays_unsent(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        account, row = await ended(worker, "failed")
        reader = await client_for(app, make_actor(account_id=account.account_id))
        off = {"kind": row.kind, "channel": "sms", "wanted": False}
        assert (await reader.put("/api/notifications/preferences", json=off)).status_code == 200
        client = await client_for(app, CITY)
        (action,) = (await client.get(f"{PATH}/{row.id}")).json()["allowed_actions"]
        assert (action["allowed"], action["code"]) == (False, "turned_off")
        assert "电话" in action["reason"]
        assert (await client.post(f"{PATH}/{row.id}/send_again")).json()["code"] == "turned_off"
        both = {"delivery_ids": [str(row.id), str((await ended(worker, "failed"))[1].id)]}
        answer = (await client.post(f"{PATH}/send-again", json=both)).json()
        assert [each["code"] for each in answer["results"]] == ["turned_off", None]
        async with worker.database.unit_of_work() as session:
            await session.execute(text("UPDATE deliveries SET optional = false WHERE id = :id"), {"id": row.id})
        assert (await client.post(f"{PATH}/{row.id}/send_again")).json()["status"] == "waiting"

    async def test_what_is_unclear_is_decided_with_a_reason(self, client_for: ClientFor, worker: Runtime) -> None:
        client = await client_for(app, CITY)
        _, one = await ended(worker, "unclear")
        for action in ("send_again", "rule_sent"):
            assert (await client.post(f"{PATH}/{one.id}/{action}")).status_code == 422
        ruled = await client.post(f"{PATH}/{one.id}/rule_sent", json={"reason": "单位说收到了"})
        assert ruled.json()["status"] == "sent"
        _, other = await ended(worker, "unclear")
        again = await client.post(f"{PATH}/{other.id}/send_again", json={"reason": "单位说没有收到"})
        assert again.json()["status"] == "waiting"

    async def test_each_of_several_has_its_answer(self, client_for: ClientFor, worker: Runtime) -> None:
        rows = [(await ended(worker, status))[1].id for status in ("failed", "unclear", "sent")]
        _, foreign = await ended(worker, "failed", region_code="320501")
        ids = [str(each) for each in (*rows, foreign.id, new_id())]
        answer = (await (await client_for(app, CITY)).post(f"{PATH}/send-again", json={"delivery_ids": ids})).json()
        assert (answer["done"], answer["refused"]) == (1, 4)
        codes = [None, "needs_reason", "status_is_sent", "not_found", "not_found"]
        assert [(each["delivery_id"], each["code"]) for each in answer["results"]] == list(zip(ids, codes, strict=True))


class TestUnreached:
    async def _rows(self, client_for: ClientFor, name: str, **asked: Any) -> list[tuple[str, str]]:
        client = await client_for(app, CITY)
        answer = await client.get(UNREACHED, params={"organisation_name": name, **asked})
        return [(row["channel"], row["state"]) for row in answer.json()["items"]]

    @pytest.mark.req("AUTH-11")
    async def test_auths_own_messages_say_so_too(self, client_for: ClientFor, api: Runtime) -> None:
        account, name = an_account(phone=a_phone()), f"{new_id().hex[-8:]}医院"
        await arrive(api.database, [an_organisation(account.organisation_id, name=name), account])
        about = {"account_id": account.account_id, "text_id": new_id(), "code": "MK:0001"}
        for delivered, rows in ((False, [("sms", "undelivered")]), (True, [])):
            await arrive(api.database, [AccountTextReported(delivered=delivered, **about)])
            assert await self._rows(client_for, name) == rows

    async def test_wrong_numbers_and_who_wants_nothing_are_listed(self, client_for: ClientFor, worker: Runtime) -> None:
        phone = f"025{new_id().int % 10**8:08}"  # the catcher takes mobile numbers alone
        account = await waiting(worker, phone=phone)
        name = f"{new_id().hex[-8:]}医院"
        await arrive(worker.database, [an_organisation(account.organisation_id, name=name)])
        assert await self._rows(client_for, name) == []
        assert await self._rows(client_for, name, state="missing") == [("email", "missing")]
        await send_due(worker)
        assert await self._rows(client_for, name) == [("sms", "undelivered")]
        same = account.model_dump(exclude={"phone", "email"})
        await arrive(worker.database, [an_account(**{**same, "phone": phone, "sms_notices": False})])
        assert await self._rows(client_for, name) == [("sms", "undelivered")], "the number is the same"
        await arrive(worker.database, [an_account(**{**same, "phone": a_phone(), "sms_notices": False})])
        assert await self._rows(client_for, name) == [("sms", "off")]
