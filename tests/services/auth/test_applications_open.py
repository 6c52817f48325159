"""What opening does: a unit or a body, its account, its activation; and what opening must not do (AUTH-07, AUTH-08)."""

from datetime import date

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.desks.applications.models import Application
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.applicants import (
    BASE,
    RESIDENT_ID,
    account_of,
    act,
    body_form,
    errors_of,
    id_of,
    manager,
    newest_text,
    whole_form,
)
from tests.services.auth.conftest import Submitted
from tests.services.auth.records import add_account, new_mobile


@pytest.mark.req("AUTH-07", "STAFF-11")
class TestOpen:
    async def test_opening_makes_unit_and_account_and_sends_the_activation(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        form = whole_form(unit_name="南京市玄武区职业病诊断门诊部", email="a@example.cn")
        person = await submitted(**form)
        opened = await act(city, runtime, person, "open")
        assert (opened.status_code, opened.json()["status"]) == (200, "opened")
        account = await account_of(runtime, person)
        unit = account.organisation
        assert (account.portal, sorted(account.granted)) == (
            Portal.TRAINING,
            sorted({Grant.GROUP_REGISTRATION, Grant.HEALTH_EXAMINATION}),
        )
        assert (account.phone, account.resident_id, account.email) == (form["phone"], RESIDENT_ID, "a@example.cn")
        assert (account.valid_from, account.valid_until) == (
            date.fromisoformat(form["valid_from"]),
            date.fromisoformat(form["valid_until"]),
        )
        assert account.password_hash is None
        assert (unit.level, unit.region_code, unit.kinds) == (Level.UNIT, "320102", ["examination"])
        assert (unit.contact_name, unit.contact_phone) == (form["contact_name"], form["contact_phone"])
        words = await newest_text(runtime, form["phone"], "activation")
        assert account.login_name in words
        assert opened.json()["login_name"] == account.login_name

    @pytest.mark.req("FAQ-M1", "PLAT-05")
    async def test_the_applicant_follows_it_by_the_number_alone(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        await add_account(
            runtime,
            Grant.ACCOUNT_MANAGEMENT,
            level=Level.CITY,
            region="320700",
            portal=Portal.OFFICIALS,
            office_phone="0518-85510000",
        )
        form = whole_form(district_code="320706", jurisdiction_code="320706")
        person = await submitted(**form)
        waiting = await person.status()
        assert waiting["holder"]["phone"] == "0518-85510000"
        assert [step["state"] for step in waiting["steps"]] == ["done", "current", "waiting"]
        assert (waiting["person_name"], waiting["unit_name"]) == ("张**", form["unit_name"])
        assert {form["phone"], RESIDENT_ID, form["credit_code"]}.isdisjoint(set(map(str, waiting.values())))
        theirs = await client_for(app, manager(region="320700"))
        await act(theirs, runtime, person, "open", login_name=f"m{new_mobile()}")
        done = await person.status()
        phone = f"{form['phone'][:3]}****{form['phone'][-4:]}"
        assert done["next_step"].startswith(f"激活短信已发送至 {phone}")
        assert (await account_of(runtime, person)).login_name not in str(done)

    @pytest.mark.req("AUTH-08")
    async def test_a_further_account_joins_the_unit_with_other_roles(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        first = await submitted()
        await act(city, runtime, first, "open")
        code = (await account_of(runtime, first)).organisation.credit_code
        second = await submitted(
            **whole_form(credit_code=code, permissions=["diagnosis"], unit_kinds=["diagnosis"], unit_name="另一写法")
        )
        shown = (await city.get(f"{BASE}/{await id_of(runtime, second)}")).json()
        assert shown["existing_organisation"]["credit_code"] == code
        assert (await act(city, runtime, second, "open")).status_code == 200
        one, other = await account_of(runtime, first), await account_of(runtime, second)
        assert one.organisation_id == other.organisation_id
        assert other.granted == {Grant.DIAGNOSIS}
        assert one.login_name[:-2] == "myyy"
        assert other.login_name != one.login_name
        assert other.organisation.kinds == ["examination", "diagnosis"]

    @pytest.mark.req("AUTH-08")
    async def test_a_phone_that_got_an_account_meanwhile_is_a_clear_refusal(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        form = whole_form()
        person = await submitted(**form)
        await add_account(runtime, phone=form["phone"])
        refused = await act(city, runtime, person, "open")
        assert (refused.status_code, refused.json()["code"]) == (409, "phone_taken")
        assert (await person.status())["status"] == "submitted"

    async def test_a_login_name_may_be_given_and_is_taken_once(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        name = f"given{new_mobile()}"
        one, other = await submitted(), await submitted()
        assert (await act(city, runtime, one, "open", login_name=name)).json()["login_name"] == name
        refused = await act(city, runtime, other, "open", login_name=name)
        assert (refused.status_code, refused.json()["code"]) == (409, "login_name_taken")
        bad = await act(city, runtime, other, "open", login_name="名字")
        assert (bad.status_code, set(errors_of(bad))) == (422, {"login_name"})

    async def test_a_validity_that_ran_out_meanwhile_goes_back(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        person = await submitted()
        old = whole_form(valid_from="2023-01-01", valid_until="2024-01-01")
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(Application).where(Application.number == person.number))
            assert row is not None
            row.submitted_form = str(old).replace("'", '"').replace("True", "true")
        refused = await act(city, runtime, person, "open")
        assert (refused.status_code, refused.json()["code"]) == (409, "application_outdated")

    async def test_an_organisation_of_another_city_is_not_reached_by_its_code(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        elsewhere = await add_account(runtime, region="320508")
        person = await submitted(**whole_form(credit_code=elsewhere.organisation.credit_code))
        assert (await act(city, runtime, person, "open")).json()["code"] == "organisation_elsewhere"


@pytest.mark.req("AUTH-07", "X25")
class TestBodies:
    async def test_a_county_body_is_opened_by_its_city(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        person = await submitted(
            **body_form("320104", district_code="320104", permissions=["health_administration", "account_management"])
        )
        assert (await act(city, runtime, person, "open")).status_code == 200
        account = await account_of(runtime, person)
        assert (account.portal, account.organisation.level, account.organisation.region_code) == (
            Portal.OFFICIALS,
            Level.COUNTY,
            "320104",
        )
        assert "health_administration" in account.organisation.kinds

    @pytest.mark.parametrize(("place", "level"), [("320100", Level.CITY), ("320000", Level.PROVINCE)])
    async def test_nobody_opens_an_account_beside_or_above_ones_own(
        self,
        runtime: Runtime,
        submitted: Submitted,
        city: httpx.AsyncClient,
        client_for: ClientFor,
        place: str,
        level: Level,
    ) -> None:
        person = await submitted(**body_form(place))
        refused = await act(city, runtime, person, "open")
        assert (refused.status_code, refused.json()["code"]) == (409, "needs_superior")
        province = await client_for(app, manager(Level.PROVINCE, "320000"))
        assert (await act(province, runtime, person, "open")).status_code == 200
        assert (await account_of(runtime, person)).organisation.level is level

    async def test_a_body_that_is_registered_in_another_region_is_not_opened_here(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        body = await add_account(
            runtime, Grant.DISEASE_CONTROL, level=Level.COUNTY, region="320508", portal=Portal.OFFICIALS
        )
        person = await submitted(**body_form("320102", credit_code=body.organisation.credit_code))
        assert (await act(city, runtime, person, "open")).json()["code"] == "organisation_elsewhere"

    async def test_a_unit_does_not_become_a_body_by_its_code(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        unit = await add_account(runtime)
        person = await submitted(**body_form("320102", credit_code=unit.organisation.credit_code))
        assert (await act(city, runtime, person, "open")).json()["code"] == "organisation_differs"

    async def test_a_disabled_unit_gets_no_further_account(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        unit = await add_account(runtime)
        async with runtime.database.unit_of_work() as session:
            disabled = update(Organisation).where(Organisation.id == unit.organisation_id).values(status="disabled")
            await session.execute(disabled)
        person = await submitted(**whole_form(credit_code=unit.organisation.credit_code))
        assert (await act(city, runtime, person, "open")).json()["code"] == "organisation_disabled"
