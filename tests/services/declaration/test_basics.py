"""注册信息修改: what an employer corrects itself, how its declarations and the directory follow, and the industries to choose from."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.auth.consumers import HANDLERS as AUTH_HANDLERS
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.main import app as auth_app
from services.declaration.consumers import HANDLERS
from services.declaration.employers.models import Employer
from services.declaration.main import app
from shared.crypto import Sealed
from shared.db.history import History
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events.auth import OrganisationChanged
from shared.events.declaration import EmployerChanged
from shared.events.log import EventRow
from shared.identity import SYSTEM
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.records import new_credit_code as new_code
from tests.services.declaration.records import URL, Cast, organisation
from tests.services.news import written

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
CURRENT = "/api/declaration/employers/current"
NEW = {
    "name": "南京新名机械有限公司",
    "address": "南京市玄武区龙蟠路1号",
    "legal_representative": "钱一鸣",
    "contact_name": "孙敏",
    "contact_phone": "13912345678",
}


async def edit(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    seen = await client.get(CURRENT)
    return await client.patch(CURRENT, json=changes, headers={"If-Match": seen.headers["etag"]})


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(URL)).json()["items"]
    return items


async def hear(database: Database, event: OrganisationChanged, *, later: int = 0) -> None:
    """Handles the directory's news as if written so many seconds from now."""
    with written(event, later=later):
        async with database.unit_of_work() as session:
            await HANDLERS[OrganisationChanged](session, event)


async def told(database: Database, cast: Cast) -> list[EmployerChanged]:
    """What auth was told of this employer, oldest first."""
    async with database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow)
            .where(EventRow.type == EmployerChanged.type)
            .where(EventRow.payload["employer_id"].astext == str(cast.actor.organisation_id))
            .order_by(EventRow.seq)
        )
        return [EmployerChanged.model_validate(row.payload) for row in rows]


def echo(cast: Cast, event: EmployerChanged, **changes: Any) -> OrganisationChanged:
    """What auth tells after it has followed the employer (services/auth follows every field of the event)."""
    basics = event.model_dump(exclude={"employer_id"})
    return organisation(cast.actor, **{**basics, **changes})


@pytest.mark.req("ORG-11", "FAQ-D4")
class TestEdit:
    async def test_the_change_shows_at_once_in_the_draft(self, cast: Cast) -> None:
        address = await cast.add()
        answer = (await edit(cast.employer, **NEW, region_code="320104")).json()
        assert answer["declaration"]["created"] is False
        assert address.endswith(answer["declaration"]["id"])
        record = (await cast.employer.get(address)).json()
        assert (record["employer_name"], record["region_code"]) == (NEW["name"], "320104")
        assert (record["address"], record["legal_representative"]) == (NEW["address"], NEW["legal_representative"])

    async def test_and_in_a_rejected_record(self, cast: Cast) -> None:
        address = await cast.rejected()
        await edit(cast.employer, name="改名后的公司")
        assert (await cast.employer.get(address)).json()["employer_name"] == "改名后的公司"
        last = (await cast.employer.get(f"{address}/history")).json()[-1]
        assert last["after"] == {"employer_name": "改名后的公司"}

    async def test_it_is_refused_while_one_is_reviewed_and_says_by_whom(self, cast: Cast, database: Database) -> None:
        address = await cast.submitted()
        answer = await edit(cast.employer, name="不能改")
        assert (answer.status_code, answer.json()["code"]) == (409, "declaration_pending")
        assert "江苏省南京市玄武区卫生健康部门" in answer.json()["detail"]
        assert "撤回" in answer.json()["detail"]
        assert address.endswith(answer.json()["declaration_id"])
        shown = (await cast.employer.get(CURRENT)).json()
        assert shown["name"] == cast.actor.organisation_name
        assert (shown["allowed_actions"][0]["allowed"], shown["allowed_actions"][0]["code"]) == (
            False,
            "declaration_pending",
        )
        assert await told(database, cast) == []
        await cast.county.post(f"{address}/open")
        assert "不能自行撤回" in (await edit(cast.employer, name="不能改")).json()["detail"]

    async def test_without_an_open_record_a_change_begins_filled_in_with_a_diff(self, cast: Cast) -> None:
        approved = await cast.approved()
        answer = (await edit(cast.employer, name=NEW["name"], legal_representative=NEW["legal_representative"])).json()
        assert {(c["field"], c["before"], c["after"]) for c in answer["changes"]} == {
            ("name", cast.actor.organisation_name, NEW["name"]),
            ("legal_representative", "", NEW["legal_representative"]),
        }
        begun = answer["declaration"]
        assert (begun["created"], begun["kind_label"], begun["status_label"]) == (True, "变更申报", "暂存")
        record = (await cast.employer.get(f"{URL}/{begun['id']}")).json()
        old = (await cast.employer.get(approved)).json()
        assert (record["employer_name"], record["change_reason"]) == (NEW["name"], "basics")
        for name in ("contact_name", "contact_phone", "staff_count", "surveillance_done", "hazards"):
            assert record[name] == old[name]
        assert record["problems"] == []
        assert old["employer_name"] == cast.actor.organisation_name

    async def test_who_has_never_declared_begins_with_the_first_declaration(self, cast: Cast) -> None:
        begun = (await edit(cast.employer, address=NEW["address"])).json()["declaration"]
        assert (begun["created"], begun["kind_label"]) == (True, "初次申报")

    async def test_nothing_new_changes_nothing(self, cast: Cast, database: Database) -> None:
        answer = (await edit(cast.employer, name=cast.actor.organisation_name)).json()
        assert (answer["changes"], answer["declaration"]) == ([], None)
        assert await told(database, cast) == [] == await listed(cast.employer)

    async def test_a_place_without_units_is_refused(self, cast: Cast) -> None:
        answer = await edit(cast.employer, region_code="320100")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "region_code")

    async def test_two_editors_cannot_overwrite_each_other(self, cast: Cast) -> None:
        seen = (await cast.employer.get(CURRENT)).headers["etag"]
        first = await cast.employer.patch(CURRENT, json={"name": "先"}, headers={"If-Match": seen})
        late = await cast.employer.patch(CURRENT, json={"name": "后"}, headers={"If-Match": seen})
        assert (first.status_code, late.status_code) == (200, 412)
        assert (await cast.employer.patch(CURRENT, json={"name": "后"})).status_code == 428

    async def test_a_disabled_unit_edits_nothing(self, cast: Cast, database: Database) -> None:
        await hear(database, organisation(cast.actor, active=False))
        assert (await edit(cast.employer, name="停用中")).json()["code"] == "employer_inactive"

    async def test_only_employers_edit(self, cast: Cast, client_for: ClientFor) -> None:
        assert (await cast.county.get(CURRENT)).status_code == 403

    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_the_phone_is_encrypted_and_masked(self, cast: Cast, database: Database) -> None:
        await edit(cast.employer, **NEW)
        assert (await cast.employer.get(CURRENT)).json()["contact_phone"] == NEW["contact_phone"]
        async with database.unit_of_work() as session:
            row = (await session.scalars(select(History).where(History.record_id == cast.actor.organisation_id))).one()
            logged = (await session.scalars(select(EventRow).where(EventRow.type == EmployerChanged.type))).all()
        assert row.after is not None
        assert row.after["contact_phone"] == "139****5678"
        assert (row.after["name"], row.actor_id) == (NEW["name"], cast.actor.account_id)
        assert not any(NEW["contact_phone"] in str(event.payload) for event in logged)


@pytest.mark.req("ORG-11")
class TestRoundTrip:
    async def test_auth_is_told_and_its_echo_changes_nothing(self, cast: Cast, database: Database) -> None:
        edited = await edit(cast.employer, **NEW, region_code="320104")
        (event,) = await told(database, cast)
        assert (event.name, event.region_code, event.address) == (NEW["name"], "320104", NEW["address"])
        assert event.contact_phone is not None
        assert event.contact_phone.open(field_cipher()) == NEW["contact_phone"]
        await hear(
            database, echo(cast, event, contact_phone=Sealed.seal(field_cipher(), NEW["contact_phone"])), later=5
        )
        seen = await cast.employer.get(CURRENT)
        assert seen.headers["etag"] == edited.headers["etag"]
        assert {name: seen.json()[name] for name in NEW} == NEW
        await hear(database, echo(cast, event, name="机构管理更名"), later=9)
        assert (await cast.employer.get(CURRENT)).json()["name"] == "机构管理更名"

    async def test_auth_s_own_words_end_the_wait(self, cast: Cast, database: Database, open_app: OpenApp) -> None:
        directory = (await open_app(auth_app)).database
        employer_id, code = cast.actor.organisation_id, new_code()
        unit = OrganisationOpen(
            name=cast.actor.organisation_name,
            short_name="单位",
            credit_code=code,
            level=Level.UNIT,
            region_code="320102",
        )
        async with directory.unit_of_work() as session:
            await open_organisation(session, actor=SYSTEM, body=unit, organisation_id=employer_id)
        await edit(cast.employer, **NEW, region_code="320104")
        for event in await told(database, cast):
            with written(event):
                async with directory.unit_of_work() as session:
                    await AUTH_HANDLERS[EmployerChanged](session, event)
        async with directory.unit_of_work() as session:
            rows = await session.scalars(
                select(EventRow)
                .where(EventRow.payload["organisation_id"].astext == str(employer_id))
                .order_by(EventRow.seq)
            )
            news = [OrganisationChanged.model_validate(row.payload) for row in rows]
        assert len(news) == 2
        for late, each in enumerate(news):
            await hear(database, each, later=late)
        async with database.unit_of_work() as session:
            employer = await session.get_one(Employer, employer_id)
        assert (employer.awaits_directory, employer.credit_code, employer.region_code) == (False, code, "320104")
        assert {name: getattr(employer, name) for name in NEW} == NEW

    async def test_the_echo_of_an_older_edit_does_not_undo_a_newer_one(self, cast: Cast, database: Database) -> None:
        await edit(cast.employer, name="第一次")
        await edit(cast.employer, name="第二次")
        first, second = await told(database, cast)
        (draft,) = await listed(cast.employer)
        await hear(database, echo(cast, first), later=5)
        assert (await cast.employer.get(CURRENT)).json()["name"] == "第二次"
        assert (await cast.employer.get(f"{URL}/{draft['id']}")).json()["employer_name"] == "第二次"
        await hear(database, echo(cast, second), later=6)
        await hear(database, echo(cast, second, address="机构管理改的地址"), later=7)
        seen = (await cast.employer.get(CURRENT)).json()
        assert (seen["name"], seen["address"]) == ("第二次", "机构管理改的地址")

    async def test_what_only_the_directory_decides_is_followed_meanwhile(self, cast: Cast, database: Database) -> None:
        await edit(cast.employer, name="等待目录")
        await hear(database, organisation(cast.actor, active=False, branch_no="02"), later=5)
        async with database.unit_of_work() as session:
            employer = await session.get_one(Employer, cast.actor.organisation_id)
        assert (employer.name, employer.active, employer.branch_no) == ("等待目录", False, "02")

    async def test_the_directory_s_basics_are_kept_and_older_news_is_not(self, cast: Cast, database: Database) -> None:
        phone = Sealed.seal(field_cipher(), "13911112222")
        news = organisation(
            cast.actor, name="新", address="新址", legal_representative="法人", contact_name="联系", contact_phone=phone
        )
        await hear(database, news, later=60)
        await hear(database, organisation(cast.actor, name="旧", address="旧址"), later=30)
        seen = (await cast.employer.get(CURRENT)).json()
        assert (seen["name"], seen["address"], seen["legal_representative"]) == ("新", "新址", "法人")
        assert (seen["contact_name"], seen["contact_phone"]) == ("联系", "13911112222")


@pytest.mark.req("ORG-13", "FAQ-D13")
class TestIndustries:
    async def test_no_drop_down_is_ever_blank(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        url = "/api/declaration/industries"
        top = (await client.get(url)).json()
        assert [(top[0]["code"], top[0]["name"]), len(top)] == [("A", "农、林、牧、渔业"), 20]
        for entry in top:
            below = (await client.get(url, params={"parent": entry["code"]})).json()
            assert bool(below) is entry["has_children"] is True
            assert {each["parent"] for each in below} == {entry["code"]}
        unknown = await client.get(url, params={"parent": "ZZ9"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "industry_unknown")
