"""The review desk: opening one, looking ahead, colleagues at the same one, stored phrases, and who was faster (STAFF-02, STAFF-03)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.enrolment.review.models import Reviewing
from services.training.main import app
from shared.clock import now_utc
from shared.db.history import History
from shared.identifiers import new_id
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.enrolment.registrations.stage import Stage

S = RegistrationStatus
REVIEWS, ONE = "/api/training/reviews", "/api/training/registrations"
PHRASES = f"{REVIEWS}/phrases"


@pytest.fixture
async def colleague(client_for: ClientFor) -> httpx.AsyncClient:
    actor = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE, region="32")
    return await client_for(app, replace(actor, person_name="李审核"))


async def waiting(stage: Stage, name: str = "张三", **changes: Any) -> Registration:
    return await stage.registered(await stage.plan(), name, **{"status": S.SUBMITTED, **changes})


async def looks(stage: Stage, record_id: UUID) -> int:
    async with stage.work() as session:
        views = select(History).where(History.record_id == record_id, History.position.is_(None))
        return len((await session.scalars(views)).all())


async def put(client: httpx.AsyncClient, registration_id: UUID) -> list[str]:
    answer = await client.put(f"{REVIEWS}/{registration_id}/presence")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()]


@pytest.mark.req("STAFF-02", "PLAT-05")
class TestLookingAhead:
    async def test_the_next_one_is_masked_and_no_look(self, stage: Stage) -> None:
        row = await waiting(stage)
        answer = await stage.province.get(f"{REVIEWS}/{row.id}", params={"ahead": True})
        assert answer.status_code == 200
        staff = row.staff
        for number in (staff.resident_id, staff.mobile, row.recipient_phone):
            assert number not in answer.text
        assert (await looks(stage, row.id), await looks(stage, row.staff_id)) == (0, 0)

    async def test_opening_it_shows_the_numbers_and_is_a_look_at_both(self, stage: Stage) -> None:
        row = await waiting(stage)
        answer = await stage.province.post(f"{REVIEWS}/{row.id}/open")
        assert answer.json()["resident_id"] == row.staff.resident_id
        assert answer.json()["recipient_phone"] == row.recipient_phone
        assert (await looks(stage, row.id), await looks(stage, row.staff_id)) == (1, 1)

    async def test_a_unit_opens_nothing_and_nobody_an_unknown_one(self, stage: Stage) -> None:
        row = await waiting(stage)
        assert (await stage.unit.post(f"{REVIEWS}/{row.id}/open")).status_code == 403
        assert (await stage.province.post(f"{REVIEWS}/{new_id()}/open")).status_code == 404
        assert (await stage.province.put(f"{REVIEWS}/{new_id()}/presence")).status_code == 404


@pytest.mark.req("STAFF-02")
class TestColleagues:
    async def test_each_sees_the_other(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        row = await waiting(stage)
        assert await put(stage.province, row.id) == []
        assert await put(colleague, row.id) == ["测试员"]
        assert (await stage.province.post(f"{REVIEWS}/{row.id}/open")).json()["colleagues"][0]["name"] == "李审核"

    async def test_who_goes_on_is_at_the_next_one_only(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        row, following = await waiting(stage), await waiting(stage)
        await put(colleague, row.id)
        await put(colleague, following.id)
        assert await put(stage.province, row.id) == []
        # A late goodbye to the one before says nothing about the one after.
        assert (await colleague.delete(f"{REVIEWS}/{row.id}/presence")).status_code == 204
        assert await put(stage.province, following.id) == ["李审核"]
        await colleague.delete(f"{REVIEWS}/{following.id}/presence")
        assert await put(stage.province, following.id) == []

    async def test_it_lapses_after_two_minutes_without_a_sign_of_life(
        self, stage: Stage, colleague: httpx.AsyncClient
    ) -> None:
        row = await waiting(stage)
        await put(colleague, row.id)
        for seconds, seen in ((110, ["李审核"]), (121, [])):
            async with stage.work() as session:
                then = now_utc() - timedelta(seconds=seconds)
                own = update(Reviewing).where(Reviewing.registration_id == row.id, Reviewing.person_name == "李审核")
                await session.execute(own.values(seen_at=then, began_at=then))
            assert await put(stage.province, row.id) == seen
        await put(colleague, row.id)
        async with stage.work() as session:
            again = select(Reviewing).where(Reviewing.registration_id == row.id, Reviewing.person_name == "李审核")
            assert (await session.scalars(again)).one().began_at > now_utc() - timedelta(minutes=1)


@pytest.mark.req("STAFF-03", "PLAT-02")
class TestTheSecondIsTold:
    async def test_who_decided_when_one_by_one(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        row = await waiting(stage)
        assert (await colleague.post(f"{ONE}/{row.id}/approve")).status_code == 200
        answer = await stage.province.post(f"{ONE}/{row.id}/approve")
        assert (answer.status_code, answer.json()["code"]) == (409, "decided_by_another")
        assert "李审核 已于 " in answer.json()["detail"]
        assert "审核通过" in answer.json()["detail"]

    async def test_who_decided_in_a_batch(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        mine, theirs = await waiting(stage), await waiting(stage)
        why = {"kind": "other", "reason": "材料看不清"}
        assert (await colleague.post(f"{ONE}/{theirs.id}/return", json=why)).status_code == 200
        body = {"registration_ids": [str(mine.id), str(theirs.id)], "action": "approve"}
        results = (await stage.province.post(f"{REVIEWS}/batch", json=body)).json()["results"]
        assert [each["done"] for each in results] == [True, False]
        assert results[1]["code"] == "decided_by_another"
        assert "李审核 已于" in results[1]["reason"]
        assert "退回" in results[1]["reason"]

    async def test_of_ones_own_decision_the_table_speaks(self, stage: Stage) -> None:
        row = await waiting(stage)
        await stage.province.post(f"{ONE}/{row.id}/approve")
        assert (await stage.province.post(f"{ONE}/{row.id}/approve")).json()["code"] == "status_is_approved"

    async def test_a_unit_is_not_told_the_reviewers_name(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        row = await waiting(stage)
        await colleague.post(f"{ONE}/{row.id}/approve")
        answer = await stage.unit.post(f"{ONE}/{row.id}/cancel")
        assert answer.status_code == 409
        assert "李审核" not in answer.text


@pytest.mark.req("STAFF-03")
class TestPhrases:
    async def test_they_are_stored_chosen_and_deleted(self, stage: Stage, colleague: httpx.AsyncClient) -> None:
        body = {"kind": "material_missing", "text": f"请补传聘任书{new_id().hex[-6:]}"}
        made = await stage.province.post(PHRASES, json=body)
        assert made.status_code == 201
        again = await colleague.post(PHRASES, json=body)
        assert (again.status_code, again.json()["code"]) == (409, "phrase_stored")
        found = [each for each in (await colleague.get(PHRASES)).json() if each["text"] == body["text"]]
        assert [(each["kind"], each["kind_label"]) for each in found] == [("material_missing", "材料不全")]
        assert (await colleague.delete(f"{PHRASES}/{found[0]['id']}")).status_code == 204
        assert (await colleague.delete(f"{PHRASES}/{found[0]['id']}")).status_code == 404

    async def test_there_are_some_from_the_start_and_units_have_none(self, stage: Stage) -> None:
        assert "请上传职称证书" in [each["text"] for each in (await stage.province.get(PHRASES)).json()]
        assert (await stage.unit.get(PHRASES)).status_code == 403

    async def test_bad_ones_are_refused_by_field(self, stage: Stage) -> None:
        for body, field in (({"kind": "other", "text": " "}, "text"), ({"kind": "x", "text": "请核对"}, "kind")):
            answer = await stage.province.post(PHRASES, json=body)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
