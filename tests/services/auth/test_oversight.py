"""管理员管理: who sees and acts on whom, and what an action leaves behind."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.sessions.lookup import fill_cache
from services.auth.access.texts.models import Text
from services.auth.directory.organisations.grantable import MANAGER, REPORTER
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.clock import beijing_today, now_utc, years_after
from shared.db.history import RecordType, history_of
from shared.events.log import EventRow
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from shared.web.callers import token_hash
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_mobile
from tests.services.auth.test_sessions import OpenApp, ask_another_service

ACCOUNTS = "/api/auth/accounts"
TODAY = beijing_today(now_utc())


async def city(client_for: ClientFor, region: str = "320100") -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region=region))


async def county_body(runtime: Runtime, region: str = "320113", **changes: Any) -> Account:
    grants = (Grant.DISEASE_CONTROL, Grant.ACCOUNT_MANAGEMENT)
    return await add_account(runtime, *grants, level=Level.COUNTY, region=region, portal=Portal.OFFICIALS, **changes)


async def change(runtime: Runtime, account: Account, **values: Any) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(Account).where(Account.id == account.id).values(**values))


async def texts_of(runtime: Runtime, account: Account) -> list[str]:
    async with runtime.database.unit_of_work() as session:
        found = await session.scalars(select(Text).where(Text.record_id == account.id).order_by(Text.id))
        return [text.words or "" for text in found]


async def traces_of(runtime: Runtime, account: Account) -> str:
    """All that histories and events say of the account."""
    async with runtime.database.unit_of_work() as session:
        history = await history_of(session, RecordType("account"), account.id)
        events = await session.scalars(
            select(EventRow.payload).where(EventRow.payload["account_id"].astext == str(account.id))
        )
        return str([(row.before, row.after, row.reason) for row in history]) + str(list(events))


@pytest.mark.req("FAQ-D18", "AUTH-29", "STAFF-11")
class TestReset:
    async def test_the_superior_sends_a_link_and_nobody_ever_sees_a_password(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, person = await county_body(runtime), visitor()
        for _ in range(5):
            await person.sign_in(account.login_name, "Wrong#20x")
        client = await city(client_for)
        answer = await client.post(f"{ACCOUNTS}/{account.id}/reset", json={"reason": "本人忘记密码，电话核实"})
        assert answer.status_code == 200
        assert (answer.json()["locked_until"], answer.json()["activated"]) == (None, False)
        (words,) = await texts_of(runtime, account)
        found = re.search(r"/activate#(\S+)", words)
        assert found
        told = answer.text + (await client.get(f"{ACCOUNTS}/{account.id}/history")).text
        told += await traces_of(runtime, account)
        for secret in (found[1], account.phone, "$argon2", "Wrong#20x"):
            assert secret not in told
        assert "本人忘记密码，电话核实" in told

    async def test_a_peer_and_a_stranger_may_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, reason = await county_body(runtime), {"reason": "x"}
        peer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.COUNTY, region="320113")
        refused = await (await client_for(app, peer)).post(f"{ACCOUNTS}/{account.id}/reset", json=reason)
        assert (refused.status_code, refused.json()["code"]) == (409, "needs_superior")
        stranger = await city(client_for, "320500")
        assert (await stranger.post(f"{ACCOUNTS}/{account.id}/reset", json=reason)).status_code == 404


@pytest.mark.req("AUTH-27", "STAFF-11")
class TestUnlock:
    async def test_support_unlocks_before_the_six_hours_are_over(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, client = await add_account(runtime), await city(client_for)
        early = await client.post(f"{ACCOUNTS}/{account.id}/unlock")
        assert (early.status_code, early.json()["code"]) == (409, "not_locked")
        for _ in range(5):
            await visitor().sign_in(account.login_name, "Wrong#20x")
        assert (await visitor().sign_in(account.login_name)).status_code == 423
        assert (await client.post(f"{ACCOUNTS}/{account.id}/unlock")).json()["locked_until"] is None
        assert (await visitor().sign_in(account.login_name)).status_code == 201
        history = (await client.get(f"{ACCOUNTS}/{account.id}/history")).json()
        assert "unlock" in [row["action"] for row in history]


@pytest.mark.req("STAFF-11")
class TestEndSessions:
    async def test_it_is_told_as_what_it_was(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        account, person, client = await add_account(runtime), visitor(), await city(client_for)
        token = (await person.sign_in(account.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        assert (await client.post(f"{ACCOUNTS}/{account.id}/end_sessions")).status_code == 200
        refused = await ask_another_service(open_app, token)
        assert refused.status_code == 401
        assert "停用" not in refused.json()["detail"]
        assert (await visitor().sign_in(account.login_name)).status_code == 201


@pytest.mark.req("ORG-12", "STAFF-11", "PLAT-06")
class TestList:
    async def test_each_filter_narrows_it(self, runtime: Runtime, client_for: ClientFor) -> None:
        name = "欧阳核"
        account = await add_account(runtime, region="320116", person_name=name, valid_days=20)
        await change(runtime, account, password_hash=None)
        client, organisation = await city(client_for), account.organisation.name
        soon, later = (TODAY + timedelta(days=20)).isoformat(), (TODAY + timedelta(days=21)).isoformat()
        for query, there in (
            ({"q": account.login_name.upper()}, True),
            ({"q": name}, True),
            ({"q": organisation[2:]}, True),
            ({"q": "csdw" + organisation[4:]}, True),
            ({"q": "没有此人"}, False),
            ({"status": ["active", "expired"]}, True),
            ({"status": "disabled"}, False),
            ({"portal": "training"}, True),
            ({"portal": "officials"}, False),
            ({"level": "unit"}, True),
            ({"level": "county"}, False),
            ({"region_code": "320116"}, True),
            ({"region_code": "320117"}, False),
            ({"organisation_id": str(account.organisation_id)}, True),
            ({"organisation_id": str(account.id)}, False),
            ({"locked": False}, True),
            ({"locked": True}, False),
            ({"expires_before": later}, True),
            ({"expires_before": soon}, False),
            ({"waiting_for_activation": True}, True),
            ({"waiting_for_activation": False}, False),
        ):
            page = await client.get(ACCOUNTS, params={"limit": 200, "sort": "-created_at", **query})
            assert (str(account.id) in [item["id"] for item in page.json()["items"]]) is there, query

    async def test_a_locked_account_is_found(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account = await add_account(runtime)
        for _ in range(5):
            await visitor().sign_in(account.login_name, "Wrong#20x")
        page = await (await city(client_for)).get(ACCOUNTS, params={"locked": True, "q": account.login_name})
        assert [(item["id"], bool(item["locked_until"])) for item in page.json()["items"]] == [(str(account.id), True)]


@pytest.mark.req("STAFF-11", "AUTH-17")
class TestCorrection:
    @pytest.mark.req("PLAT-03", "PLAT-04", "PLAT-05")
    async def test_new_grants_change_the_menu_at_once(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, person, client = await add_account(runtime), visitor(), await city(client_for)
        token = (await person.sign_in(account.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        url = f"{ACCOUNTS}/{account.id}"
        first = {"If-Match": (await client.get(url)).headers["ETag"]}
        body = {"grants": ["diagnosis"], "email": "clerk@platform.invalid"}
        changed = await client.patch(url, json=body, headers=first)
        assert (changed.status_code, changed.json()["grants"]) == (200, ["diagnosis"])
        state = await runtime.redis.get(f"session:{token_hash(token)}")
        assert state is None
        assert (await person.me()).json()["permissions"] == ["institution_filing"]
        assert (await client.patch(url, json=body, headers=first)).status_code == 412
        assert (await client.patch(url, json=body)).status_code == 428
        line = (await client.get(f"{url}/history")).json()[-1]
        assert (line["action"], line["before"]["grants"]) == ("update", ["group_registration"])
        assert line["after"]["grants"] == ["diagnosis"]
        assert "clerk@platform.invalid" not in await traces_of(runtime, account)

    @pytest.mark.req("X25")
    async def test_grants_fit_the_portal(self, runtime: Runtime, client_for: ClientFor) -> None:
        unit, body, client = await add_account(runtime), await county_body(runtime), await city(client_for)
        for account, grants in ((unit, ["disease_control"]), (body, ["group_registration"]), (unit, [])):
            url = f"{ACCOUNTS}/{account.id}"
            tag = {"If-Match": (await client.get(url)).headers["ETag"]}
            refused = await client.patch(url, json={"grants": grants}, headers=tag)
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["field"] == "grants"

    @pytest.mark.req("PLAT-06")
    async def test_only_who_stands_above_may(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await county_body(runtime)
        url, tag = f"{ACCOUNTS}/{account.id}", {"If-Match": '"1"'}
        news = {"person_name": "x"}
        assert (await (await city(client_for, "320500")).patch(url, json=news, headers=tag)).status_code == 404
        peer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.COUNTY, region="320113")
        refused = await (await client_for(app, peer)).patch(url, json=news, headers=tag)
        assert refused.json()["code"] == "needs_superior"


@pytest.mark.req("STAFF-11")
class TestOpening:
    def body(self, organisation: Organisation, **changes: Any) -> dict[str, Any]:
        return {
            "organisation_id": str(organisation.id),
            "person_name": "王五",
            "phone": new_mobile(),
            "grants": ["disease_control"],
            "valid_from": TODAY.isoformat(),
            "valid_until": years_after(TODAY, 2).isoformat(),
            **changes,
        }

    @pytest.mark.req("PLAT-05")
    async def test_its_holder_gets_a_link(self, runtime: Runtime, client_for: ClientFor) -> None:
        organisation = (await county_body(runtime)).organisation
        body = self.body(organisation)
        answer = await (await city(client_for)).post(ACCOUNTS, json=body)
        assert (answer.status_code, answer.json()["portal"], answer.json()["activated"]) == (201, "officials", False)
        assert re.fullmatch(r"csdw\d{2,}", answer.json()["login_name"])
        assert body["phone"] not in answer.text
        async with runtime.database.unit_of_work() as session:
            account = await session.get_one(Account, answer.json()["id"])
        # The other holders of the body are told of it, without the link.
        (words,) = [each for each in await texts_of(runtime, account) if "/activate#" in each]
        assert words.split("/activate#")[1].split()[0] not in answer.text + await traces_of(runtime, account)

    @pytest.mark.req("X25", "PLAT-02")
    @pytest.mark.parametrize(("level", "purpose"), [(Level.UNIT, REPORTER), (Level.COUNTY, MANAGER)])
    async def test_what_the_organisation_offers_is_taken_and_all_else_is_not(
        self, runtime: Runtime, client_for: ClientFor, level: Level, purpose: frozenset[Grant]
    ) -> None:
        opened = await (add_account(runtime) if level is Level.UNIT else county_body(runtime))
        organisation = opened.organisation
        client = await city(client_for)
        offered = (await client.get(f"/api/auth/organisations/{organisation.id}")).json()["grantable"]
        assert set(offered) == purpose
        other = sorted((REPORTER | MANAGER) - purpose)
        for grants, status in ((offered, 201), (other, 422)):
            assert (await client.post(ACCOUNTS, json=self.body(organisation, grants=grants))).status_code == status

    @pytest.mark.req("PLAT-06", "X25", "AUTH-05")
    async def test_what_is_refused(self, runtime: Runtime, client_for: ClientFor) -> None:
        organisation = (await county_body(runtime)).organisation
        client = await city(client_for)
        beyond = (years_after(TODAY, 3) + timedelta(days=1)).isoformat()
        for changes, field in (({"grants": ["diagnosis"]}, "grants"), ({"valid_until": beyond}, "valid_until")):
            refused = await client.post(ACCOUNTS, json=self.body(organisation, **changes))
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
        body = self.body(organisation)
        assert (await (await city(client_for, "320500")).post(ACCOUNTS, json=body)).status_code == 404
        peer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.COUNTY, region="320113")
        assert (await (await client_for(app, peer)).post(ACCOUNTS, json=body)).json()["code"] == "needs_superior"
