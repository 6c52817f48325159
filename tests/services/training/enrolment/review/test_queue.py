"""What the reviewer's queue can be narrowed by, what a row tells, and going from one person to the next (STAFF-02, FAQ-M5, PLAT-08)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.training.enrolment.registrations.bodies import ReturnKind
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.institutions.models import Institution
from shared.reference.pinyin import search_text
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import add_registration

S = RegistrationStatus
REVIEWS = "/api/training/reviews"
NOW = datetime.now(UTC)


async def names(stage: Stage, plan: Any, **params: Any) -> list[str]:
    answer = await stage.province.get(REVIEWS, params={"plan_id": str(plan.id), **params})
    assert answer.status_code == 200, answer.text
    return [row["name"] for row in answer.json()["items"]]


class TestFilters:
    @pytest.mark.req("STAFF-02", "PLAT-08")
    async def test_the_unit_is_found_by_any_part_of_its_name_or_its_initials(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, "甲甲", status=S.SUBMITTED)
        await stage.registered(plan, "乙乙", status=S.SUBMITTED, actor=stage.other)
        said = "南京鼓楼医院"
        async with stage.work() as session:
            named = {"name": said, "name_search": search_text(said)}
            await session.execute(
                update(Institution).where(Institution.id == stage.other.organisation_id).values(named)
            )
        assert await names(stage, plan, unit_name="鼓楼") == ["乙乙"]
        assert await names(stage, plan, unit_name="njgl") == ["乙乙"]
        assert await names(stage, plan, unit_name="%") == []
        assert await names(stage, plan, unit_id=str(stage.actor.organisation_id)) == ["甲甲"]

    @pytest.mark.req("STAFF-02")
    async def test_the_class_type_and_the_days_of_waiting(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        days_ago = {"今天": 0, "三天": 3, "十天": 10}
        for name, days in days_ago.items():
            sent = NOW - timedelta(days=days)
            await stage.registered(plan, name, "skin", status=S.SUBMITTED, submitted_at=sent)
        assert await names(stage, plan, type_code="diagnosis_physician") == ["十天", "三天", "今天"]
        assert await names(stage, plan, type_code="skills_training") == []
        since = (NOW + timedelta(hours=8)).date() - timedelta(days=3)
        assert await names(stage, plan, waiting_from=str(since)) == ["三天", "今天"]
        assert await names(stage, plan, waiting_to=str(since)) == ["十天", "三天"]
        assert await names(stage, plan, waiting_from=str(since), waiting_to=str(since)) == ["三天"]

    @pytest.mark.req("STAFF-02", "PLAT-08")
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("", ["乙乙", "甲甲"]),
            ("-waiting_since", ["甲甲", "乙乙"]),
            ("name", ["甲甲", "乙乙"]),
            ("-name", ["乙乙", "甲甲"]),
        ],
    )
    async def test_it_is_sorted_and_paged_without_losing_anybody(
        self, stage: Stage, sort: str, expected: list[str]
    ) -> None:
        plan = await stage.plan()
        await stage.registered(plan, "甲甲", status=S.SUBMITTED, submitted_at=NOW)
        await stage.registered(plan, "乙乙", status=S.SUBMITTED, submitted_at=NOW - timedelta(days=1))
        assert await names(stage, plan, sort=sort) == expected
        paged: list[str] = []
        cursor = None
        while cursor is not None or not paged:
            asked: dict[str, Any] = {
                "plan_id": str(plan.id),
                "sort": sort,
                "limit": 1,
                **({"cursor": cursor} if cursor else {}),
            }
            page = (await stage.province.get(REVIEWS, params=asked)).json()
            paged += [row["name"] for row in page["items"]]
            cursor = page["next_cursor"]
        assert paged == expected

    @pytest.mark.req("FAQ-M5")
    async def test_who_is_asked_back_stands_in_the_queue_with_the_reason(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, "待审", status=S.SUBMITTED)
        await stage.registered(plan, "通过", status=S.APPROVED)
        asked: dict[str, Any] = {"return_requested_at": NOW - timedelta(days=2), "return_request": "培训类型选错"}
        await stage.registered(plan, "请退", status=S.APPROVED, **asked)
        assert await names(stage, plan) == ["请退", "待审"]
        assert await names(stage, plan, requested_return="true") == ["请退"]
        assert sorted(await names(stage, plan, requested_return="false")) == ["待审", "通过"]
        rows = (await stage.province.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"]
        assert [row["return_request"] for row in rows] == ["培训类型选错", None]
        assert rows[0]["waiting_since"] == rows[0]["return_requested_at"]

    @pytest.mark.req("STAFF-02", "BEY-04")
    async def test_who_was_sent_again_after_a_return(self, stage: Stage) -> None:
        plan = await stage.plan()
        back: dict[str, Any] = {"return_kind": ReturnKind.WRONG, "return_reason": "职称不符"}
        await stage.registered(plan, "再报", status=S.SUBMITTED, **back)
        await stage.registered(plan, "退回", status=S.RETURNED, **back)
        await stage.registered(plan, "初报", status=S.SUBMITTED)
        assert await names(stage, plan, resubmitted="true") == ["再报"]
        assert await names(stage, plan, resubmitted="false") == ["初报"]
        both = {"plan_id": str(plan.id), "status": ["submitted", "returned"]}
        rows = (await stage.province.get(REVIEWS, params=both)).json()["items"]
        assert {row["name"]: row["resubmitted"] for row in rows} == {"再报": True, "退回": False, "初报": False}

    @pytest.mark.req("STAFF-02", "TRN-39", "TRN-40")
    async def test_a_row_warns_of_age_and_title(self, stage: Stage) -> None:
        plan = await stage.plan("skin", age_limit=45)
        old = await stage.staff("年长", birth_date=date(1970, 1, 1), title_level=None)
        async with stage.work() as session:
            await add_registration(session, stage.actor, plan, old, "skin", status=S.SUBMITTED)
        await stage.registered(plan, "合适", "skin", status=S.SUBMITTED)
        rows = (await stage.province.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"]
        told = {row["name"]: (row["age_over_limit"], row["title_level_below"]) for row in rows}
        assert told == {"年长": (True, True), "合适": (False, False)}

    @pytest.mark.req("STAFF-12", "PLAT-05", "PLAT-06")
    async def test_who_oversees_a_region_reads_its_list_masked_and_decides_nothing(
        self, stage: Stage, client_for: ClientFor
    ) -> None:
        plan = await stage.plan()
        made = await stage.registered(plan, status=S.SUBMITTED)
        app = stage.unit._transport.app  # type: ignore[attr-defined]
        see = Permission.TRAINING_OVERSIGHT
        city, other = [
            await client_for(app, make_actor(see, level=Level.CITY, region=region)) for region in ("320100", "320500")
        ]
        [row] = (await city.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"]
        assert (row["registration_id"], row["allowed_actions"]) == (str(made.id), [])
        assert made.staff.person.resident_id not in str(row)
        assert (await other.get(REVIEWS, params={"plan_id": str(plan.id)})).json()["items"] == []
        assert (await city.get(f"{REVIEWS}/{made.id}")).status_code == 403


@pytest.mark.req("STAFF-02")
class TestNeighbours:
    async def test_the_next_one_is_known_without_the_list(self, stage: Stage) -> None:
        plan = await stage.plan()
        ids = []
        for days, name in ((3, "甲甲"), (2, "乙乙"), (1, "丙丙")):
            sent = NOW - timedelta(days=days)
            ids.append(str((await stage.registered(plan, name, status=S.SUBMITTED, submitted_at=sent)).id))

        async def around(at: int, **params: Any) -> tuple[str | None, str | None]:
            answer = await stage.province.get(f"{REVIEWS}/{ids[at]}", params={"plan_id": str(plan.id), **params})
            assert answer.status_code == 200, answer.text
            return answer.json()["previous"], answer.json()["next"]

        assert [await around(at) for at in range(3)] == [(None, ids[1]), (ids[0], ids[2]), (ids[1], None)]
        assert await around(0, name="丙丙") == (None, ids[2])
        approved = await stage.province.post(f"/api/training/registrations/{ids[1]}/approve")
        assert approved.status_code == 200
        assert await around(1) == (ids[0], ids[2]), "its place stays known after the decision"
        assert await around(0) == (None, ids[2]), "and the others go past it"
