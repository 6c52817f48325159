"""机构管理: seen by region, corrected by whoever stands above, switched alone or with everyone below."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.sessions.lookup import fill_cache
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import OrganisationKind, OrganisationStatus
from services.auth.main import app
from shared.crypto import Sealed
from shared.events.log import EventRow
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from shared.web.callers import token_hash
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account, new_mobile
from tests.services.auth.test_sessions import OpenApp, ask_another_service

ORGANISATIONS = "/api/auth/organisations"
CDC, COMMISSION = OrganisationKind.DISEASE_CONTROL, OrganisationKind.HEALTH_ADMINISTRATION


async def manager(client_for: ClientFor, level: Level, region: str, **changes: Any) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=level, region=region, **changes))


async def add_body(
    runtime: Runtime, level: Level, region: str, kind: OrganisationKind = CDC, **changes: Any
) -> Account:
    """An account of a body of this level and kind."""
    grants = (Grant.DISEASE_CONTROL,) if level is not Level.UNIT else (Grant.GROUP_REGISTRATION,)
    portal = Portal.OFFICIALS if level is not Level.UNIT else Portal.TRAINING
    account = await add_account(runtime, *grants, level=level, region=region, portal=portal, **changes)
    async with runtime.database.unit_of_work() as session:
        (await session.get_one(Organisation, account.organisation_id)).kinds = [kind.value]
    return account


async def statuses(runtime: Runtime, account: Account) -> tuple[OrganisationStatus, AccountStatus]:
    """(of its organisation, of itself) now."""
    async with runtime.database.unit_of_work() as session:
        found = await session.get_one(Account, account.id)
        return found.organisation.status, found.status


async def events_of(runtime: Runtime, organisation_id: UUID) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        found = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.payload["organisation_id"].astext == str(organisation_id))
            .where(EventRow.type == "auth.organisation.changed.v1")
            .order_by(EventRow.seq)
        )
        return list(found)


@dataclass
class Region:
    """A city with a county, their bodies, and a unit there."""

    city: Account
    county: Account
    other_kind: Account
    unit: Account
    elsewhere: Account


@pytest.fixture
async def region(runtime: Runtime) -> Region:
    return Region(
        city=await add_body(runtime, Level.CITY, "320600"),
        county=await add_body(runtime, Level.COUNTY, "320613"),
        other_kind=await add_body(runtime, Level.COUNTY, "320613", COMMISSION),
        unit=await add_body(runtime, Level.UNIT, "320613"),
        elsewhere=await add_body(runtime, Level.COUNTY, "320703"),
    )


ON, OFF = (OrganisationStatus.ACTIVE, AccountStatus.ACTIVE), (OrganisationStatus.DISABLED, AccountStatus.DISABLED)
ALONE = (OrganisationStatus.DISABLED, AccountStatus.ACTIVE)


@pytest.mark.req("ORG-12")
class TestSwitch:
    async def test_with_everyone_below_takes_the_bodies_of_its_kind_and_no_unit(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        province = await manager(client_for, Level.PROVINCE, "320000")
        url = f"{ORGANISATIONS}/{region.city.organisation_id}"
        body = {"reason": "机构改革", "with_below": True}
        answer = await province.post(f"{url}/disable", json=body)
        assert (answer.status_code, answer.json()["status_label"]) == (200, "停用")
        kept = (region.other_kind, region.unit, region.elsewhere)
        assert [await statuses(runtime, each) for each in (region.city, region.county)] == [OFF, OFF]
        assert [await statuses(runtime, each) for each in kept] == [ON, ON, ON]
        history = (await province.get(f"{ORGANISATIONS}/{region.county.organisation_id}/history")).json()
        assert (history[-1]["action"], history[-1]["reason"]) == ("disable", "机构改革")
        assert (await events_of(runtime, region.county.organisation_id))[-1]["active"] is False
        accounts = await province.get(f"/api/auth/accounts/{region.county.id}/history")
        assert accounts.json()[-1]["reason"] == "机构改革"
        answer = await province.post(f"{url}/enable", json={"with_below": True})
        assert [await statuses(runtime, each) for each in (region.city, region.county)] == [ON, ON]

    async def test_alone_signs_its_people_out_everywhere_and_leaves_their_accounts(
        self, runtime: Runtime, client_for: ClientFor, region: Region, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        person = visitor()
        token = (await person.sign_in(region.unit.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        assert (await ask_another_service(open_app, token)).status_code == 422
        city = await manager(client_for, Level.CITY, "320600")
        url = f"{ORGANISATIONS}/{region.unit.organisation_id}"
        assert (await city.post(f"{url}/disable", json={"reason": "停业"})).status_code == 200
        refused = await ask_another_service(open_app, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
        assert "停用" in refused.json()["detail"]
        assert await statuses(runtime, region.unit) == ALONE
        again = await person.sign_in(region.unit.login_name)
        assert (again.status_code, again.json()["code"]) == (403, "account_disabled")
        assert (await city.post(f"{url}/enable")).status_code == 200
        assert (await person.sign_in(region.unit.login_name)).status_code == 201

    async def test_enabling_alone_leaves_a_disabled_account_disabled(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        city = await manager(client_for, Level.CITY, "320600")
        url = f"{ORGANISATIONS}/{region.county.organisation_id}"
        await city.post(f"{url}/disable", json={"reason": "停用", "with_below": True})
        await city.post(f"{url}/enable", json={})
        assert await statuses(runtime, region.county) == (OrganisationStatus.ACTIVE, AccountStatus.DISABLED)

    async def test_what_was_disabled_by_itself_does_not_come_back_with_the_others(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        province = await manager(client_for, Level.PROVINCE, "320000")
        url, accounts = f"{ORGANISATIONS}/{region.city.organisation_id}", "/api/auth/accounts"
        await province.post(f"{accounts}/{region.county.id}/disable", json={"reason": "离职"})
        await province.post(f"{url}/disable", json={"reason": "机构改革", "with_below": True})
        await province.post(f"{url}/enable", json={"with_below": True})
        assert await statuses(runtime, region.county) == (OrganisationStatus.ACTIVE, AccountStatus.DISABLED)

    @pytest.mark.req("PLAT-06")
    async def test_only_who_stands_above_may(self, runtime: Runtime, client_for: ClientFor, region: Region) -> None:
        url, reason = f"{ORGANISATIONS}/{region.county.organisation_id}/disable", {"reason": "x"}
        peer = await manager(client_for, Level.COUNTY, "320613")
        refused = await peer.post(url, json=reason)
        assert (refused.status_code, refused.json()["code"]) == (409, "needs_superior")
        own = await manager(client_for, Level.COUNTY, "320613", organisation_id=region.county.organisation_id)
        assert (await own.post(url, json=reason)).json()["code"] == "own_organisation"
        stranger = await manager(client_for, Level.CITY, "320100")
        assert (await stranger.post(url, json=reason)).status_code == 404
        clerk = await client_for(app, make_actor(Permission.GROUP_REGISTRATION, region="320613"))
        assert (await clerk.post(url, json=reason)).status_code == 403
        assert await statuses(runtime, region.county) == ON

    @pytest.mark.req("X18")
    async def test_a_phone_that_another_uses_by_now_stops_it_whole(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        phone = new_mobile()
        account = await add_body(runtime, Level.UNIT, "320613", phone=phone)
        city, url = await manager(client_for, Level.CITY, "320600"), f"{ORGANISATIONS}/{account.organisation_id}"
        await city.post(f"{url}/disable", json={"reason": "停业", "with_below": True})
        await add_body(runtime, Level.UNIT, "320613", phone=phone)
        answer = await city.post(f"{url}/enable", json={"with_below": True})
        assert (answer.status_code, answer.json()["code"]) == (409, "phone_taken")
        assert await statuses(runtime, account) == OFF


@pytest.mark.req("ORG-12", "PLAT-06")
class TestList:
    async def test_each_filter_narrows_it(self, runtime: Runtime, client_for: ClientFor, region: Region) -> None:
        city = await manager(client_for, Level.CITY, "320600")
        name = region.county.organisation.name
        await city.post(f"{ORGANISATIONS}/{region.county.organisation_id}/disable", json={"reason": "x"})
        own = str(region.county.organisation_id)
        for query, there in (
            ({"q": name}, True),
            ({"q": "csdw" + name[4:]}, True),
            ({"q": region.county.organisation.credit_code}, True),
            ({"q": "没有这个单位"}, False),
            ({"status": "disabled"}, True),
            ({"status": "active"}, False),
            ({"level": "county"}, True),
            ({"level": "city"}, False),
            ({"kind": "disease_control"}, True),
            ({"kind": "examination"}, False),
            ({"region_code": "320613"}, True),
            ({"region_code": "320681"}, False),
        ):
            page = await city.get(ORGANISATIONS, params={"limit": 200, **query})
            assert (own in [item["id"] for item in page.json()["items"]]) is there, query

    async def test_it_holds_the_own_region_alone(self, runtime: Runtime, client_for: ClientFor, region: Region) -> None:
        for level, code, seen in (
            (Level.CITY, "320600", True),
            (Level.PROVINCE, "320000", True),
            (Level.COUNTY, "320613", True),
            (Level.CITY, "320700", False),
        ):
            client = await manager(client_for, level, code)
            page = (await client.get(ORGANISATIONS, params={"q": region.county.organisation.name})).json()
            assert bool(page["items"]) is seen
            for tail in ("", "/history"):
                answer = await client.get(f"{ORGANISATIONS}/{region.county.organisation_id}{tail}")
                assert answer.status_code == (200 if seen else 404)
        assert (await (await client_for(app, None)).get(ORGANISATIONS)).status_code == 401
        unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await unit.get(ORGANISATIONS)).status_code == 403

    async def test_pages_hold_each_once(self, runtime: Runtime, client_for: ClientFor, region: Region) -> None:
        city, seen, cursor = await manager(client_for, Level.CITY, "320600"), [], None
        while True:
            query = {"limit": "2", "sort": "-name", **({"cursor": cursor} if cursor else {})}
            page = (await city.get(ORGANISATIONS, params=query)).json()
            seen += [item["id"] for item in page["items"]]
            if not (cursor := page["next_cursor"]):
                break
        assert len(seen) == len(set(seen)) == page["total"]


@pytest.mark.req("ORG-12")
class TestCorrection:
    @pytest.mark.req("PLAT-03", "PLAT-04", "PLAT-05")
    async def test_it_is_remembered_and_told_and_no_phone_in_clear(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        city, url = await manager(client_for, Level.CITY, "320600"), f"{ORGANISATIONS}/{region.unit.organisation_id}"
        first = {"If-Match": (await city.get(url)).headers["ETag"]}
        contact = new_mobile()
        body = {
            "name": "南通市崇川区改名医院",
            "address": "工农路1号",
            "contact_name": "李四",
            "contact_phone": contact,
        }
        changed = await city.patch(url, json=body, headers=first)
        assert (changed.status_code, changed.json()["name"]) == (200, body["name"])
        assert contact not in changed.text
        assert (await city.patch(url, json={"address": "x"}, headers=first)).status_code == 412
        assert (await city.patch(url, json={"address": "x"})).status_code == 428
        history = await city.get(f"{url}/history")
        assert contact not in history.text
        assert history.json()[-1]["after"]["address"] == "工农路1号"
        told = (await events_of(runtime, region.unit.organisation_id))[-1]
        assert contact not in str(told)
        assert (told["name"], Sealed(told["contact_phone"]).open(runtime.cipher)) == (body["name"], contact)
        found = await city.get(ORGANISATIONS, params={"q": "ccqgmyy"})
        assert [item["name"] for item in found.json()["items"]] == [body["name"]]

    async def test_nothing_changed_is_nothing_remembered(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        city, url = await manager(client_for, Level.CITY, "320600"), f"{ORGANISATIONS}/{region.unit.organisation_id}"
        tag = (await city.get(url)).headers["ETag"]
        same = await city.patch(url, json={"name": region.unit.organisation.name}, headers={"If-Match": tag})
        assert same.headers["ETag"] == tag
        assert len((await city.get(f"{url}/history")).json()) == 1

    @pytest.mark.req("ORG-13", "PLAT-06")
    async def test_it_moves_within_the_region_and_to_a_valid_one(
        self, runtime: Runtime, client_for: ClientFor, region: Region, visitor: NewVisitor
    ) -> None:
        person = visitor()
        token = (await person.sign_in(region.unit.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        city, url = await manager(client_for, Level.CITY, "320600"), f"{ORGANISATIONS}/{region.unit.organisation_id}"
        for code, error in (
            ("320102", "region_outside"),
            ("329999", "region_unknown"),
            ("320600", "region_other_level"),
        ):
            tag = {"If-Match": (await city.get(url)).headers["ETag"]}
            refused = await city.patch(url, json={"region_code": code}, headers=tag)
            assert [each["code"] for each in refused.json()["errors"]] == [error]
        moved = await city.patch(url, json={"region_code": "320681"}, headers=tag)
        assert moved.json()["region_code"] == "320681"
        state = await fill_cache(runtime, token_hash(token))
        assert state.actor is not None
        assert state.actor.region_code == "320681"
        assert (await person.me()).json()["organisation"]["region_code"] == "320681"

    @pytest.mark.req("PLAT-06")
    async def test_who_does_not_stand_above_may_not(
        self, runtime: Runtime, client_for: ClientFor, region: Region
    ) -> None:
        url = f"{ORGANISATIONS}/{region.county.organisation_id}"
        change: dict[str, Any] = {"json": {"name": "x"}, "headers": {"If-Match": '"1"'}}
        stranger = await manager(client_for, Level.CITY, "320100")
        assert (await stranger.patch(url, **change)).status_code == 404
        peer = await manager(client_for, Level.COUNTY, "320613")
        assert (await peer.patch(url, **change)).json()["code"] == "needs_superior"
