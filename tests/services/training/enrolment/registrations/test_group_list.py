"""The main page of 集体报名: which plans a unit sees, how far it is with each, and what it can do (TRN-30…35, TRN-53)."""

from datetime import timedelta

import pytest

from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.plans.workflow import PlanStatus
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

S = RegistrationStatus
LIST = "/api/training/group-registrations"


class TestProgress:
    @pytest.mark.req("TRN-53", "TRN-33", "X7")
    @pytest.mark.parametrize(
        ("own", "status", "label", "colour", "counts"),
        [
            ((), "not_registered", "未报名", "black", (0, 0, 0)),
            ((S.DRAFT,), "in_progress", "报名中", "amber", (0, 1, 0)),
            ((S.DRAFT, S.SUBMITTED), "in_progress", "报名中", "amber", (1, 1, 0)),
            ((S.SUBMITTED, S.APPROVED), "registered", "已报名", "green", (2, 0, 0)),
            ((S.RETURNED, S.DRAFT, S.APPROVED), "registered_with_returns", "已报名（有退回）", "red", (1, 1, 1)),
        ],
    )
    async def test_the_status_follows_the_people(
        self, stage: Stage, own: tuple[S, ...], status: str, label: str, colour: str, counts: tuple[int, int, int]
    ) -> None:
        plan = await stage.plan()
        for each in own:
            await stage.registered(plan, status=each)
        await stage.registered(plan, actor=stage.other, status=S.SUBMITTED)
        await stage.registered(plan, actor=stage.other, status=S.DRAFT)
        row = await stage.row(plan)
        assert row is not None
        assert (row["status"], row["status_label"], row["colour"]) == (status, label, colour)
        assert (row["own_count"], row["unsent_count"], row["returned_count"]) == counts
        assert row["total_count"] == counts[0] + 1

    @pytest.mark.req("TRN-34", "X6", "TRN-52", "X28")
    @pytest.mark.parametrize(
        ("own", "operation"),
        [((), "register"), ((S.DRAFT,), "register"), ((S.SUBMITTED,), "view"), ((S.RETURNED,), "register")],
    )
    async def test_the_operation_while_open(self, stage: Stage, own: tuple[S, ...], operation: str) -> None:
        plan = await stage.plan()
        for each in own:
            await stage.registered(plan, status=each)
        row = await stage.row(plan)
        assert row is not None
        assert [(each["action"], each["allowed"]) for each in row["operations"]] == [(operation, True)]

    @pytest.mark.req("TRN-35", "FAQ-M8", "PLAT-02")
    async def test_after_the_deadline_registering_stays_and_says_why(self, stage: Stage) -> None:
        yesterday = today() - timedelta(days=1)
        plan = await stage.plan(registration_deadline=yesterday)
        row = await stage.row(plan, closed=True)
        assert row is not None
        view, register = row["operations"]
        assert (view["action"], view["allowed"], register["action"], register["allowed"]) == (
            "view",
            True,
            "register",
            False,
        )
        assert register["reason"].startswith(f"报名已于 {yesterday} 截止")
        assert "李老师" in register["reason"]


@pytest.mark.req("TRN-30")
class TestFilters:
    async def test_the_deadline_day_itself_is_open(self, stage: Stage) -> None:
        last_day = await stage.plan(registration_deadline=today())
        row = await stage.row(last_day)
        assert row is not None
        assert not row["closed"]
        assert await stage.row(last_day, closed=True) is None

    @pytest.mark.req("X27")
    async def test_asking_for_closed_plans_clears_an_untouched_start(self, stage: Stage) -> None:
        old = await stage.plan(registration_deadline=today() - timedelta(days=30))
        ended = await stage.plan(status=PlanStatus.CLOSED)
        assert await stage.row(old) is None
        assert await stage.row(ended) is None
        assert await stage.row(old, closed=True)
        assert await stage.row(ended, closed=True)
        touched = (today() - timedelta(days=5)).isoformat()
        assert await stage.row(old, closed=True, deadline_from=touched) is None

    @pytest.mark.req("X27")
    async def test_an_end_that_is_past_asks_for_what_is_past(self, stage: Stage) -> None:
        old = await stage.plan(registration_deadline=today() - timedelta(days=30))
        until = (today() - timedelta(days=20)).isoformat()
        assert await stage.row(old, deadline_to=until)
        assert await stage.row(old, deadline_to=until, closed=False) is None
        assert await stage.row(old, deadline_to=(today() - timedelta(days=31)).isoformat()) is None
        assert await stage.row(old, deadline_to=today().isoformat()) is None

    async def test_dates_type_name_and_status_narrow_together(self, stage: Stage) -> None:
        plan = await stage.plan("skin")
        await stage.registered(plan, "张三", "skin", status=S.DRAFT)
        day = plan.registration_deadline
        assert await stage.row(plan, deadline_from=day.isoformat(), deadline_to=day.isoformat())
        assert await stage.row(plan, deadline_to=(day - timedelta(days=1)).isoformat()) is None
        assert await stage.row(plan, deadline_from=(day + timedelta(days=1)).isoformat()) is None
        assert await stage.row(plan, type_code="diagnosis_physician")
        assert await stage.row(plan, type_code="skills_training") is None
        assert await stage.row(plan, name=plan.name[2:-2])
        assert await stage.row(plan, name="100%_") is None
        assert await stage.row(plan, status=["registered", "in_progress"])
        assert await stage.row(plan, status=["registered", "not_registered"]) is None

    @pytest.mark.req("FAQ-M3")
    async def test_mine_ignores_deadlines_and_shows_only_mine(self, stage: Stage) -> None:
        closed, untouched = await stage.plan(registration_deadline=today() - timedelta(days=3)), await stage.plan()
        await stage.registered(closed, status=S.DRAFT)
        row = await stage.row(closed, mine=True)
        assert row is not None
        assert row["unsent_count"] == 1
        assert await stage.row(untouched, mine=True) is None

    @pytest.mark.req("TRN-31", "TRN-36")
    async def test_only_what_was_published(self, stage: Stage) -> None:
        draft = await stage.plan(status=PlanStatus.DRAFT)
        assert await stage.row(draft) is None

    @pytest.mark.req("TRN-32")
    async def test_nearest_deadline_first_then_type(self, stage: Stage) -> None:
        day, mark = today() + timedelta(days=40), "序"
        names = [f"{mark}{stage.actor.organisation_id.hex[-6:]}{at}" for at in range(3)]
        await stage.plan(name=names[0], registration_deadline=day + timedelta(days=1))
        await stage.plan(name=names[1], registration_deadline=day)
        await stage.plan("skin", name=names[2], registration_deadline=day)
        params: dict[str, str | int] = {"name": names[0][:-1], "limit": 2}
        first = (await stage.unit.get(LIST, params=params)).json()
        assert [row["name"] for row in first["items"]] == [names[2], names[1]]
        second = (await stage.unit.get(LIST, params={**params, "cursor": first["next_cursor"]})).json()
        assert [row["name"] for row in second["items"]] == [names[0]]
        assert (first["total"], second["next_cursor"]) == (3, None)


@pytest.mark.req("PLAT-06")
class TestWhoSees:
    async def test_it_is_for_those_who_register(self, stage: Stage) -> None:
        assert (await stage.province.get(LIST)).status_code == 403

    async def test_anothers_people_are_counted_and_never_shown(self, stage: Stage) -> None:
        plan = await stage.plan()
        await stage.registered(plan, actor=stage.other, status=S.SUBMITTED)
        page = (await stage.unit.get(f"{LIST}/{plan.id}")).json()
        assert (page["total_count"], page["own_count"], page["registrants"]) == (1, 0, [])
