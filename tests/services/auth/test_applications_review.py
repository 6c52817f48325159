"""An application as the account managers decide it, and as its applicant follows that (STAFF-11, FAQ-M1)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.auth.main import app
from shared.clock import beijing_today, now_utc
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.applicants import (
    BASE,
    PNG,
    RESIDENT_ID,
    Applicant,
    act,
    errors_of,
    id_of,
    manager,
    newest_text,
    whole_form,
)
from tests.services.auth.conftest import NewVisitor, Submitted
from tests.services.auth.records import new_mobile


@pytest.mark.req("STAFF-11", "PLAT-06")
class TestQueue:
    async def test_a_region_sees_its_own_and_nobody_elses(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        person = await submitted()
        path = f"{BASE}/{await id_of(runtime, person)}"
        seen = {
            (Level.CITY, "320100"): 200,
            (Level.COUNTY, "320102"): 200,
            (Level.PROVINCE, "320000"): 200,
            (Level.CITY, "320500"): 404,
            (Level.COUNTY, "320104"): 404,
            (Level.PROVINCE, "330000"): 404,
        }
        for (level, region), status in seen.items():
            client = await client_for(app, manager(level, region))
            assert (await client.get(path)).status_code == status
            listed = (await client.get(BASE, params={"unit_name": "梅园", "sort": "-submitted_at"})).json()["items"]
            assert (person.number in {row["number"] for row in listed}) == (status == 200)
            assert (await client.get(f"{path}/history")).status_code == status

    async def test_who_manages_no_accounts_sees_nothing(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        path = f"{BASE}/{await id_of(runtime, await submitted())}"
        reviewer = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region="320100"))
        assert {(await reviewer.get(where)).status_code for where in (BASE, path)} == {403}
        nobody = await client_for(app, None)
        assert (await nobody.get(path)).status_code == 401

    async def test_a_draft_is_its_applicants_alone(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        person = await submitted()
        await person.call("POST", "/withdraw")
        assert (await city.get(f"{BASE}/{await id_of(runtime, person)}")).status_code == 404

    async def test_filters(self, submitted: Submitted, city: httpx.AsyncClient) -> None:
        name = f"筛选医院{new_mobile()}"
        person = await submitted(**whole_form(unit_name=name, district_code="320104"))
        today = beijing_today(now_utc())

        async def found(**wanted: Any) -> bool:
            rows = (await city.get(BASE, params={"unit_name": name[2:], **wanted})).json()["items"]
            return person.number in {row["number"] for row in rows}

        assert await found(status="submitted", region_code="320104", submitted_from=today.isoformat())
        assert await found(unit_name="sxyy")  # by the initials (PLAT-08)
        assert not await found(unit_name="xsyy")
        assert await found(region_code="320100", submitted_to=today.isoformat())
        assert not await found(status=["opened", "returned"])
        assert not await found(region_code="320102")
        assert not await found(submitted_from=(today + timedelta(days=1)).isoformat())
        assert not await found(submitted_to=(today - timedelta(days=1)).isoformat())

    async def test_pages_follow_each_other(self, submitted: Submitted, client_for: ClientFor) -> None:
        people = {
            (await submitted(**whole_form(district_code="320303", jurisdiction_code="320303"))).number for _ in range(3)
        }
        client = await client_for(app, manager(Level.CITY, "320300"))
        seen, cursor = set(), None
        while True:
            params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
            page = (await client.get(BASE, params=params)).json()
            seen |= {row["number"] for row in page["items"]}
            if not (cursor := page["next_cursor"]):
                break
        assert people <= seen

    @pytest.mark.req("PLAT-05")
    async def test_numbers_are_masked_and_a_full_view_is_logged(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        form = whole_form(contact_phone=new_mobile(), email="zhang@example.cn")
        path = f"{BASE}/{await id_of(runtime, await submitted(**form))}"
        masked = await city.get(path)
        for clear in (form["phone"], form["contact_phone"], form["email"], RESIDENT_ID):
            assert clear not in masked.text
        assert masked.json()["form"]["resident_id"] == "1101********002X"
        history = await city.get(f"{path}/history")
        assert "view_full" not in {row["action"] for row in history.json()}
        whole = await city.get(path, params={"full": True})
        assert whole.json()["form"]["resident_id"] == RESIDENT_ID
        history = await city.get(f"{path}/history")
        assert [row["action_label"] for row in history.json()][-1] == "查看完整信息"
        assert form["phone"] not in history.text

    @pytest.mark.req("PLAT-07")
    async def test_the_signed_page_is_read_by_who_sees_the_application(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        person = Applicant(runtime, visitor())
        await person.create(**whole_form())
        file = (await person.call("POST", "/attachments", files={"file": ("a.png", PNG)})).json()["id"]
        await person.submit()
        path = f"{BASE}/{await id_of(runtime, person)}/attachments/{file}"
        mine, foreign = [await client_for(app, manager(region=code)) for code in ("320100", "320500")]
        assert (await mine.get(path)).headers["content-type"] == "image/png"
        assert (await foreign.get(path)).status_code == 404
        await person.call("GET", f"/attachments/{file}")
        rows = (await mine.get(f"{path.partition('/attachments')[0]}/history")).json()
        looks = [each for each in rows if each["action"] == "view_file"]
        assert [each["after"] for each in looks] == [{"file_id": file, "kind": "signed_form"}] * 2
        assert len({each["actor_name"] for each in looks}) == 2

    @pytest.mark.req("PLAT-05")
    async def test_whoever_has_the_key_and_reads_the_form_is_remembered(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        person = await submitted(**whole_form())
        path = f"{BASE}/{await id_of(runtime, person)}/history"
        before = len((await city.get(path)).json())
        assert (await person.call("GET", "/form")).status_code == 200
        rows = (await city.get(path)).json()[before:]
        assert [(each["action"], bool(each["address"])) for each in rows] == [("view_own", True)]


@pytest.mark.req("STAFF-11", "FAQ-M1", "AUTH-07")
class TestReturn:
    @pytest.mark.parametrize(("action", "status"), [("return", "returned"), ("refuse", "refused")])
    async def test_the_applicant_is_told_why_by_sms_and_by_the_number(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient, action: str, status: str
    ) -> None:
        form = whole_form()
        person = await submitted(**form)
        bare = await act(city, runtime, person, action)
        assert errors_of(bare) == {"reason": "missing"}
        assert (await act(city, runtime, person, action, reason="缺少单位公章")).json()["status"] == status
        words = await newest_text(runtime, form["phone"], "application_decided")
        assert "缺少单位公章" in words
        assert person.number in words
        followed = await person.status()
        assert (followed["status"], followed["reason"]) == (status, "缺少单位公章")

    async def test_what_changed_since_is_shown_when_it_comes_again(
        self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient
    ) -> None:
        form = whole_form()
        person = await submitted(**form)
        await act(city, runtime, person, "return", reason="请更正地址")
        await person.change(unit_address="南京市玄武区珠江路 1 号", permissions=["group_registration"])
        path = f"{BASE}/{await id_of(runtime, person)}"
        assert (await city.get(path)).json()["form"]["unit_address"] == form["unit_address"]
        answer = await person.submit()
        assert answer.json()["decision_reason"] is None
        shown = (await city.get(path)).json()
        assert [(each["label"], each["after"]) for each in shown["changes"]] == [
            ("单位地址", "南京市玄武区珠江路 1 号"),
            ("申请权限", "集体报名"),
        ]

    async def test_the_county_sees_and_the_city_decides(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        person = await submitted()
        county = await client_for(app, manager(Level.COUNTY, "320102"))
        shown = (await county.get(f"{BASE}/{await id_of(runtime, person)}")).json()["allowed_actions"]
        assert {each["code"] for each in shown} == {"not_the_city"}
        refused = await act(county, runtime, person, "open")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_the_city")

    @pytest.mark.req("PLAT-06")
    async def test_another_citys_manager_decides_nothing(
        self, runtime: Runtime, submitted: Submitted, client_for: ClientFor
    ) -> None:
        person = await submitted()
        foreign = await client_for(app, manager(region="320500"))
        for action in ("open", "return", "refuse"):
            assert (await act(foreign, runtime, person, action, reason="x")).status_code == 404

    @pytest.mark.req("PLAT-03")
    async def test_a_decision_falls_once(self, runtime: Runtime, submitted: Submitted, city: httpx.AsyncClient) -> None:
        person = await submitted()
        assert (await act(city, runtime, person, "open")).status_code == 200
        again = await act(city, runtime, person, "open")
        assert (again.status_code, again.json()["code"]) == (409, "status_is_opened")
        assert (await person.call("POST", "/withdraw")).json()["detail"] == "账号已开通，不能撤回"
