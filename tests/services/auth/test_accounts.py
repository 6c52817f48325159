"""Accounts for those who oversee them, and what opening one promises."""

from typing import Any

import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.service import LoginNameTaken, PhoneTaken
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import CreditCodeTaken, open_organisation
from services.auth.main import app
from shared.crypto import Sealed
from shared.events.log import EventRow
from shared.identity import SYSTEM
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_credit_code, new_mobile

ACCOUNTS = "/api/auth/accounts"


def manager(level: Level = Level.CITY, region: str = "320100") -> Any:
    return make_actor(Permission.ACCOUNT_MANAGEMENT, level=level, region=region)


async def events_of(runtime: Runtime, kind: str, key: str, value: str) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == kind, EventRow.payload[key].astext == value)
            .order_by(EventRow.seq)
        )
        return list(rows)


@pytest.mark.req("X18")
class TestPhone:
    @pytest.mark.parametrize("portal", [Portal.TRAINING, Portal.OFFICIALS])
    async def test_a_phone_serves_one_active_account_of_a_portal(self, runtime: Runtime, portal: Portal) -> None:
        phone = new_mobile()
        await add_account(runtime, phone=phone, portal=portal)
        with pytest.raises(PhoneTaken):
            await add_account(runtime, phone=phone, portal=portal)

    async def test_portals_do_not_share_it(self, runtime: Runtime) -> None:
        phone = new_mobile()
        for portal in (Portal.TRAINING, Portal.OFFICIALS, Portal.ENTERPRISE):
            await add_account(runtime, phone=phone, portal=portal)

    async def test_an_employers_phone_may_serve_several_units(self, runtime: Runtime) -> None:
        phone = new_mobile()
        for _ in range(2):
            await add_account(runtime, Grant.HAZARD_DECLARATION, phone=phone, portal=Portal.ENTERPRISE)

    async def test_a_disabled_account_frees_it_and_cannot_come_back_over_another(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        phone = new_mobile()
        first, client = await add_account(runtime, phone=phone), await client_for(app, manager())
        await client.post(f"{ACCOUNTS}/{first.id}/disable", json={"reason": "人员离职"})
        await add_account(runtime, phone=phone)
        answer = await client.post(f"{ACCOUNTS}/{first.id}/enable")
        assert (answer.status_code, answer.json()["code"]) == (409, "phone_taken")

    @pytest.mark.req("PLAT-05")
    async def test_it_is_encrypted_at_rest_and_masked_in_answers(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        async with runtime.database.unit_of_work() as session:
            stored = (await session.execute(select(Account.__table__).where(Account.id == account.id))).mappings().one()
            raw = await session.connection()
            row = (await raw.exec_driver_sql(f"SELECT phone FROM accounts WHERE id = '{account.id}'")).scalar_one()
        assert stored["phone"] == account.phone
        assert account.phone.encode() not in bytes(row)
        text = (await (await client_for(app, manager())).get(f"{ACCOUNTS}/{account.id}")).text
        assert account.phone not in text
        assert f"{account.phone[:3]}****{account.phone[-4:]}" in text


class TestOpening:
    async def test_a_login_name_is_taken_once_in_any_case(self, runtime: Runtime) -> None:
        name = (await add_account(runtime)).login_name
        with pytest.raises(LoginNameTaken):
            await add_account(runtime, login_name=name.upper())

    @pytest.mark.req("X22")
    async def test_a_credit_code_is_taken_once_per_branch(self, runtime: Runtime) -> None:
        values = {"name": "总院", "short_name": "总院", "level": Level.UNIT, "region_code": "320102"}
        code = new_credit_code()
        async with runtime.database.unit_of_work() as session:
            for branch in ("", "1"):
                body = OrganisationOpen(credit_code=code, branch_no=branch, **values)
                await open_organisation(session, actor=SYSTEM, body=body)
            with pytest.raises(CreditCodeTaken):
                await open_organisation(session, actor=SYSTEM, body=OrganisationOpen(credit_code=code, **values))

    @pytest.mark.req("PLAT-05", "PLAT-11")
    async def test_the_others_are_told_with_phone_and_email_sealed(self, runtime: Runtime) -> None:
        account = await add_account(runtime, email="clerk@platform.invalid")
        (told,) = await events_of(runtime, "auth.account.changed.v1", "account_id", str(account.id))
        assert sorted(told["permissions"]) == ["group_registration", "institution_filing"]
        assert account.phone not in str(told)
        assert Sealed(told["phone"]).open(runtime.cipher) == account.phone
        assert Sealed(told["email"]).open(runtime.cipher) == "clerk@platform.invalid"
        organisation_id = str(account.organisation_id)
        (unit,) = await events_of(runtime, "auth.organisation.changed.v1", "organisation_id", organisation_id)
        assert (unit["level"], unit["region_code"], unit["active"]) == ("unit", "320102", True)


@pytest.mark.req("STAFF-11", "PLAT-06")
class TestOversight:
    async def test_a_manager_sees_the_own_region_and_below(self, runtime: Runtime, client_for: ClientFor) -> None:
        inside = await add_account(runtime, region="320102")
        outside = await add_account(runtime, region="320508")
        for actor, seen in (
            (manager(), [inside]),
            (manager(Level.PROVINCE, "320000"), [inside, outside]),
            (manager(Level.COUNTY, "320102"), [inside]),
            (manager(Level.COUNTY, "320104"), []),
            (make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.UNIT), []),
        ):
            client = await client_for(app, actor)
            for account in (inside, outside):
                expected = 200 if account in seen else 404
                assert (await client.get(f"{ACCOUNTS}/{account.id}")).status_code == expected
                assert (await client.get(f"{ACCOUNTS}/{account.id}/history")).status_code == expected

    async def test_the_list_holds_the_region_alone(self, runtime: Runtime, client_for: ClientFor) -> None:
        inside = await add_account(runtime, region="320923")
        await add_account(runtime, region="320102")
        client = await client_for(app, manager(Level.CITY, "320900"))
        page = (await client.get(ACCOUNTS, params={"status": "active", "portal": "training"})).json()
        assert [item["id"] for item in page["items"]] == [str(inside.id)]
        assert (await client.get(ACCOUNTS, params={"portal": "officials"})).json()["items"] == []

    async def test_others_have_no_list(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="320000"))
        assert (await client.get(ACCOUNTS)).status_code == 403
        assert (await (await client_for(app, None)).get(ACCOUNTS)).status_code == 401

    async def test_a_strangers_account_cannot_be_disabled(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime, region="320508")
        answer = await (await client_for(app, manager())).post(f"{ACCOUNTS}/{account.id}/disable", json={"reason": "x"})
        assert answer.status_code == 404


@pytest.mark.req("STAFF-11", "PLAT-02")
class TestDisable:
    async def test_it_ends_the_session_at_once_and_refuses_the_next(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        assert (await person.me()).status_code == 200
        client = await client_for(app, manager())
        answer = await client.post(f"{ACCOUNTS}/{account.id}/disable", json={"reason": "人员离职"})
        assert answer.json()["status_label"] == "停用"
        assert {a["action"]: a["allowed"] for a in answer.json()["allowed_actions"]} == {
            "enable": True,
            "disable": False,
            "extend": False,
            "reset": False,
        }
        told = await person.me()
        assert (told.status_code, "停用" in told.json()["detail"]) == (401, True)
        refused = await person.sign_in(account.login_name)
        assert (refused.status_code, refused.json()["code"]) == (403, "account_disabled")
        assert (await client.post(f"{ACCOUNTS}/{account.id}/enable")).status_code == 200
        assert (await person.sign_in(account.login_name)).status_code == 201
        told_others = await events_of(runtime, "auth.account.changed.v1", "account_id", str(account.id))
        assert [event["active"] for event in told_others] == [True, False, True]
        history = (await client.get(f"{ACCOUNTS}/{account.id}/history")).json()
        expected = ["open", "sign_in", "end_session", "disable", "refuse_sign_in", "enable", "sign_in"]
        assert sorted(row["action"] for row in history) == sorted(expected)

    async def test_it_needs_a_reason(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        answer = await (await client_for(app, manager())).post(f"{ACCOUNTS}/{account.id}/disable")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")

    async def test_nobody_disables_the_own_account(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime, Grant.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        actor = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100", account_id=account.id)
        answer = await (await client_for(app, actor)).post(f"{ACCOUNTS}/{account.id}/disable", json={"reason": "x"})
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")

    @pytest.mark.req("AUTH-27")
    async def test_a_manager_sees_that_an_account_is_locked(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, person, client = await add_account(runtime), visitor(), await client_for(app, manager())
        assert (await client.get(f"{ACCOUNTS}/{account.id}")).json()["locked_until"] is None
        for _ in range(5):
            await person.sign_in(account.login_name, "Wrong#20x")
        assert (await client.get(f"{ACCOUNTS}/{account.id}")).json()["locked_until"]


@pytest.mark.req("PLAT-08", "ORG-12")
class TestFoundByInitials:
    @pytest.mark.parametrize("query", ["zxm", "ZXM", "cxm", "曾小", "小明"])
    async def test_the_holder_is_found_by_initials_of_each_reading(
        self, runtime: Runtime, client_for: ClientFor, query: str
    ) -> None:
        account = await add_account(runtime, person_name="曾小明")
        client = await client_for(app, manager())
        asked = {"q": query, "organisation_id": str(account.organisation_id)}
        found = (await client.get(ACCOUNTS, params=asked)).json()["items"]
        assert [each["id"] for each in found] == [str(account.id)]
        none = (await client.get(ACCOUNTS, params={**asked, "q": "qqq"})).json()["items"]
        assert none == []

    async def test_a_new_holder_is_found_and_the_old_one_is_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime, person_name="曾小明")
        async with runtime.database.unit_of_work() as session:
            (await session.get_one(Account, account.id)).person_name = "单·田芳"
        client = await client_for(app, manager())
        for query, count in {"stf": 1, "zxm": 0, "单•田芳": 1, "_": 0, "%": 0}.items():
            asked = {"q": query, "organisation_id": str(account.organisation_id)}
            found = (await client.get(ACCOUNTS, params=asked)).json()["items"]
            assert len(found) == count, query
