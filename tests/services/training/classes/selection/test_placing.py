"""确定: people are placed and removed as a whole set, and every bound and clash is told (TRN-69…73)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
from services.training.main import app
from services.training.plans.choices import TrainingKind
from services.training.plans.models import Plan
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.workflow.apply import apply
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule, assert_counters
from tests.services.training.records import add_plan, add_registration, today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION


async def put(
    client: httpx.AsyncClient, row: ClassSession, code: str, people: list[Registration]
) -> tuple[int, dict[str, Any]]:
    answer = await client.put(
        f"/api/training/selections/{row.plan_id}/placements",
        json={"class_session_id": str(row.id), "specialty_code": code, "registration_ids": [str(p.id) for p in people]},
    )
    return answer.status_code, answer.json()


async def check(runtime: Runtime, plan: Plan) -> None:
    async with runtime.database.unit_of_work() as session:
        await assert_counters(session, plan)


class TestTheTickedSet:
    @pytest.mark.req("TRN-69", "X11")
    async def test_the_seat_comes_with_the_first_specialty_and_goes_with_the_last(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None, "eye": None}, capacity=2)
            people = await add_people(session, actor, plan, 2, "skin", "eye")
        client = await client_for(app, actor)
        steps = [("skin", people, 0), ("eye", people[:1], 0), ("skin", [], 1), ("eye", [], 2)]
        for code, ticked, remaining in steps:
            status, body = await put(client, row, code, ticked)
            assert (status, body["session_remaining"], body["specialty_taken"]) == (200, remaining, len(ticked))
            await check(runtime, plan)

    @pytest.mark.req("TRN-69", "TRN-72")
    async def test_a_swap_fits_into_a_full_class(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            row = await add_class(session, await add_schedule(session, plan), capacity=1)
            people = await add_people(session, actor, plan, 2)
        client = await client_for(app, actor)
        assert (await put(client, row, "none", people[:1]))[0] == 200
        status, body = await put(client, row, "none", people[1:])
        assert (status, body["added"], body["removed"], body["session_remaining"]) == (200, 1, 1, 0)
        await check(runtime, plan)


@pytest.mark.req("TRN-72", "BEY-01", "X11")
class TestBothBounds:
    @pytest.mark.parametrize(
        ("capacity", "places", "bound"), [(2, None, "session_full"), (5, 2, "specialty_full"), (2, 2, "session_full")]
    )
    async def test_the_one_too_many_is_refused_with_what_else_is_free(
        self,
        open_app: OpenApp,
        client_for: ClientFor,
        make_actor: MakeActor,
        capacity: int,
        places: int | None,
        bound: str,
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            schedule = await add_schedule(session, plan)
            row = await add_class(session, schedule, {"skin": places}, capacity=capacity)
            other = await add_class(session, schedule, {"skin": 3}, session_no=2, start_in=30)
            kind = TrainingKind.REFRESHER
            await add_class(session, schedule, {"skin": 3}, session_no=3, start_in=40, training_kind=kind)
            people = await add_people(session, actor, plan, 3, "skin")
        client = await client_for(app, actor)
        assert (await put(client, row, "skin", people[:1]))[0] == 200
        status, body = await put(client, row, "skin", people)
        assert (status, body["code"]) == (409, "class_is_full")
        assert [error["code"] for error in body["errors"]] == [bound, "free_elsewhere"]
        assert "剩余 1 人" in body["errors"][0]["message"]
        assert body["errors"][1]["field"] == f"class_sessions.{other.id}"
        assert f"第2期（{other.start_date} 至 {other.end_date}）剩余 3 人" in body["detail"]
        detail = (await client.get(f"/api/training/selections/{plan.id}")).json()
        card = detail["class_sessions"][0]
        assert (card["remaining"], card["rows"][0]["own"], detail["placed"]) == (capacity - 1, 1, 1)
        await check(runtime, plan)


class TestClashes:
    @pytest.mark.req("TRN-70", "X11")
    async def test_specialties_go_to_sessions_that_do_not_overlap(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye", "tumour")
            schedule = await add_schedule(session, plan)
            taught: dict[str, int | None] = {"skin": None, "eye": None, "tumour": None}
            first = await add_class(session, schedule, taught, start_in=20, days=3)
            touching = await add_class(session, schedule, taught, start_in=22, days=3, session_no=2)
            later = await add_class(session, schedule, taught, start_in=23, days=3, session_no=3)
            people = await add_people(session, actor, plan, 1, "skin", "eye", "tumour")
        client = await client_for(app, actor)
        assert (await put(client, first, "skin", people))[0] == 200
        status, body = await put(client, touching, "eye", people)
        assert (status, body["code"]) == (409, "time_clash")
        assert "甲0" in body["detail"]
        assert "第1期" in body["detail"]
        assert (await put(client, later, "eye", people))[0] == 200
        status, body = await put(client, later, "skin", people)
        assert (status, body["code"]) == (409, "already_placed")
        assert "第1期" in body["detail"]
        await check(runtime, plan)

    @pytest.mark.req("TRN-70", "BEY-01")
    async def test_a_person_of_two_units_sits_once_a_day(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plans = [await add_plan(session), await add_plan(session)]
            rows = [await add_class(session, await add_schedule(session, plan)) for plan in plans]
            people = await add_people(session, actor, plans[0], 1)
            people.append(await add_registration(session, actor, plans[1], people[0].staff))
        client = await client_for(app, actor)
        assert (await put(client, rows[0], "none", people[:1]))[0] == 200
        status, body = await put(client, rows[1], "none", people[1:])
        assert (status, body["code"]) == (409, "time_clash")
        assert plans[0].name in body["detail"]


class TestWhoAndWhen:
    @pytest.mark.req("TRN-51", "TRN-69", "FAQ-M4")
    async def test_each_person_who_cannot_be_placed_is_named_with_the_reason(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None, "eye": None})
            good = await add_people(session, actor, plan, 1, "skin")
            bad = await add_people(session, actor, plan, 1, "skin", status=RegistrationStatus.SUBMITTED)
            bad += await add_people(session, actor, plan, 1, "eye")
            bad += await add_people(session, actor, plan, 1, "skin", training_kind=TrainingKind.REFRESHER)
        client = await client_for(app, actor)
        status, body = await put(client, row, "skin", [*good, *bad])
        assert (status, body["code"]) == (409, "people_not_selectable")
        told = {(error["field"], error["code"]) for error in body["errors"]}
        codes = ("not_approved", "specialty_not_registered", "training_kind_differs")
        assert told == {(f"registration_ids.{at}", code) for at, code in enumerate(codes, 1)}
        await check(runtime, plan)

    @pytest.mark.req("PLAT-06")
    async def test_a_strangers_people_do_not_exist(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor, stranger = await open_app(app), make_actor(UNIT), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            row = await add_class(session, await add_schedule(session, plan))
            people = await add_people(session, actor, plan, 1)
            theirs = await add_people(session, stranger, plan, 1)
        client = await client_for(app, actor)
        assert (await put(client, row, "none", [*people, *theirs]))[0] == 404
        outsider = await client_for(app, make_actor(UNIT))
        assert (await put(outsider, row, "none", people))[0] == 404
        await check(runtime, plan)

    @pytest.mark.req("TRN-73", "PLAT-12", "TRN-60", "TRN-71")
    async def test_the_deadline_day_still_counts_and_other_doors_are_shut(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan, unopened = await add_plan(session), await add_plan(session)
            schedule = await add_schedule(session, plan)
            due = await add_class(session, schedule, selection_deadline=today())
            past = today() - timedelta(days=1)
            over = await add_class(session, schedule, selection_deadline=past, session_no=2, start_in=40)
            shut = await add_class(session, await add_schedule(session, unopened, ScheduleStatus.PLANNING))
            people = await add_people(session, actor, plan, 1)
            others = await add_people(session, actor, unopened, 1)
        client = await client_for(app, actor)
        assert (await put(client, over, "none", people))[1]["code"] == "selection_closed"
        assert (await put(client, shut, "none", others))[1]["code"] == "selection_not_open"
        assert (await put(client, due, "none", people))[0] == 200
        assert (await client.post(f"/api/training/selections/{plan.id}/submit")).status_code == 200
        assert (await put(client, due, "none", []))[1]["code"] == "selection_submitted"

    @pytest.mark.req("STAFF-04")
    async def test_a_return_gives_the_seat_back(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        province = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye")
            schedule = await add_schedule(session, plan)
            first = await add_class(session, schedule, {"skin": 1}, capacity=1)
            second = await add_class(session, schedule, {"eye": None}, session_no=2, start_in=30)
            people = await add_people(session, actor, plan, 2, "skin", "eye")
        client = await client_for(app, actor)
        assert (await put(client, first, "skin", people[:1]))[0] == 200
        assert (await put(client, second, "eye", people))[0] == 200
        async with runtime.database.unit_of_work() as session:
            returned = await session.get_one(Registration, people[0].id)
            reason = ReturnBody(reason="材料不全")
            await apply(session, REGISTRATION, returned, RegistrationAction.RETURN, actor=province, body=reason)
        await check(runtime, plan)
        status, body = await put(client, first, "skin", people[1:])
        assert (status, body["session_remaining"]) == (200, 0)
        detail = (await client.get(f"/api/training/selections/{plan.id}")).json()
        assert [row["taken"] for card in detail["class_sessions"] for row in card["rows"]] == [1, 1]
