"""Nobody's desk (AUTH-05, AUTH-07, AUTH-22, AUTH-26): what is filed lies with somebody who may decide it, at the level that it belongs
to or at the next one up, and the applicant is told who that is; what nobody would ever see is refused at its field.
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from services.auth.access.accounts.models import Account
from services.auth.desks.applications import tasks as application_tasks
from services.auth.desks.applications.models import Application
from services.auth.desks.cases import tasks as case_tasks
from services.auth.desks.cases.models import Case
from services.auth.directory.organisations.models import Organisation
from services.auth.main import app
from shared.clock import beijing_today, now_utc
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.applicants import Applicant, act, body_form, errors_of, manager, whole_form
from tests.services.auth.case_records import (
    CASES,
    add_enterprise,
    appeal,
    change,
    change_lost_phone,
    claim,
    commission,
    decide,
    enquire,
    events_about,
)
from tests.services.auth.conftest import NewVisitor, Submitted
from tests.services.auth.enterprise_forms import signing_up
from tests.services.auth.officials import EMPTY_COUNTY, OFFICE, add_official
from tests.services.auth.records import add_account

OUTSIDE = "110101"  # Beijing: nobody here
# By what the last official of a desk may be lost: one each.
LOST: dict[str, Any] = {
    "disabled": {"status": "disabled"},
    "expired": {"status": "expired"},
    "past its day": {"valid_until": beijing_today(now_utc()) - timedelta(days=1)},
    "not begun": {"valid_from": beijing_today(now_utc()) + timedelta(days=1)},
    "another job": {"grants": [Grant.DISEASE_CONTROL.value]},
}


async def name_of(runtime: Runtime, region: str, level: Level) -> str:
    """The body that has this region's matters, as the directory orders them: one of those with an official of both grants."""
    async with runtime.database.unit_of_work() as session:
        found = await session.scalar(
            select(Organisation.name)
            .join(Account, Account.organisation_id == Organisation.id)
            .where(
                Organisation.level == level,
                Organisation.region_code == region,
                Account.grants.contains([Grant.ACCOUNT_MANAGEMENT.value]),
                Account.status == "active",
                Account.valid_until >= func.current_date(),
            )
            .order_by(Organisation.id)
            .limit(1)
        )
    assert found is not None
    return found


@pytest.mark.req("AUTH-26", "ORG-10", "BEY-13")
class TestReviewCases:
    @pytest.mark.parametrize("file", [appeal, claim])
    async def test_without_anybody_in_county_and_city_the_province_has_it_and_decides(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, file: Any
    ) -> None:
        account = await add_enterprise(runtime, region=EMPTY_COUNTY)
        filed = (await file(runtime, visitor(), account.organisation)).json()
        assert (filed["with_whom"], OFFICE in filed["contact"]) == ("省卫生健康委", True)
        told = (await events_about(runtime, "auth.case.submitted.v1", "case_id", filed["id"]))[-1]
        assert (told["level"], told["permission"]) == ("province", "declaration_oversight")
        oversight = make_actor(Permission.DECLARATION_OVERSIGHT, level=Level.PROVINCE, region="320000")
        answer = await decide(client_for, oversight, filed["id"], "approve")
        assert answer.status_code == 200, answer.text

    async def test_the_city_has_what_its_counties_cannot_decide(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        await add_official(runtime, Level.CITY, "321000", Grant.HEALTH_ADMINISTRATION)
        account = await add_enterprise(runtime, region="321003")
        filed = (await appeal(runtime, visitor(), account.organisation)).json()
        assert (filed["with_whom"], OFFICE in filed["contact"]) == ("所在地市卫生健康委", True)
        assert (await decide(client_for, commission(Level.CITY, "321000"), filed["id"], "approve")).status_code == 200

    @pytest.mark.parametrize("lost", LOST)
    async def test_a_desk_that_loses_its_last_official_is_empty_and_the_next_level_is_told(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, lost: str
    ) -> None:
        region = f"3203{('02', '03', '05', '11', '12')[list(LOST).index(lost)]}"
        last = await add_official(runtime, Level.COUNTY, region)
        city = await add_official(runtime, Level.CITY, "320300")
        account, person = await add_enterprise(runtime, region=region), visitor()
        filed = (await appeal(runtime, person, account.organisation)).json()
        assert (filed["contact"], filed["with_whom"]) == (f"{last.organisation.name} {OFFICE}", "所在地区县卫生健康委")
        reviewer = commission(Level.CITY, "320300")
        assert (await decide(client_for, reviewer, filed["id"], "approve")).json()["code"] == "not_your_desk"
        await change(runtime, Account, last.id, **LOST[lost])
        await case_tasks.bring_moved(runtime)
        seen = (await person.client.get(f"{CASES}/by-number/{filed['number']}")).json()
        assert seen["with_whom"] == "所在地市卫生健康委"
        told = await events_about(runtime, "auth.case.submitted.v1", "case_id", filed["id"])
        assert [each["level"] for each in told] == ["county", "city"]
        await case_tasks.bring_moved(runtime)
        assert len(await events_about(runtime, "auth.case.submitted.v1", "case_id", filed["id"])) == 2
        answer = await decide(client_for, reviewer, filed["id"], "approve")
        assert answer.status_code == 200, answer.text
        assert "转由另一级机构办理" in [entry["action_label"] for entry in answer.json()["history"]]
        await change(runtime, Account, city.id, status="disabled")

    async def test_a_disabled_body_decides_nothing(self, runtime: Runtime, visitor: NewVisitor) -> None:
        last = await add_official(runtime, Level.COUNTY, "320116")
        account = await add_enterprise(runtime, region="320116")
        await change(runtime, Organisation, last.organisation_id, status="disabled")
        assert (await appeal(runtime, visitor(), account.organisation)).json()["with_whom"] == "所在地市卫生健康委"

    async def test_what_nobody_would_ever_see_is_refused_at_its_field(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        unit, account = await add_enterprise(runtime, region=OUTSIDE), await add_account(runtime, region=OUTSIDE)
        for answer, field in (
            (await appeal(runtime, visitor(), unit.organisation), "credit_code"),
            (await claim(runtime, visitor(), unit.organisation), "credit_code"),
            (await change_lost_phone(runtime, visitor(), account), "account"),
            (await enquire(visitor(), region_code=OUTSIDE), "region_code"),
        ):
            assert (answer.status_code, errors_of(answer)) == (422, {field: "no_desk"})
            assert "请" in answer.json()["errors"][0]["message"]


@pytest.mark.req("AUTH-20", "AUTH-29")
class TestAccountCases:
    async def test_a_unit_in_a_city_without_managers_goes_to_the_province(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime, region=EMPTY_COUNTY)
        filed = (await change_lost_phone(runtime, visitor(), account)).json()
        assert (filed["with_whom"], OFFICE in filed["contact"]) == ("省级账号管理人员", True)
        province = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.PROVINCE, region="320000")
        assert (await decide(client_for, province, filed["id"], "approve")).status_code == 200

    @pytest.mark.parametrize(("level", "region"), [(Level.CITY, "320100"), (Level.UNIT, EMPTY_COUNTY)])
    async def test_whoever_is_refused_at_the_door_is_sent_to_somebody_who_may_help(
        self, runtime: Runtime, visitor: NewVisitor, level: Level, region: str
    ) -> None:
        """A city's official not to its own body, which may not extend it; a unit not to a city that has nobody (AUTH-05)."""
        portal = Portal.TRAINING if level is Level.UNIT else Portal.OFFICIALS
        account = await add_account(runtime, Grant.DISEASE_CONTROL, level=level, region=region, portal=portal)
        await change(runtime, Account, account.id, status="expired")
        answer = await visitor().sign_in(account.login_name)
        assert answer.json()["code"] == "account_expired"
        assert await name_of(runtime, "320000", Level.PROVINCE) in answer.json()["detail"]


@pytest.mark.req("AUTH-07")
class TestApplications:
    async def test_one_from_outside_is_refused_while_it_is_filled_in(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create(**whole_form(district_code=OUTSIDE, jurisdiction_code=OUTSIDE))
        found = await person.call("POST", "/check", json={"district_code": OUTSIDE})
        assert [(each["field"], each["code"]) for each in found.json()["errors"]] == [("district_code", "no_desk")]
        assert errors_of(await person.submit()) == {"district_code": "no_desk"}

    async def test_a_city_without_managers_is_the_provinces_which_opens_it(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        person = await submitted(**whole_form(district_code=EMPTY_COUNTY, jurisdiction_code=EMPTY_COUNTY))
        status, own = await person.status(), (await person.call("GET", "/form")).json()
        assert status["holder"]["phone"] == OFFICE
        assert (OFFICE in own["desk"], OFFICE in status["next_step"]) == (True, True)
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(Application).where(Application.number == person.number))
        assert row is not None
        told = (await events_about(runtime, "auth.application.submitted.v1", "application_id", row.id))[-1]
        assert (told["level"], told["region_code"]) == ("province", "320000")
        client = await client_for(app, manager(Level.PROVINCE, "320000"))
        assert (await act(client, runtime, person, "open")).status_code == 200

    async def test_a_city_that_loses_its_last_manager_hands_it_on(self, runtime: Runtime, submitted: Submitted) -> None:
        last = await add_official(runtime, Level.CITY, "321200")
        person = await submitted(**whole_form(district_code="321202", jurisdiction_code="321202"))
        assert (await person.status())["holder"]["name"] == last.organisation.name
        await change(runtime, Account, last.id, status="disabled")
        await application_tasks.bring_moved(runtime)
        await application_tasks.bring_moved(runtime)
        assert (await person.status())["holder"]["name"] != last.organisation.name
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(Application).where(Application.number == person.number))
        assert row is not None
        told = await events_about(runtime, "auth.application.submitted.v1", "application_id", row.id)
        assert [(each["level"], each["region_code"]) for each in told] == [("city", "321200"), ("province", "320000")]

    @pytest.mark.parametrize(
        ("form", "fits"),
        [
            (whole_form(district_code="320102", jurisdiction_code="320104"), True),
            (whole_form(district_code="320102", jurisdiction_code="320100"), True),
            (whole_form(district_code="320102", jurisdiction_code="320000"), True),
            (body_form("320000", district_code="320106"), True),
            (whole_form(district_code="320102", jurisdiction_code="320508"), False),
            (whole_form(district_code="320102", jurisdiction_code="320500"), False),
            (whole_form(district_code="320102", jurisdiction_code="330000"), False),
            (body_form("320500", district_code="320106"), False),
            (body_form("320508", district_code="320106"), False),
            (body_form("440000", district_code="320106"), False),
        ],
    )
    async def test_a_jurisdiction_elsewhere_is_said_while_it_is_filled_in(
        self, runtime: Runtime, visitor: NewVisitor, form: dict[str, Any], fits: bool
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create()
        given = {name: form[name] for name in ("district_code", "jurisdiction_code", "purpose")}
        found = (await person.call("POST", "/check", json=given)).json()["errors"]
        wanted = [] if fits else [("jurisdiction_code", "region_elsewhere")]
        assert [(each["field"], each["code"]) for each in found] == wanted


@pytest.mark.req("AUTH-22")
class TestEnterprises:
    async def test_a_region_that_nobody_reviews_is_refused_at_its_field(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        answer = await signing_up(runtime, visitor)(region_code=OUTSIDE)
        assert (answer.status_code, errors_of(answer)) == (422, {"region_code": "no_desk"})

    async def test_whoever_signs_up_is_told_who_reviews(self, runtime: Runtime, visitor: NewVisitor) -> None:
        answer = await signing_up(runtime, visitor)(region_code=EMPTY_COUNTY)
        assert answer.status_code == 201, answer.text
        assert OFFICE in answer.json()["message"]


async def test_nothing_waits_for_a_desk_that_it_was_not_brought_to(runtime: Runtime) -> None:
    """Twice, so that whatever the other tests left is brought first: then there is nothing more to tell."""
    await case_tasks.bring_moved(runtime)
    async with runtime.database.unit_of_work() as session:
        waiting = select(func.count()).where(Case.status == "submitted", Case.told_level != Case.desk_level)
        assert await session.scalar(waiting) == 0
