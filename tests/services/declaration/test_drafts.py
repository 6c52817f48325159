"""An employer's own record: added once, filled in step by step, changed by one person at a time."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.declaration.consumers import organisation_changed
from services.declaration.main import app
from shared.db.session import Database
from shared.roles import Permission
from tests.services.declaration.records import COMPLETE, ONLY_BIOLOGICAL, URL, Cast, button, organisation


class TestAdd:
    @pytest.mark.req("DECL-01", "DECL-02")
    async def test_a_kind_is_enough_to_begin(self, cast: Cast) -> None:
        answer = await cast.employer.post(URL, json={"kind": "annual"})
        record = answer.json()
        assert (answer.status_code, answer.headers["location"]) == (201, f"{URL}/{record['id']}")
        assert (record["status"], record["status_label"]) == ("draft", "暂存")
        assert (record["kind_label"], record["region_label"]) == ("年度更新", "江苏省南京市玄武区")
        assert record["employer_name"] == cast.actor.organisation_name
        assert "contact_name" in {problem["field"] for problem in record["problems"]}

    @pytest.mark.req("DECL-03", "FAQ-D7")
    async def test_one_open_record_at_a_time(self, cast: Cast) -> None:
        address = await cast.add()
        steps = {"draft": ("暂存", "编辑"), "pending": ("待审核", "联系"), "rejected": ("已驳回", "驳回原因")}
        for status, (label, step) in steps.items():
            refused = await cast.employer.post(URL, json={"kind": "annual"})
            problem = refused.json()
            assert (refused.status_code, problem["code"]) == (409, "open_declaration_exists"), status
            assert problem["detail"].startswith("存在未审批通过的数据")
            assert label in problem["detail"]
            assert step in problem["detail"]
            assert problem["errors"][0]["field"] == f"declarations.{address.rsplit('/')[-1]}"
            if status == "draft":
                await cast.employer.post(f"{address}/submit")
            elif status == "pending":
                await cast.county.post(f"{address}/reject", json={"reason": "有误"})
        await cast.employer.post(f"{address}/submit")
        await cast.county.post(f"{address}/approve")
        assert (await cast.employer.post(URL, json={"kind": "annual"})).status_code == 201

    @pytest.mark.req("DECL-03")
    async def test_two_at_the_same_moment_make_one(self, cast: Cast) -> None:
        answers = await asyncio.gather(*(cast.employer.post(URL, json={"kind": "initial"}) for _ in range(4)))
        codes = sorted((answer.status_code, answer.json().get("code")) for answer in answers[:])
        assert codes == [(201, None)] + [(409, "open_declaration_exists")] * 3

    @pytest.mark.req("DECL-03")
    async def test_the_database_itself_holds_one_open_record(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        copy = """INSERT INTO declarations (id, employer_id, employer_name, credit_code, region_code, review_level, kind,
            status, declared_on, version) SELECT gen_random_uuid(), employer_id, employer_name, credit_code, region_code,
            review_level, kind, :status, declared_on, 1 FROM declarations WHERE id = :id"""
        values = {"id": address.rsplit("/")[-1]}
        async with database.unit_of_work() as session:
            await session.execute(text(copy), {**values, "status": "approved"})
            with pytest.raises(Exception, match="uq_declarations_open"):
                async with session.begin_nested():
                    await session.execute(text(copy), {**values, "status": "rejected"})

    async def test_an_employer_not_told_of_yet_is_asked_to_wait(self, client_for: Any, make_actor: Any) -> None:
        newcomer = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        answer = await newcomer.post(URL, json={"kind": "initial"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")

    async def test_a_stopped_employer_adds_nothing(self, cast: Cast, database: Database) -> None:
        async with database.unit_of_work() as session:
            await organisation_changed(session, organisation(cast.actor, active=False))
        answer = await cast.employer.post(URL, json={"kind": "initial"})
        assert (answer.status_code, answer.json()["code"]) == (403, "employer_inactive")


class TestEdit:
    @pytest.mark.req("DECL-04")
    async def test_what_is_sent_is_kept_and_the_rest_stays(self, cast: Cast) -> None:
        address = await cast.add()
        changed = await cast.edit(address, staff_count=None, contact_name="李雷")
        assert changed.status_code == 200
        record = (await cast.employer.get(address)).json()
        assert (record["staff_count"], record["contact_name"], record["exposed_count"]) == (None, "李雷", 60)
        assert [problem["field"] for problem in record["problems"]] == ["staff_count"]

    @pytest.mark.req("DECL-06")
    async def test_hazards_come_whole(self, cast: Cast) -> None:
        address = await cast.add()
        both = [COMPLETE["hazards"][1], {**COMPLETE["hazards"][0], "exposed_count": 31}]
        for hazards in (both, ONLY_BIOLOGICAL, []):
            changed = (await cast.edit(address, hazards=hazards)).json()["hazards"]
            read = (await cast.employer.get(address)).json()["hazards"]
            assert read == changed
            assert [(h["class_code"], h["exposed_count"]) for h in read] == [
                (h["class_code"], h["exposed_count"]) for h in hazards
            ]

    @pytest.mark.req("DECL-06", "FAQ-D5")
    async def test_the_choice_that_is_not_possible_says_why(self, cast: Cast) -> None:
        address = await cast.add(hazards=ONLY_BIOLOGICAL, surveillance_done=None)
        done, not_done = (await cast.employer.get(address)).json()["surveillance_options"]
        assert (done["label"], done["allowed"], not_done["allowed"]) == ("已开展", False, True)
        assert "布鲁氏菌" in done["reason"]

    @pytest.mark.req("PLAT-03")
    async def test_the_second_editor_is_told_even_when_only_hazards_changed(self, cast: Cast) -> None:
        address = await cast.add()
        tag = {"If-Match": (await cast.employer.get(address)).headers["etag"]}
        first = await cast.employer.patch(address, json={"hazards": ONLY_BIOLOGICAL}, headers=tag)
        assert (first.status_code, first.headers["etag"] != tag["If-Match"]) == (200, True)
        second = await cast.employer.patch(address, json={"hazards": []}, headers=tag)
        assert (second.status_code, second.json()["code"]) == (412, "version_mismatch")
        assert (await cast.employer.patch(address, json={"hazards": []})).status_code == 428

    @pytest.mark.req("DECL-03")
    async def test_only_a_draft_or_a_rejected_record(self, cast: Cast) -> None:
        address = await cast.submitted()
        waiting = await cast.edit(address, staff_count=1)
        assert (waiting.status_code, waiting.json()["code"]) == (409, "status_is_pending")
        assert "撤回" in waiting.json()["detail"]
        assert button((await cast.employer.get(address)).json(), "edit")["reason"] == waiting.json()["detail"]
        await cast.county.post(f"{address}/reject", json={"reason": "有误"})
        assert (await cast.edit(address, staff_count=101)).status_code == 200
        await cast.employer.post(f"{address}/submit")
        await cast.county.post(f"{address}/approve")
        assert "变更申报" in (await cast.edit(address, staff_count=1)).json()["detail"]

    @pytest.mark.req("PLAT-01", "DECL-05")
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"staff_count": -1}, "staff_count"),
            ({"exposed_count": 1_000_001}, "exposed_count"),
            ({"exposed_count": 1.5}, "exposed_count"),
            ({"contact_phone": "123"}, "contact_phone"),
            ({"kind": "注销"}, "kind"),
            ({"kind": None}, "kind"),
            ({"status": "approved"}, "status"),
            (
                {"hazards": [{"class_code": "dust", "factors": [{"factor_code": "B001"}]}]},
                "hazards.0.factors.0.factor_code",
            ),
            (
                {"hazards": [{"class_code": "dust", "factors": [{"factor_code": "A001"}] * 2}]},
                "hazards.0.factors.1.factor_code",
            ),
            ({"hazards": [{"class_code": "dust"}] * 2}, "hazards"),
            ({"hazards": [{"class_code": "dust", "exposed_count": -1}]}, "hazards.0.exposed_count"),
        ],
    )
    async def test_bad_input_is_named(self, cast: Cast, changes: dict[str, Any], field: str) -> None:
        address = await cast.add()
        answer = await cast.edit(address, **changes)
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert any("一" <= char <= "鿿" for char in answer.json()["errors"][0]["message"])


class TestDelete:
    @pytest.mark.req("DECL-03")
    async def test_a_draft_goes_and_makes_room(self, cast: Cast) -> None:
        address = await cast.add()
        assert (await cast.employer.delete(address)).status_code == 204
        assert (await cast.employer.get(address)).status_code == 404
        assert (await cast.employer.post(URL, json={"kind": "initial"})).status_code == 201

    async def test_nothing_else_does(self, cast: Cast) -> None:
        address = await cast.rejected()
        refused = await cast.employer.delete(address)
        assert (refused.status_code, refused.json()["code"]) == (409, "status_is_rejected")
        assert button((await cast.employer.get(address)).json(), "delete")["reason"] == refused.json()["detail"]


class TestHistory:
    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_every_change_with_before_and_after_and_no_phone(self, cast: Cast) -> None:
        address = await cast.add()
        await cast.edit(address, staff_count=101, contact_phone="13900001111")
        await cast.edit(address, staff_count=101)
        await cast.employer.post(f"{address}/submit")
        answer = await cast.employer.get(f"{address}/history")
        assert [(each["action"], each["action_label"]) for each in answer.json()] == [
            ("create", "添加"),
            ("update", "编辑"),
            ("submit", "提交"),
        ]
        update = answer.json()[1]
        assert update["before"] == {"staff_count": 100, "contact_phone": "138****5678"}
        assert update["after"] == {"staff_count": 101, "contact_phone": "139****1111"}
        assert "13812345678" not in answer.text
