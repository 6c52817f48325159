"""What an account wants by kind and channel, and how one press in a mail ends a kind of it."""

from typing import Any

import pytest

from services.notifications.deliveries.sending import _unsubscribe
from services.notifications.deliveries.tasks import send_due
from services.notifications.kinds import Channel
from services.notifications.main import app
from services.notifications.notices.catalogue import channels_of
from services.notifications.notices.tasks import expand_notices
from shared.identifiers import new_id
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.notifications.arrivals import a_phone, an_account, arrive, expiring, returned
from tests.services.notifications.outbox import caught, delivery_of, waiting

pytestmark = pytest.mark.req("BEY-03")
PATH = "/api/notifications/preferences"
KIND = "registration_returned"


async def _told(worker: Runtime, account: Any, event: Any) -> None:
    await arrive(worker.database, [event])
    await expand_notices(worker)
    await send_due(worker)


class TestChosen:
    async def test_every_kind_and_channel_is_listed_with_what_holds(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        account = an_account(sms_notices=False)
        await arrive(worker.database, [account])
        rows = await self._rows(client_for, account)
        said = {(row["kind"], row["channel"]): (row["wanted"], row["fixed"], row["reason"]) for row in rows}
        assert said[KIND, "sms"] == (False, False, "没有登记手机号码，请在个人设置中办理更换手机号")
        assert said[KIND, "email"][:2] == (True, False)
        assert said["account_expiring", "sms"] == (True, True, "该类消息必须接收，不能关闭")
        assert said["certificate_issued", "sms"] == (False, True, "该类消息不发短信，请在消息中心查看")

    async def _rows(self, client_for: ClientFor, account: Any, *more: Permission) -> list[dict[str, Any]]:
        actor = make_actor(Permission.GROUP_REGISTRATION, *more, account_id=account.account_id)
        rows: list[dict[str, Any]] = (await (await client_for(app, actor)).get(PATH)).json()
        return rows

    async def test_only_kinds_that_may_come_are_listed(self, client_for: ClientFor) -> None:
        unit = {row["kind"] for row in await self._rows(client_for, an_account())}
        assert {KIND, "plan_published", "account_expiring"} <= unit
        assert not {"declaration_due", "return_requested", "case_submitted", "platform_alarm"} & unit
        both = {row["kind"] for row in await self._rows(client_for, an_account(), Permission.HAZARD_DECLARATION)}
        assert both - unit >= {"declaration_due", "declaration_approved"}

    async def test_the_usual_holds_again(self, client_for: ClientFor, worker: Runtime) -> None:
        account = an_account()
        await arrive(worker.database, [account])
        client = await client_for(app, make_actor(Permission.GROUP_REGISTRATION, account_id=account.account_id))
        said = []
        for wanted in (False, None):
            rows = (await client.put(PATH, json={"kind": KIND, "channel": "email", "wanted": wanted})).json()
            (row,) = (each for each in rows if (each["kind"], each["channel"]) == (KIND, "email"))
            said.append((row["wanted"], row["usual"], row["chosen"]))
        assert said == [(False, True, True), (True, True, False)]

    async def test_a_choice_holds_for_its_kind_and_channel_alone(self, client_for: ClientFor, worker: Runtime) -> None:
        phone, address = a_phone(), f"{new_id().hex}@hospital.example.cn"
        account = an_account(phone=phone, email=address)
        await arrive(worker.database, [account])
        client = await client_for(app, make_actor(account_id=account.account_id))
        for _ in range(2):
            answer = await client.put(PATH, json={"kind": KIND, "channel": "sms", "wanted": False})
            assert answer.status_code == 200
        await _told(worker, account, returned(account.organisation_id))
        assert (len(await caught(worker, phone)), len(await caught(worker, address))) == (0, 1)
        await client.put(PATH, json={"kind": KIND, "channel": "sms", "wanted": True})
        await _told(worker, account, returned(account.organisation_id, "另一个原因"))
        assert len(await caught(worker, phone)) == 1

    async def test_what_must_be_sent_is_sent_and_refused_to_be_ended(
        self, client_for: ClientFor, worker: Runtime
    ) -> None:
        client = await client_for(app, make_actor())
        refused = await client.put(PATH, json={"kind": "account_expiring", "channel": "sms", "wanted": False})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "must_be_sent")
        nowhere = await client.put(PATH, json={"kind": "return_requested", "channel": "sms", "wanted": True})
        assert (nowhere.status_code, nowhere.json()["errors"][0]["code"]) == (422, "no_such_channel")

    @pytest.mark.parametrize(
        "body", [{}, [], {"kind": 7, "channel": "sms", "wanted": True}, {"kind": KIND, "channel": "fax", "wanted": True},
                 {"kind": KIND, "channel": "sms", "wanted": "maybe"}, {"kind": KIND, "channel": "sms", "wanted": True, "x": 1}]
    )  # fmt: skip
    async def test_what_makes_no_sense_is_refused(self, client_for: ClientFor, body: Any) -> None:
        assert (await (await client_for(app, make_actor())).put(PATH, json=body)).status_code == 422

    async def test_only_who_is_signed_in(self, client_for: ClientFor) -> None:
        assert (await (await client_for(app, None)).get(PATH)).status_code == 401


class TestLeaving:
    async def _link(self, worker: Runtime, account: Any) -> str:
        link = _unsubscribe(worker, await delivery_of(worker, account))
        assert link is not None
        return link.removeprefix(worker.settings.public_url)

    async def test_one_press_ends_the_kind_and_looking_does_not(self, client_for: ClientFor, worker: Runtime) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = await waiting(worker, email=address)
        link = await self._link(worker, account)
        client = await client_for(app, None)
        page = await client.get(link)
        assert (page.status_code, "不再接收" in page.text, "<form" in page.text) == (200, True, True)
        own = await client_for(app, make_actor(Permission.GROUP_REGISTRATION, account_id=account.account_id))
        wanted = {(row["kind"], row["channel"]): row["wanted"] for row in (await own.get(PATH)).json()}
        assert wanted[KIND, "email"]
        for _ in range(2):
            pressed = await client.post(link, data={"List-Unsubscribe": "One-Click"})
            assert pressed.status_code == 200
        changed = {(row["kind"], row["channel"]): row["wanted"] for row in (await own.get(PATH)).json()}
        assert {key for key, value in wanted.items() if value != changed[key]} == {(KIND, "email")}

    @pytest.mark.parametrize("token", ["x", "AAAA", "%00", "a" * 500])
    async def test_a_made_up_link_is_none(self, client_for: ClientFor, token: str) -> None:
        client = await client_for(app, None)
        for answer in (
            await client.get(f"/api/notifications/unsubscribe/{token}"),
            await client.post(f"/api/notifications/unsubscribe/{token}"),
        ):
            assert answer.status_code == 404

    async def test_a_mail_that_must_come_has_no_such_link(self, worker: Runtime) -> None:
        account = an_account(email=f"{new_id().hex}@hospital.example.cn")
        await arrive(worker.database, [account])
        await _told(worker, account, expiring(account.account_id))
        assert _unsubscribe(worker, await delivery_of(worker, account)) is None


def test_channels_are_those_of_the_texts() -> None:
    assert {channel for _, channel in channels_of()} == set(Channel)
