"""When a session can be chosen, and what is said until then (TRN-60, STAFF-05, FAQ-M4, FAQ-M7)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.main import app
from shared.clock import end_of_beijing_day, now_utc
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_pages import LIST
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
# 2099-01-02 09:30 in Beijing.
FAR = datetime(2099, 1, 2, 1, 30, tzinfo=UTC)
FAR_SAID = "2099-01-02 09:30（北京时间）"


class TestASessionThatOpensLater:
    @pytest.mark.req("TRN-60", "STAFF-05", "FAQ-M4")
    async def test_it_says_when_on_its_card_in_the_persons_line_and_in_the_refusal(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "skin")
            row = await add_class(session, await add_schedule(session, plan), {"skin": None}, opens_at=FAR)
            people = await add_people(session, actor, plan, 1, "skin")
        client = await client_for(app, actor)
        status, refused = await put(client, row, "skin", people)
        body = (await client.get(f"{LIST}/{plan.id}")).json()
        card, (person,) = body["class_sessions"][0], body["unplaced_people"]
        assert (status, refused["code"]) == (409, "selection_opens_later")
        assert (card["operation"], card["code"], card["reason"]) == ("view", refused["code"], refused["detail"])
        assert datetime.fromisoformat(card["opens_at"]) == FAR
        assert FAR_SAID in card["reason"]
        assert person["specialties"][0]["code"] == "selection_opens_later"
        assert FAR_SAID in person["specialties"][0]["reason"]
        async with runtime.database.unit_of_work() as session:
            opened = update(ClassSession).where(ClassSession.id == row.id)
            await session.execute(opened.values(opens_at=now_utc() - timedelta(seconds=1)))
        assert (await put(client, row, "skin", people))[0] == 200

    @pytest.mark.req("FAQ-M4")
    async def test_while_another_is_full_the_person_hears_of_both(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            schedule = await add_schedule(session, plan)
            full = await add_class(session, schedule, capacity=1)
            await add_class(session, schedule, session_no=2, start_in=40, opens_at=FAR)
            people = await add_people(session, actor, plan, 2)
        client = await client_for(app, actor)
        assert (await put(client, full, "none", people[:1]))[0] == 200
        (person,) = (await client.get(f"{LIST}/{plan.id}")).json()["unplaced_people"]
        line = person["specialties"][0]
        assert line["code"] == "class_is_full"
        assert f"第2期将于 {FAR_SAID}开放" in line["reason"]
        status, refused = await put(client, full, "none", people)
        assert (status, [error["code"] for error in refused["errors"]]) == (409, ["session_full"])


class TestAPlanThatIsNotOpen:
    @pytest.mark.req("TRN-60", "FAQ-M7")
    async def test_it_says_when_it_opens_where_a_time_is_set(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            schedule = await add_schedule(session, plan, ScheduleStatus.PLANNING)
            row = await add_class(session, schedule)
            people = await add_people(session, actor, plan, 1)
        client, address = await client_for(app, actor), f"{LIST}/{plan.id}"
        body = (await client.get(address)).json()
        assert (body["open"], body["opens_at"], body["message"]) == (False, None, "选班尚未开放，开放后会通知贵单位")
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(Schedule).where(Schedule.id == schedule.id).values(opens_at=FAR))
        body = (await client.get(address)).json()
        assert datetime.fromisoformat(body["opens_at"]) == FAR
        assert body["message"] == f"选班将于 {FAR_SAID}开放，开放时会通知贵单位"
        line = body["unplaced_people"][0]["specialties"][0]
        refusals = [await put(client, row, "none", people)]
        refusals.append((409, (await client.post(f"{address}/submit")).json()))
        for status, refused in refusals:
            assert (status, refused["code"], refused["detail"]) == (409, "selection_not_open", body["message"])
            assert (line["code"], line["reason"]) == (refused["code"], refused["detail"])
        assert plan.id not in {item["plan_id"] for item in (await client.get(LIST)).json()["items"]}

    @pytest.mark.req("FAQ-M7", "PLAT-12")
    async def test_a_card_has_the_last_moment_of_its_deadline(
        self, open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        runtime, actor = await open_app(app), make_actor(UNIT)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            row = await add_class(session, await add_schedule(session, plan))
            await add_people(session, actor, plan, 1)
        (card,) = (await (await client_for(app, actor)).get(f"{LIST}/{plan.id}")).json()["class_sessions"]
        assert datetime.fromisoformat(card["closes_at"]) == end_of_beijing_day(row.selection_deadline)
