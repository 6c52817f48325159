"""A declaration's life after its submission: who holds it, asking back, marks of a return, undo."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.consumers import organisation_changed
from services.declaration.declarations.models import Declaration
from services.declaration.main import app
from shared.clock import now_utc
from shared.db.session import Database
from shared.roles import Level, Permission
from tests.conftest import ClientFor
from tests.services.declaration.records import COMPLETE, COUNTY, URL, Cast, MakeCast, button, organisation
from tests.services.declaration.test_review import events_of


def identity(address: str) -> str:
    return address.rsplit("/")[-1]


@pytest.fixture
async def colleague(client_for: ClientFor, make_actor: Any) -> Any:
    return await client_for(
        app, make_actor(Permission.DECLARATION_REVIEW, level=Level.COUNTY, region=COUNTY, person_name="李同事")
    )


@pytest.mark.req("DECL-10", "FAQ-D8")
class TestAskedBack:
    async def test_reading_ahead_takes_nothing_from_the_employer(self, cast: Cast) -> None:
        address = await cast.submitted()
        await cast.county.get(address)
        assert (await cast.employer.post(f"{address}/withdraw")).json()["status"] == "draft"

    async def test_before_it_is_opened_there_is_nothing_to_ask(self, cast: Cast) -> None:
        address = await cast.submitted()
        refused = await cast.employer.post(f"{address}/request_withdrawal", json={"reason": "填错"})
        assert (refused.status_code, refused.json()["code"]) == (409, "may_withdraw")

    async def test_what_is_opened_is_asked_back_once_and_granted(self, cast: Cast) -> None:
        address = await cast.opened()
        assert (await cast.employer.post(f"{address}/request_withdrawal")).status_code == 422
        asked = (await cast.employer.post(f"{address}/request_withdrawal", json={"reason": "人数填错"})).json()
        assert (asked["status"], asked["withdrawal_reason"]) == ("pending", "人数填错")
        again = await cast.employer.post(f"{address}/request_withdrawal", json={"reason": "人数填错"})
        assert again.json()["code"] == "withdrawal_requested"
        back = (await cast.county.post(f"{address}/grant_withdrawal")).json()
        assert (back["status"], back["withdrawal_requested_at"], back["pending_since"]) == ("draft", None, None)
        assert (await cast.employer.get(address)).json()["opened_by_reviewer_at"] is None
        assert (await cast.edit(address, staff_count=99)).status_code == 200

    async def test_or_declined_with_why(self, cast: Cast) -> None:
        address = await cast.opened()
        assert (await cast.county.post(f"{address}/grant_withdrawal")).json()["code"] == "no_withdrawal_requested"
        await cast.employer.post(f"{address}/request_withdrawal", json={"reason": "人数填错"})
        assert (await cast.county.post(f"{address}/decline_withdrawal")).status_code == 422
        await cast.county.post(f"{address}/decline_withdrawal", json={"reason": "不影响审核"})
        seen = (await cast.employer.get(address)).json()
        assert (seen["withdrawal_answer"], seen["withdrawal_requested_at"]) == ("不影响审核", None)
        assert button(seen, "request_withdrawal")["allowed"]


@pytest.mark.req("DECL-12", "PLAT-02")
class TestHolding:
    async def test_who_opens_it_holds_it_and_a_colleague_takes_over(self, cast: Cast, colleague: Any) -> None:
        address = await cast.opened()
        seen = (await colleague.get(address)).json()
        assert seen["reviewer_name"] == "测试员"
        for action in ("open", "approve", "reject"):
            refused = await colleague.post(f"{address}/{action}", json={"reason": "有误"})
            assert (refused.status_code, refused.json()["code"]) == (409, "held_by_colleague")
            assert "接手" in refused.json()["detail"]
        assert (await cast.county.post(f"{address}/take_over")).json()["code"] == "held_by_nobody_else"
        assert (await colleague.post(f"{address}/take_over")).json()["reviewer_name"] == "李同事"
        assert (await cast.county.post(f"{address}/approve")).json()["code"] == "held_by_colleague"
        assert (await colleague.post(f"{address}/approve")).json()["status"] == "approved"
        steps = [each["action_label"] for each in (await cast.county.get(f"{address}/history")).json()]
        assert steps[-3:-1] == ["接手", "生成文书"], "the receipt is asked for with the approval"

    async def test_what_was_withdrawn_meanwhile_is_not_decided(self, cast: Cast, make_cast: MakeCast) -> None:
        address = await cast.submitted()
        await cast.employer.post(f"{address}/withdraw")
        refused = await cast.county.post(f"{address}/approve")
        assert (refused.status_code, refused.json()["code"]) == (404, "declaration_withdrawn")
        assert "撤回" in refused.json()["detail"]
        outside = await make_cast(region="320104")
        for stranger in (outside.county, cast.province):
            assert (await stranger.post(f"{address}/approve")).json()["code"] in {"not_found", "forbidden"}
        never = await outside.add()
        assert (await outside.county.post(f"{never}/approve")).json()["code"] == "not_found"

    async def test_a_unit_stopped_meanwhile_submits_nothing(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(cast.actor, active=False))
        refused = await cast.employer.post(f"{address}/submit")
        assert (refused.status_code, refused.json()["code"]) == (403, "employer_inactive")
        assert (await cast.employer.get(address)).json()["status"] == "draft"


@pytest.mark.req("BEY-04")
class TestReturn:
    async def test_marked_fields_come_with_the_form_and_what_changed_with_the_next_submission(self, cast: Cast) -> None:
        address = await cast.submitted()
        body = {"reason": "噪声人数请核对", "fields": ["hazards", "exposed_count"]}
        await cast.county.post(f"{address}/reject", json=body)
        seen = (await cast.employer.get(address)).json()
        assert [(each["section"], each["label"]) for each in seen["returned_fields"]] == [
            ("hazards", "危害因素种类"),
            ("basics", "接害总人数（含外委）"),
        ]
        assert seen["changes_since_return"] == []
        last = (await cast.employer.get(f"{address}/history")).json()[-1]
        assert [(each["label"], each["after"]) for each in last["changes"] if each["field"] == "fields"] == [
            ("需要修改的栏目", "危害因素种类、接害总人数（含外委）")
        ]
        hazards = [COMPLETE["hazards"][0], {**COMPLETE["hazards"][1], "exposed_count": 55}]
        await cast.edit(address, hazards=hazards, contact_name="李雷")
        await cast.employer.post(f"{address}/submit")
        told = (await cast.county.get(address)).json()
        assert [(each["label"], each["before"], each["after"]) for each in told["changes_since_return"]] == [
            ("职业卫生管理联系人", "王芳", "李雷"),
            ("物理因素接触总人数", "50 人", "55 人"),
        ]
        assert len(told["returned_fields"]) == 2
        approved = (await cast.county.post(f"{address}/approve")).json()
        assert (approved["returned_fields"], approved["changes_since_return"]) == ([], [])

    async def test_a_field_that_the_form_lacks_is_named(self, cast: Cast) -> None:
        address = await cast.submitted()
        refused = await cast.county.post(f"{address}/reject", json={"reason": "有误", "fields": ["status"]})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_field")


@pytest.mark.req("BEY-11", "FAQ-D19")
class TestUndo:
    @pytest.mark.parametrize("decision", ["approve", "reject"])
    async def test_a_decision_is_taken_back_within_ten_minutes(
        self, cast: Cast, database: Database, decision: str
    ) -> None:
        address = await cast.submitted()
        decided = (await cast.county.post(f"{address}/{decision}", json={"reason": "点错"})).json()
        assert decided["undo_until"] is not None
        back = (await cast.county.post(f"{address}/undo_review")).json()
        assert (back["status"], back["reviewed_at"], back["reject_reason"]) == ("pending", None, None)
        kind, payload = (await events_of(database, address))[-1]
        assert (kind, "撤回" in payload["reason"]) == ("revoked", True)
        assert (await cast.county.post(f"{address}/approve")).json()["status"] == "approved"

    async def test_not_later(self, cast: Cast, database: Database) -> None:
        address = await cast.approved()
        async with database.unit_of_work() as session:
            late = update(Declaration).where(Declaration.id == identity(address))
            await session.execute(late.values(reviewed_at=now_utc() - timedelta(minutes=10, seconds=1)))
        refused = await cast.county.post(f"{address}/undo_review")
        assert (refused.status_code, refused.json()["code"]) == (409, "undo_too_late")
        assert (await cast.county.get(address)).json()["undo_until"] is None

    async def test_not_when_the_employer_has_built_on_it(self, cast: Cast) -> None:
        address = await cast.rejected()
        await cast.edit(address, staff_count=101)
        assert (await cast.county.post(f"{address}/undo_review")).json()["code"] == "already_edited"
        approved = await cast.approved_after(address)
        await cast.employer.post(URL, json={"kind": "annual"})
        assert (await cast.county.post(f"{approved}/undo_review")).json()["code"] == "open_declaration_exists"

    async def test_the_city_and_the_employer_do_not(self, cast: Cast) -> None:
        address = await cast.approved()
        assert (await cast.city.post(f"{address}/undo_review")).json()["code"] == "not_reviewer_in_charge"
        assert (await cast.employer.post(f"{address}/undo_review")).status_code == 403


@pytest.mark.req("DECL-02")
class TestCancellation:
    async def test_it_ends_the_unit_s_declarations_until_it_is_revoked(self, cast: Cast) -> None:
        await cast.approved()
        address = str((await cast.employer.post(URL, json={"kind": "cancellation"})).headers["location"])
        assert (await cast.employer.post(f"{address}/submit")).json()["errors"][0]["field"] == "ended_on"
        await cast.edit(address, ended_on="2026-01-31", products=[])
        assert (await cast.employer.post(f"{address}/submit")).status_code == 200
        await cast.county.post(f"{address}/approve")
        refused = await cast.employer.post(URL, json={"kind": "initial"})
        assert (refused.status_code, refused.json()["code"]) == (409, "employer_cancelled")
        assert (await cast.county.post(f"{address}/revoke", json={"reason": "恢复生产"})).status_code == 200
