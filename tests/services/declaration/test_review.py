"""A declaration's way through review: who may take which step, what follows from it, and what a refusal says."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.db.session import Database
from shared.events.log import EventRow
from tests.services.declaration.records import COUNTY, ONLY_BIOLOGICAL, UNTESTED, URL, Cast, MakeCast, button


async def events_of(database: Database, address: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind of event, payload) of one declaration, in order."""
    async with database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow)
            .where(EventRow.payload["declaration_id"].astext == address.rsplit("/")[-1])
            .order_by(EventRow.seq)
        )
        return [(row.type.split(".")[-2], row.payload) for row in rows]


class TestSubmit:
    @pytest.mark.req("DECL-01")
    async def test_a_complete_record_goes_to_review(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        record = (await cast.employer.post(f"{address}/submit")).json()
        assert (record["status"], record["status_label"]) == ("pending", "待审核")
        assert record["pending_since"] is not None
        ((kind, payload),) = await events_of(database, address)
        assert (kind, payload["region_code"], payload["kind"]) == ("submitted", COUNTY, "initial")
        assert payload["employer_name"] == cast.actor.organisation_name

    @pytest.mark.req("DECL-05", "DECL-06", "X21", "FAQ-D6", "FAQ-D11")
    async def test_every_wrong_field_is_named_at_once(self, cast: Cast, database: Database) -> None:
        address = await cast.add(
            contact_phone=None,
            staff_count=1,
            outsourced_count=0,
            exposed_count=9,
            trained_count=0,
            hazards=ONLY_BIOLOGICAL,
            **{**UNTESTED, "surveillance_done": True, "exam_org": "某中心", "exam_report_no": "1"},
        )
        button_says = button((await cast.employer.get(address)).json(), "submit")
        refused = await cast.employer.post(f"{address}/submit")
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, "declaration_incomplete")
        assert {error["field"]: error["code"] for error in problem["errors"]} == {
            "contact_phone": "missing",
            "exposed_count": "exposed_above_staff",
            "hazards.0.exposed_count": "exposure_above_total",
            "surveillance_done": "surveillance_not_possible",
        }
        assert (button_says["allowed"], button_says["code"]) == (False, "declaration_incomplete")
        assert button_says["reason"].startswith("还有4处需要修改：请填写手机号码；")
        assert await events_of(database, address) == []

    @pytest.mark.req("DECL-01", "PLAT-02")
    async def test_a_rejected_record_is_corrected_and_comes_back(self, cast: Cast) -> None:
        address = await cast.rejected("缺少噪声")
        seen = (await cast.employer.get(address)).json()
        assert (seen["reject_reason"], button(seen, "edit")["allowed"]) == ("缺少噪声", True)
        again = (await cast.employer.post(f"{address}/submit")).json()
        assert (again["status"], again["reject_reason"], again["opened_by_reviewer_at"]) == ("pending", None, None)
        assert (await cast.county.post(f"{address}/approve")).json()["status"] == "approved"


@pytest.mark.req("DECL-10", "FAQ-D8")
class TestWithdraw:
    async def test_by_the_employer_until_a_reviewer_has_opened_it(self, cast: Cast) -> None:
        address = await cast.submitted()
        assert (await cast.employer.post(f"{address}/withdraw")).json()["status"] == "draft"
        assert (await cast.employer.post(f"{address}/submit")).status_code == 200
        assert (await cast.county.post(f"{address}/open")).status_code == 200
        refused = await cast.employer.post(f"{address}/withdraw")
        assert (refused.status_code, refused.json()["code"]) == (409, "opened_by_reviewer")
        assert "区县级卫生健康部门，由其审核驳回后修改" in refused.json()["detail"]
        seen = (await cast.employer.get(address)).json()
        assert button(seen, "withdraw")["reason"] == refused.json()["detail"]

    async def test_only_the_reviewer_in_charge_opens_it(self, cast: Cast) -> None:
        address = await cast.submitted()
        for reader in (cast.employer, cast.county, cast.city, cast.province):
            assert (await reader.get(address)).json()["opened_by_reviewer_at"] is None
        refused = await cast.city.post(f"{address}/open")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_reviewer_in_charge")
        await cast.county.get(URL)
        assert (await cast.employer.post(f"{address}/withdraw")).status_code == 200

    async def test_opening_is_noted_once(self, cast: Cast) -> None:
        address = await cast.submitted()
        first, second = [(await cast.county.post(f"{address}/open")).json() for _ in range(2)]
        assert first["opened_by_reviewer_at"] == second["opened_by_reviewer_at"] is not None
        actions = [each["action"] for each in (await cast.county.get(f"{address}/history")).json()]
        assert actions == ["create", "submit", "open"]

    async def test_a_new_submission_may_be_withdrawn_again(self, cast: Cast) -> None:
        address = await cast.submitted()
        await cast.county.post(f"{address}/open")
        await cast.county.post(f"{address}/reject", json={"reason": "有误"})
        await cast.employer.post(f"{address}/submit")
        assert (await cast.employer.post(f"{address}/withdraw")).json()["status"] == "draft"


@pytest.mark.req("DECL-12")
class TestDecide:
    async def test_approve(self, cast: Cast, database: Database) -> None:
        address = await cast.submitted()
        record = (await cast.county.post(f"{address}/approve")).json()
        assert (record["status_label"], record["reviewed_at"] is not None) == ("已审核", True)
        assert [kind for kind, _ in await events_of(database, address)] == ["submitted", "approved"]

    async def test_reject_needs_its_reason(self, cast: Cast, database: Database) -> None:
        address = await cast.submitted()
        for body in (None, {"reason": " "}):
            bare = await cast.county.post(f"{address}/reject", json=body)
            assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "reason")
        record = (await cast.county.post(f"{address}/reject", json={"reason": "缺少噪声"})).json()
        assert (record["status_label"], record["reject_reason"]) == ("已驳回", "缺少噪声")
        kind, payload = (await events_of(database, address))[-1]
        assert (kind, payload["reason"]) == ("rejected", "缺少噪声")

    async def test_revoke_goes_back_to_review(self, cast: Cast, database: Database) -> None:
        address = await cast.approved()
        assert (await cast.county.post(f"{address}/revoke")).status_code == 422
        record = (await cast.county.post(f"{address}/revoke", json={"reason": "点错"})).json()
        assert (record["status"], record["reviewed_at"]) == ("pending", None)
        assert record["pending_since"] is not None
        kind, payload = (await events_of(database, address))[-1]
        assert (kind, payload["reason"]) == ("revoked", "点错")
        assert (await cast.employer.post(f"{address}/withdraw")).json()["code"] == "opened_by_reviewer"
        assert (await cast.county.post(f"{address}/reject", json={"reason": "有误"})).json()["status"] == "rejected"

    @pytest.mark.req("DECL-03")
    async def test_no_revocation_beside_a_newer_open_record(self, cast: Cast) -> None:
        address = await cast.approved()
        newer = await cast.add(kind="annual")
        refused = await cast.county.post(f"{address}/revoke", json={"reason": "点错"})
        assert (refused.status_code, refused.json()["code"]) == (409, "open_declaration_exists")
        assert button((await cast.county.get(address)).json(), "revoke")["reason"] == refused.json()["detail"]
        await cast.employer.delete(newer)
        assert (await cast.county.post(f"{address}/revoke", json={"reason": "点错"})).status_code == 200

    @pytest.mark.req("DECL-13")
    async def test_the_city_asks_the_county_and_does_not_decide_itself(self, cast: Cast) -> None:
        address = await cast.approved()
        refused = await cast.city.post(f"{address}/revoke", json={"reason": "有误"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_reviewer_in_charge")
        assert "区县级卫生健康部门" in refused.json()["detail"]
        assert (await cast.province.post(f"{address}/revoke", json={"reason": "有误"})).status_code == 403

    async def test_a_city_without_counties_decides_itself(self, make_cast: MakeCast) -> None:
        cast = await make_cast(region="441900")
        address = await cast.submitted()
        assert (await cast.city.post(f"{address}/open")).json()["opened_by_reviewer_at"] is not None
        assert (await cast.city.post(f"{address}/approve")).json()["status"] == "approved"


@pytest.mark.req("DECL-01", "PLAT-02")
class TestRefusals:
    @pytest.mark.parametrize(
        ("state", "who", "action", "hint"),
        [
            ("submitted", "employer", "submit", "等待卫生健康部门审核"),
            ("approved", "employer", "submit", "变更申报"),
            ("add", "employer", "withdraw", "可直接修改或删除"),
            ("approved", "employer", "withdraw", "区县级卫生健康部门撤销"),
            ("rejected", "employer", "withdraw", "按驳回原因修改后重新提交"),
            ("approved", "county", "approve", "已经审核通过"),
            ("rejected", "county", "approve", "等待单位修改"),
            ("approved", "county", "reject", "请先撤销"),
            ("rejected", "county", "reject", "已经驳回"),
            ("submitted", "county", "revoke", "可直接选择审核通过或审核不通过"),
            ("rejected", "county", "revoke", "没有可撤销"),
        ],
    )
    async def test_a_step_out_of_turn_says_what_to_do(
        self, cast: Cast, state: str, who: str, action: str, hint: str
    ) -> None:
        address = await getattr(cast, state)()
        refused = await getattr(cast, who).post(f"{address}/{action}", json={"reason": "有误"})
        assert refused.status_code == 409, refused.text
        assert refused.json()["code"].startswith("status_is_")
        assert hint in refused.json()["detail"]

    @pytest.mark.parametrize(
        ("who", "actions"),
        [
            ("employer", ("approve", "reject", "revoke")),
            ("county", ("submit", "withdraw")),
            ("province", ("submit", "withdraw", "approve", "reject", "revoke")),
        ],
    )
    async def test_another_roles_step_is_forbidden(self, cast: Cast, who: str, actions: tuple[str, ...]) -> None:
        address = await cast.submitted()
        for action in actions:
            answer = await getattr(cast, who).post(f"{address}/{action}", json={"reason": "有误"})
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), action

    async def test_the_buttons_are_those_of_the_role(self, cast: Cast) -> None:
        address = await cast.submitted()
        asked = {"grant_withdrawal": False, "decline_withdrawal": False}
        expected = {
            "employer": {
                "edit": False,
                "submit": False,
                "withdraw": True,
                "request_withdrawal": False,
                "delete": False,
            },
            "county": {"open": True, "take_over": False, **asked, "approve": True, "reject": True, "revoke": False},
            "city": {"open": False, "take_over": False, **asked, "approve": False, "reject": False, "revoke": False},
            "province": {},
        }
        for who, buttons in expected.items():
            shown = (await getattr(cast, who).get(URL)).json()["items"]
            item = next(each for each in shown if each["id"] == address.rsplit("/")[-1])
            assert {each["action"]: each["allowed"] for each in item["allowed_actions"]} == buttons, who
