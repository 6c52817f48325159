"""The list of certificates that end: whose, which of several counts, and what renews each (BEY-06)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from services.training.plans.workflow import PlanStatus
from shared.clock import now_utc
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.desk.expiry.certificates import (
    LIST,
    MANUAL,
    POISONING,
    SKIN,
    a_plan_type,
    certify,
    listed,
    numbers,
)
from tests.services.training.enrolment.registrations.stage import Stage, field_codes
from tests.services.training.records import add_registration, today

pytestmark = pytest.mark.req("BEY-06")
S = RegistrationStatus


class TestWhichEnd:
    async def test_the_earliest_first_from_a_year_ago_to_the_days_asked_for(self, stage: Stage) -> None:
        staff = await stage.staff()
        ends = {days: await certify(stage, staff, days, f"类别{days}") for days in (-366, -365, -1, 0, 90, 91, 365)}
        assert await numbers(stage.unit) == [ends[days] for days in (-365, -1, 0, 90)]
        assert await numbers(stage.unit, days=365) == [ends[days] for days in (-365, -1, 0, 90, 91, 365)]
        assert await numbers(stage.unit, days=1) == [ends[days] for days in (-365, -1, 0)]
        assert await numbers(stage.unit, sort="-expires_on") == [ends[days] for days in (90, 0, -1, -365)]

    @pytest.mark.req("PLAT-12")
    async def test_a_row_says_how_it_stands(self, stage: Stage) -> None:
        staff = await stage.staff("王芳")
        for days in (-1, 0):
            await certify(stage, staff, days, f"类别{days}", scope=[SKIN])
        over, last = await listed(stage.unit)
        assert (over["days_left"], over["status"], over["status_label"]) == (-1, "expired", "已过期")
        assert (last["days_left"], last["status"], last["status_label"]) == (0, "ending", "将到期")
        assert (last["name"], last["unit_name"]) == ("王芳", stage.actor.organisation_name)
        assert (last["staff_id"], last["scope"], last["earned_here"]) == (str(staff.id), [SKIN], True)
        assert [await numbers(stage.unit, status=each) for each in ("expired", "ending")] == [
            [over["number"]],
            [last["number"]],
        ]
        assert len(await numbers(stage.unit, status=["expired", "ending"])) == 2

    async def test_what_never_ends_or_was_revoked_and_who_has_left_worry_nobody(self, stage: Stage) -> None:
        staff, gone = await stage.staff(), await stage.staff("李四", status="left")
        await certify(stage, staff, None)
        await certify(stage, staff, 10, "已撤销的", revoked_at=now_utc())
        await certify(stage, gone, 10)
        assert await numbers(stage.unit) == []

    async def test_filters_by_category_name_and_unit(self, stage: Stage) -> None:
        zhang, wang = await stage.staff("张三"), await stage.staff("王小明")
        first, second = await certify(stage, zhang, 10), await certify(stage, wang, 20, "放射专业技术人员")
        assert await numbers(stage.unit, category="放射专业技术人员") == [second]
        assert await numbers(stage.unit, category=[MANUAL, "放射专业技术人员"]) == [first, second]
        assert await numbers(stage.unit, name="xm") == [second]
        assert await numbers(stage.province, unit_id=str(stage.actor.organisation_id)) == [first, second]
        assert await numbers(stage.province, unit_id=str(stage.other.organisation_id)) == []

    @pytest.mark.req("PLAT-08")
    async def test_pages_hold_every_row_once_also_of_one_person_on_one_day(self, stage: Stage) -> None:
        staff = await stage.staff()
        made = {await certify(stage, staff, 10, f"类别{at}") for at in range(5)}
        for sort in ("", "name", "-expires_on"):
            seen: list[str] = []
            cursor: str | None = None
            while True:
                asked = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
                page = (await stage.unit.get(LIST, params=asked)).json()
                seen += [row["number"] for row in page["items"]]
                if (cursor := page["next_cursor"]) is None:
                    break
            assert (len(seen), set(seen)) == (5, made), sort

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize(
        ("params", "field"), [({"days": 366}, "days"), ({"days": 0}, "days"), ({"sort": "x"}, "sort")]
    )
    async def test_bad_filters_are_named(self, stage: Stage, params: dict[str, Any], field: str) -> None:
        answer = await stage.unit.get(LIST, params=params)
        assert (answer.status_code, set(field_codes(answer))) == (422, {field})


class TestRenewed:
    @pytest.mark.parametrize(
        ("scope", "later", "shown"),
        [
            ([], [[]], False),
            ([], [[SKIN]], False),
            ([SKIN], [[SKIN, POISONING]], False),
            ([SKIN, POISONING], [[SKIN]], True),
            ([SKIN, POISONING], [[SKIN], [POISONING]], False),
            ([SKIN], [[]], True),
            ([SKIN], [[POISONING]], True),
        ],
    )
    async def test_later_ones_of_the_category_have_its_whole_scope_between_them(
        self, stage: Stage, scope: list[str], later: list[list[str]], shown: bool
    ) -> None:
        staff = await stage.staff()
        old = await certify(stage, staff, 10, scope=scope)
        for each in later:
            await certify(stage, staff, 1000, scope=each)
        assert await numbers(stage.unit) == ([old] if shown else [])

    async def test_one_without_end_renews_and_one_revoked_or_of_another_category_does_not(self, stage: Stage) -> None:
        staff, other = await stage.staff(), await stage.staff("李四")
        await certify(stage, staff, 10)
        await certify(stage, staff, None)
        old = await certify(stage, other, 10)
        await certify(stage, other, 1000, revoked_at=now_utc())
        await certify(stage, other, 1000, "放射专业技术人员")
        assert await numbers(stage.unit) == [old]

    async def test_of_two_with_one_end_the_newer_is_shown(self, stage: Stage) -> None:
        staff = await stage.staff()
        await certify(stage, staff, 10)
        newer = await certify(stage, staff, 10, issued_on=today())
        assert await numbers(stage.unit) == [newer]

    @pytest.mark.req("PLAT-06")
    async def test_what_another_unit_wrote_is_neither_shown_nor_renews(self, stage: Stage) -> None:
        staff = await stage.staff()
        there = await _also_at(stage, staff)
        old = await certify(stage, staff, 10)
        renewal = await certify(stage, staff, 60, certificate_id=None, staff_id=there, known_to=[])
        assert await numbers(stage.unit) == [old]
        assert await numbers(stage.stranger) == [renewal]
        assert not (await listed(stage.stranger))[0]["earned_here"]


async def _also_at(stage: Stage, staff: StaffMember) -> UUID:
    """The other unit has the same person."""
    there = await stage.staff("李四", actor=stage.other)
    async with stage.work() as session:
        (await session.get_one(StaffMember, there.id)).person_id = staff.person_id
    return there.id


@pytest.mark.req("PLAT-06")
class TestSeeing:
    async def test_a_unit_its_own_and_an_office_its_region(self, stage: Stage, client_for: ClientFor) -> None:
        mine = await certify(stage, await stage.staff(), 10)
        theirs = await certify(stage, await stage.staff("李四", actor=stage.other), 20)
        prefix = stage.actor.region_code[:2]
        city, filing, away = [
            await client_for(app, actor)
            for actor in (
                make_actor(Permission.TRAINING_OVERSIGHT, level=Level.CITY, region=f"{prefix}0200"),
                make_actor(
                    Permission.INSTITUTION_FILING,
                    organisation_id=stage.actor.organisation_id,
                    region=stage.actor.region_code,
                ),
                make_actor(Permission.TRAINING_OVERSIGHT, level=Level.PROVINCE, region="990000"),
            )
        ]
        found = [await numbers(each) for each in (stage.unit, stage.stranger, stage.province, city, filing, away)]
        assert found == [[mine], [theirs], [mine, theirs], [theirs], [mine], []]
        nobody = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        assert (await nobody.get(LIST)).status_code == 403

    async def test_the_next_step_is_the_units(self, stage: Stage) -> None:
        await certify(stage, await stage.staff(), 10)
        assert (await listed(stage.unit))[0]["next_step"] == {"label": "查看培训计划", "path": "/registrations"}
        assert (await listed(stage.province))[0]["next_step"] is None


class TestPlanThatFits:
    async def of(self, stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
        (row,) = await listed(stage.unit)
        return row["renewal"], row["next_step"]

    async def test_an_open_plan_of_the_category_that_opens_most_of_the_scope_and_closes_first(
        self, stage: Stage
    ) -> None:
        staff, kind = await stage.staff(), await a_plan_type(stage)

        async def plan(*specialties: str, days: int, **changes: Any) -> Plan:
            ends = today() + timedelta(days=days)
            return await stage.plan(*specialties, type_code=kind.code, registration_deadline=ends, **changes)

        await plan("skin", days=0)
        both = await plan("skin", "poisoning", days=4)
        best = await plan("skin", "poisoning", "eye", days=3)
        await plan("skin", "poisoning", days=-1)
        await plan("skin", "poisoning", days=0, status=PlanStatus.CLOSED)
        await certify(stage, staff, 10, kind.label, scope=[each.specialty.label for each in both.specialties])
        renewal, step = await self.of(stage)
        assert (renewal["state"], renewal["plan_id"]) == ("open", str(best.id))
        assert renewal["reason"] == f"可报名“{best.name}”，{best.registration_deadline} 截止"
        assert step == {"label": "去报名", "path": f"/registrations/{best.id}"}

    async def test_none_when_no_open_plan_leads_there(self, stage: Stage) -> None:
        staff, kind = await stage.staff(), await a_plan_type(stage)
        await stage.plan("skin", type_code=kind.code)
        await certify(stage, staff, 10, kind.label, scope=["没有这一类"])
        renewal, _ = await self.of(stage)
        assert (renewal["state"], renewal["reason"]) == ("none", "暂无开放报名的复训培训班")
        assert renewal["plan_id"] is None

    @pytest.mark.parametrize(
        ("status", "state", "words", "step"),
        [
            (S.APPROVED, "registered", "已报名“{}”", "查看报名"),
            (S.SUBMITTED, "registered", "已报名“{}”", "查看报名"),
            (S.RETURNED, "added", "已添加到“{}”，尚未报名", "提交报名"),
            (S.DRAFT, "added", "已添加到“{}”，尚未报名", "提交报名"),
        ],
    )
    async def test_who_is_in_a_plan_is_shown_that_plan(
        self, stage: Stage, status: S, state: str, words: str, step: str
    ) -> None:
        staff, kind = await stage.staff(), await a_plan_type(stage)
        plan = await stage.plan("skin", type_code=kind.code)
        await stage.plan("skin", type_code=kind.code, registration_deadline=today())
        scope = [plan.specialties[0].specialty.label]
        await certify(stage, staff, 10, plan.type.label, scope=scope)
        async with stage.work() as session:
            made = await add_registration(session, stage.actor, plan, staff, "skin", status=status)
        renewal, next_step = await self.of(stage)
        assert (renewal["state"], renewal["plan_id"], renewal["reason"]) == (
            state,
            str(plan.id),
            words.format(plan.name),
        )
        assert next_step == {"label": step, "path": f"/registrations/{plan.id}?person={made.id}"}

    async def test_a_registration_whose_results_are_out_or_that_is_for_something_else_helps_nobody(
        self, stage: Stage
    ) -> None:
        staff, kind = await stage.staff(), await a_plan_type(stage)
        done, other, fits = [await stage.plan("skin", "poisoning", type_code=kind.code) for _ in range(3)]
        skin = next(each.specialty.label for each in fits.specialties if each.specialty_code == "skin")
        await certify(stage, staff, 10, fits.type.label, scope=[skin])
        async with stage.work() as session:
            await add_registration(session, stage.actor, done, staff, "skin", results_published_at=now_utc())
            await add_registration(session, stage.actor, other, staff, "poisoning")
        renewal, _ = await self.of(stage)
        assert renewal["state"] == "open"


@pytest.mark.req("STAFF-12")
class TestBoard:
    async def test_the_unit_board_counts_what_the_list_holds(self, stage: Stage) -> None:
        staff = await stage.staff()
        await certify(stage, staff, 30)
        await certify(stage, staff, 1000)
        ending = await certify(stage, staff, 90, "类别")
        await certify(stage, staff, -1, "过期的")
        tasks = (await stage.unit.get("/api/training/boards/unit")).json()["tasks"]
        found = next(each for each in tasks if each["key"] == "expiring")
        assert (found["count"], found["link"]) == (1, "/expiring-qualifications")
        assert await numbers(stage.unit, **found["filters"]) == [ending]

    async def test_the_list_goes_to_a_sheet(self, stage: Stage) -> None:
        await certify(stage, await stage.staff(), 10)
        answer = await stage.unit.get("/api/training/exports/expiring-qualifications.xlsx", params={"days": 30})
        assert (answer.status_code, answer.content[:2]) == (200, b"PK")
