"""Many accounts at once (STAFF-11), the lists as xlsx (BEY-07), and what an overtaken editor is told (PLAT-03)."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from services.auth.access.accounts.models import Account
from services.auth.main import app
from shared.clock import beijing_today, now_utc, years_after
from shared.identifiers import new_id
from shared.roles import Grant, Level
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.applicants import Applicant, manager
from tests.services.auth.case_records import change, fresh
from tests.services.auth.conftest import NewVisitor, Submitted
from tests.services.auth.enterprise_forms import URL, code_for, form
from tests.services.auth.officials import add_official
from tests.services.auth.records import add_account

ACCOUNTS, EXPORTS = "/api/auth/accounts", "/api/auth/exports"


@pytest.mark.req("STAFF-11", "AUTH-05")
class TestExtendMany:
    async def test_each_has_its_answer_and_one_that_cannot_be_stops_no_other(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        near, over, off, elsewhere = [
            await add_account(runtime, region=region) for region in ("320102", "320102", "320102", "320508")
        ]
        peer = await add_official(runtime, Level.CITY, "320100", Grant.DISEASE_CONTROL)
        await change(runtime, Account, over.id, status="expired")
        await change(runtime, Account, off.id, status="disabled")
        until = years_after(beijing_today(now_utc()), 2)
        ids = [str(each.id) for each in (near, over, off, elsewhere, peer, near)] + [str(new_id())]
        body = {"account_ids": ids, "valid_until": until.isoformat()}
        answer = await (await client_for(app, manager())).post(f"{ACCOUNTS}/extend", json=body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert [each["code"] for each in told["results"]] == [
            *(None, None, "status_is_disabled", "not_found", "needs_superior", "not_found")
        ]
        assert (told["done"], told["refused"]) == (2, 4)
        assert all(each["reason"] for each in told["results"] if not each["done"])
        for account, status in ((near, "active"), (over, "active"), (off, "disabled")):
            now = await fresh(runtime, Account, account.id)
            assert (now.status.value, now.valid_until == until) == (status, status == "active")

    async def test_a_day_too_far_is_told_for_each(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        late = (beijing_today(now_utc()) + timedelta(days=5000)).isoformat()
        body = {"account_ids": [str(account.id)], "valid_until": late}
        (one,) = (await (await client_for(app, manager())).post(f"{ACCOUNTS}/extend", json=body)).json()["results"]
        assert (one["done"], "1 至 3 年" in one["reason"], one["login_name"]) == (False, True, account.login_name)

    async def test_a_validity_is_never_shortened_and_the_days_that_fit_are_offered(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime, valid_days=500)
        client, today = await client_for(app, manager()), beijing_today(now_utc())
        actions = (await client.get(f"{ACCOUNTS}/{account.id}")).json()["allowed_actions"]
        (field,) = next(each for each in actions if each["action"] == "extend")["fields"]
        offered = [years_after(account.valid_until, 1).isoformat()]
        assert [each["value"] for each in field["suggested"]] == offered
        for until, status in ((account.valid_until, 422), (years_after(today, 1), 422), (offered[0], 200)):
            body = {"valid_until": str(until)}
            assert (await client.post(f"{ACCOUNTS}/{account.id}/extend", json=body)).status_code == status

    async def test_one_that_is_long_enough_says_so(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime, valid_days=3 * 366)
        actions = (await (await client_for(app, manager())).get(f"{ACCOUNTS}/{account.id}")).json()["allowed_actions"]
        action = next(each for each in actions if each["action"] == "extend")
        assert (action["allowed"], action["code"]) == (False, "valid_long_enough")

    async def test_a_county_may_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        body = {"account_ids": [str(account.id)], "valid_until": years_after(beijing_today(now_utc()), 1).isoformat()}
        client = await client_for(app, manager(Level.COUNTY, "320102"))
        (one,) = (await client.post(f"{ACCOUNTS}/extend", json=body)).json()["results"]
        assert one["code"] == "needs_city"


def rows_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.req("BEY-07", "STAFF-11", "PLAT-05")
class TestExports:
    async def test_accounts_are_what_the_list_shows_and_masked_as_there(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        account, other = await add_account(runtime), await add_account(runtime, region="320508")
        client = await client_for(app, manager())
        answer = await client.get(f"{EXPORTS}/accounts.xlsx", params={"q": account.login_name})
        assert answer.status_code == 200, answer.text
        cells = str(rows_of(answer.content))
        assert (account.login_name in cells, account.phone in cells, "集体报名" in cells) == (True, False, True)
        hidden = await client.get(f"{EXPORTS}/accounts.xlsx", params={"q": other.login_name})
        assert other.login_name not in str(rows_of(hidden.content))

    async def test_applications_likewise(self, submitted: Submitted, client_for: ClientFor) -> None:
        person: Applicant = await submitted()
        client = await client_for(app, manager())
        answer = await client.get(f"{EXPORTS}/applications.xlsx", params={"sort": "-submitted_at"})
        assert person.number in str(rows_of(answer.content))
        stranger = await client_for(app, None)
        assert (await stranger.get(f"{EXPORTS}/applications.xlsx")).status_code == 401


@pytest.mark.req("PLAT-03")
class TestOvertaken:
    async def test_who_comes_second_reads_what_was_changed_by_whom_and_from_what_to_what(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        account = await add_account(runtime)
        unit = account.organisation_id
        client = await client_for(app, manager())
        for url, field, news, label in (
            (f"{ACCOUNTS}/{account.id}", "person_name", ("王芳", "李强"), "持有人"),
            (f"/api/auth/organisations/{unit}", "address", ("玄武区一号", "玄武区二号"), "单位地址"),
        ):
            etag = (await client.get(url)).headers["ETag"]
            first = await client.patch(url, json={field: news[0]}, headers={"If-Match": etag})
            assert first.status_code == 200, first.text
            second = await client.patch(url, json={field: news[1]}, headers={"If-Match": etag})
            assert (second.status_code, second.json()["code"]) == (412, "version_mismatch")
            (told,) = second.json()["changes"]
            assert (told["field"], told["label"], told["after"]) == (field, label, news[0])
            assert (bool(told["actor_name"]), news[0] in second.json()["detail"]) == (True, True)

    async def test_an_applicant_too(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = Applicant(runtime, visitor())
        await person.create(unit_name="甲医院")
        etag = (await person.call("GET", "/form")).headers["ETag"]
        await person.call("PATCH", "/form", json={"unit_name": "乙医院"}, headers={"If-Match": etag})
        late = await person.call("PATCH", "/form", json={"unit_name": "丙医院"}, headers={"If-Match": etag})
        assert late.status_code == 412
        told = [(each["label"], each["before"], each["after"]) for each in late.json()["changes"]]
        assert told == [("单位名称", "甲医院", "乙医院")]


@pytest.mark.req("AUTH-22")
async def test_a_login_name_that_is_taken_leaves_the_code_good(runtime: Runtime, visitor: NewVisitor) -> None:
    person, body = visitor(), form()
    taken = await add_account(runtime)
    code = await code_for(runtime, person, body["phone"])
    refused = await person.client.post(URL, json={**body, "login_name": taken.login_name, "code": code})
    assert refused.status_code == 422
    assert (await person.client.post(URL, json={**body, "code": code})).status_code == 201
