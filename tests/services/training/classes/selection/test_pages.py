"""What a unit sees while it chooses, and how it finishes (TRN-60…74)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.choices import TrainingKind
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, add_registration, today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
LIST = "/api/training/selections"


class TestList:
    @pytest.mark.req("TRN-60", "TRN-61", "TRN-62", "TRN-63", "TRN-64", "X10")
    async def test_rows_are_open_plans_with_approved_people(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor, other = await open_app(app), make_actor(UNIT), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            names = ("skin",), (), ("eye",), ("eye",)
            plans = [await add_plan(session, *codes, name=f"培训{at}") for at, codes in enumerate(names)]
            states = [ScheduleStatus.OPEN] * 3 + [ScheduleStatus.PLANNING]
            schedules = [await add_schedule(session, p, s) for p, s in zip(plans, states, strict=True)]
            rows = [
                await add_class(session, schedule, dict.fromkeys(codes))
                for schedule, codes in zip(schedules, names, strict=True)
            ]
            await add_class(session, schedules[0], {"skin": None}, session_no=2, start_in=30, capacity=7)
            people = await add_people(session, actor, plans[0], 2, "skin")
            await add_people(session, actor, plans[1], 1)
            await add_people(session, actor, plans[2], 1, "eye", status=RegistrationStatus.SUBMITTED)
            await add_people(session, actor, plans[3], 1, "eye")
            theirs = await add_people(session, other, plans[0], 1, "skin")
        client = await client_for(app, actor)
        assert (await put(client, rows[0], "skin", people[:1]))[0] == 200
        assert (await put(await client_for(app, other), rows[0], "skin", theirs))[0] == 200
        items = (await client.get(LIST)).json()["items"]
        keys = ("name", "class_session_count", "capacity", "selected", "status_label", "operation_label")
        assert [tuple(item[key] for key in keys) for item in items] == [
            ("培训0", 2, 12, 1, "待选班", "选班"),
            ("培训1", 1, 5, 0, "待选班", "选班"),
        ]
        await client.post(f"{LIST}/{plans[0].id}/submit", json={"leave_unplaced": True})
        filters: list[tuple[dict[str, Any], list[str]]] = [
            ({"status": "submitted"}, ["培训0"]),
            ({"status": ["submitted", "selecting"]}, ["培训0", "培训1"]),
        ]
        filters += [({"name": "训1"}, ["培训1"]), ({"type_code": "diagnosis_physician"}, ["培训0"])]
        for query, found in filters:
            items = (await client.get(LIST, params=query)).json()["items"]
            assert [item["name"] for item in items] == found
        assert (await client.get(LIST, params={"status": "submitted"})).json()["items"][0]["operation_label"] == "查看"

    @pytest.mark.req("TRN-62", "FAQ-M7")
    async def test_the_list_says_until_when(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        deadlines = ((-1, 3, 9), (0,), (-2,))
        async with runtime.database.unit_of_work() as session:
            for at, own in enumerate(deadlines):
                plan = await add_plan(session, "skin", name=f"截止{at}")
                schedule = await add_schedule(session, plan)
                for number, days in enumerate(own, start=1):
                    day = today() + timedelta(days=days)
                    await add_class(
                        session,
                        schedule,
                        {"skin": None},
                        session_no=number,
                        start_in=20 * number,
                        selection_deadline=day,
                    )
                await add_people(session, actor, plan, 1, "skin")
        items = (await (await client_for(app, actor)).get(LIST)).json()["items"]
        in_days = str(today() + timedelta(days=3))
        told = [(item["next_deadline"], item["days_left"]) for item in items]
        assert told == [(in_days, 3), (str(today()), 0), (None, None)]


class TestDetail:
    @pytest.mark.req("TRN-73", "TRN-74", "PLAT-02")
    async def test_its_buttons_say_where(self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            await add_class(session, await add_schedule(session, plan), {"skin": None})
            await add_people(session, actor, plan, 1, "skin")
        client = await client_for(app, actor)
        for action in ("submit", "withdraw"):
            buttons = (await client.get(f"{LIST}/{plan.id}")).json()["allowed_actions"]
            href = next(each["href"] for each in buttons if each["action"] == action)
            assert (
                await client.post(href, json={"leave_unplaced": True} if action == "submit" else {})
            ).status_code == 200

    @pytest.mark.req("TRN-66", "TRN-68", "X29", "FAQ-M4")
    async def test_three_numbers_and_the_unplaced_with_what_stands_in_the_way(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor, other = await open_app(app), make_actor(UNIT), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin", "eye", "tumour", "poisoning")
            schedule = await add_schedule(session, plan)
            row = await add_class(session, schedule, {"skin": None, "eye": 1})
            past = today() - timedelta(days=1)
            await add_class(session, schedule, {"poisoning": 1}, session_no=2, start_in=30, selection_deadline=past)
            people = await add_people(session, actor, plan, 3, "skin", "eye", "tumour", "poisoning")
            await add_people(session, actor, plan, 1, "skin", status=RegistrationStatus.RETURNED)
            done = await add_people(session, actor, plan, 1, "skin")
            theirs = await add_people(session, other, plan, 1, "skin", "eye")
        client = await client_for(app, actor)
        assert (await put(client, row, "skin", [*people[:1], *done]))[0] == 200
        assert (await put(await client_for(app, other), row, "eye", theirs))[0] == 200
        body = (await client.get(f"{LIST}/{plan.id}")).json()
        assert (body["placed"], body["unplaced"], body["approved"]) == (2, 3, 4)
        unplaced = {person["registration_id"]: person["specialties"] for person in body["unplaced_people"]}
        told = {each["specialty_code"]: each["code"] for each in unplaced[str(people[0].id)]}
        assert told == {
            "eye": "class_is_full",
            "tumour": "specialty_has_no_session",
            "poisoning": "selection_closed",
        }
        assert [each["code"] for each in unplaced[str(people[1].id)] if each["specialty_code"] == "skin"] == [None]
        assert [each["code"] for each in body["waiting_people"]] == ["not_approved"]
        card = body["class_sessions"][0]
        assert (card["remaining"], card["specialties"]) == (2, ["职业性皮肤病", "职业性眼病"])
        numbers = {r["specialty_code"]: (r["registered"], r["places"], r["taken"], r["own"]) for r in card["rows"]}
        assert numbers == {"skin": (5, None, 2, 2), "eye": (4, 1, 1, 0)}
        assert [each["operation"] for each in body["class_sessions"]] == ["select", "view"]

    @pytest.mark.req("X19")
    async def test_nobody_has_two_ages(self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> None:
        """The unit wrote another day into its file; every page counts by the number."""
        runtime, actor = await open_app(app), make_actor(UNIT, Permission.INSTITUTION_FILING)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            await add_class(session, await add_schedule(session, plan), {"skin": None})
            (registration,) = await add_people(session, actor, plan, 1, "skin")
            staff = registration.staff
            staff.birth_date = today() - timedelta(days=365 * 70)
        client = await client_for(app, actor)
        selection = (await client.get(f"{LIST}/{plan.id}")).json()["unplaced_people"][0]["age"]
        group = (await client.get(f"/api/training/group-registrations/{plan.id}")).json()["registrants"][0]["age"]
        file = (await client.get(f"/api/training/personnel/{staff.id}")).json()["age"]
        assert selection == group == staff.person.age_on(plan.registration_deadline)
        assert {selection, file} <= set(range(20, 50))

    @pytest.mark.req("TRN-65", "TRN-67")
    async def test_nothing_that_fits_is_said(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plans = [await add_plan(session, "skin", "eye"), await add_plan(session)]
            await add_class(session, await add_schedule(session, plans[0]), {"skin": None})
            await add_class(session, await add_schedule(session, plans[1]))
            await add_people(session, actor, plans[0], 1, "eye")
            await add_people(session, actor, plans[1], 1)
        client = await client_for(app, actor)
        bodies = [(await client.get(f"{LIST}/{plan.id}")).json() for plan in plans]
        assert [(b["nothing_fits"], b["message"]) for b in bodies] == [(True, "您选择的专业类别未开班！"), (False, "")]
        assert [body["has_specialties"] for body in bodies] == [True, False]

    @pytest.mark.req("TRN-69", "TRN-70", "FAQ-M4", "PLAT-06")
    async def test_candidates_stand_apart_from_those_placed_elsewhere(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan, elsewhere = await add_plan(session, "skin", "poisoning"), await add_plan(session)
            schedule = await add_schedule(session, plan)
            row = await add_class(session, schedule, {"skin": None})
            later = await add_class(session, schedule, {"skin": None}, session_no=2, start_in=40)
            away = await add_class(session, await add_schedule(session, elsewhere), start_in=22)
            people = await add_people(session, actor, plan, 4, "skin")
            await add_people(session, actor, plan, 1, "skin", training_kind=TrainingKind.REFRESHER)
            # Of no interest in a row of another 专业类别.
            await add_people(session, actor, plan, 1, "poisoning")
            guest = await add_registration(session, actor, elsewhere, people[2].staff)
        client = await client_for(app, actor)
        for at, code, who in ((row, "skin", people[:1]), (later, "skin", people[1:2]), (away, "none", [guest])):
            assert (await put(client, at, code, who))[0] == 200
        query = {"class_session_id": str(row.id), "specialty_code": "skin"}
        body = (await client.get(f"{LIST}/{plan.id}/candidates", params=query)).json()
        assert [(c["name"], c["placed"]) for c in body["candidates"]] == [("甲0", True), ("甲3", False)]
        clashing = {c["name"]: (c["code"], c["clashing_session_id"]) for c in body["clashing"]}
        assert clashing == {"甲1": ("already_placed", str(later.id)), "甲2": ("time_clash", str(away.id))}
        assert [c["code"] for c in body["waiting"]] == ["training_kind_differs"]
        for name, found in (("甲3", ["甲3"]), ("j", ["甲0", "甲3"]), ("乙", [])):
            narrowed = await client.get(f"{LIST}/{plan.id}/candidates", params={**query, "name": name})
            assert [c["name"] for c in narrowed.json()["candidates"]] == found
        stranger = await client_for(app, make_actor(UNIT))
        assert (await stranger.get(f"{LIST}/{plan.id}/candidates", params=query)).status_code == 404
        assert (await stranger.get(f"{LIST}/{plan.id}")).status_code == 404


class TestFinishing:
    @pytest.mark.req("TRN-71", "TRN-73", "TRN-74", "X12")
    async def test_the_unplaced_are_named_before_it_is_submitted(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            schedule = await add_schedule(session, plan)
            first = await add_class(session, schedule, {"skin": None}, selection_deadline=today())
            await add_class(session, schedule, {"skin": None}, session_no=2, start_in=40)
            people = await add_people(session, actor, plan, 2, "skin")
        client = await client_for(app, actor)
        assert (await put(client, first, "skin", people[:1]))[0] == 200
        asked = await client.post(f"{LIST}/{plan.id}/submit")
        assert (asked.status_code, asked.json()["code"]) == (409, "people_unplaced")
        assert [error["message"] for error in asked.json()["errors"]] == ["甲1：职业性皮肤病"]
        answer = await client.post(f"{LIST}/{plan.id}/submit", json={"leave_unplaced": True})
        assert (answer.status_code, answer.json()["status_label"]) == (200, "已选班")
        assert {card["operation"] for card in answer.json()["class_sessions"]} == {"view"}
        assert (await client.post(f"{LIST}/{plan.id}/withdraw")).json()["status_label"] == "待选班"
        await client.post(f"{LIST}/{plan.id}/submit", json={"leave_unplaced": True})
        async with runtime.database.unit_of_work() as session:
            (await session.merge(first)).selection_deadline = today() - timedelta(days=1)
        late = await client.post(f"{LIST}/{plan.id}/withdraw")
        assert (late.status_code, late.json()["code"]) == (409, "selection_closed")
