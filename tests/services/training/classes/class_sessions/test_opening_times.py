"""The set time at which selection opens, and the filters of both lists (STAFF-05, STAFF-06, FAQ-M7)."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.clock import now_utc, start_of_beijing_day
from shared.identifiers import new_id
from shared.roles import Level, Permission
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import SESSIONS, OpenApp, day, make_plan, wanted
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.records import today

SCHEDULES = "/api/training/schedules"


def at(days: int) -> str:
    """Noon of that day in Beijing."""
    return (start_of_beijing_day(today() + timedelta(days=days)) + timedelta(hours=12)).isoformat()


@pytest.fixture
async def office(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))


async def schedule_of(office: httpx.AsyncClient, plan: Plan) -> dict[str, Any]:
    found: list[dict[str, Any]] = (await office.get(SCHEDULES, params={"plan_id": str(plan.id)})).json()["items"]
    return found[0]


@pytest.mark.req("STAFF-05", "FAQ-M7")
class TestASessionsOwnOpening:
    async def test_it_is_kept_changed_and_taken_back(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app)
        made = await office.post(SESSIONS, json=wanted(plan, opens_at=at(3)))
        assert datetime.fromisoformat(made.json()["opens_at"]) == datetime.fromisoformat(at(3))
        address = f"{SESSIONS}/{made.json()['id']}"
        kept = await office.patch(address, json={"capacity": 9}, headers={"If-Match": '"1"'})
        assert kept.json()["opens_at"] == made.json()["opens_at"]
        later = await office.patch(address, json={"opens_at": at(4)}, headers={"If-Match": kept.headers["etag"]})
        assert datetime.fromisoformat(later.json()["opens_at"]) == datetime.fromisoformat(at(4))
        without = await office.patch(address, json={"opens_at": None}, headers={"If-Match": later.headers["etag"]})
        assert without.json()["opens_at"] is None

    async def test_it_opens_before_its_deadline_is_over(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app)
        last = start_of_beijing_day(today() + timedelta(days=11))
        refused = await office.post(SESSIONS, json=wanted(plan, opens_at=last.isoformat()))
        assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("opens_at", "opens_after_deadline")]
        in_time = (last - timedelta(seconds=1)).isoformat()
        assert (await office.post(SESSIONS, json=wanted(plan, opens_at=in_time))).status_code == 201

    @pytest.mark.parametrize("given", ["2026-01-01T09:00:00", "0001-01-01T00:00:00+14:00", "morgen"])
    async def test_what_is_no_time_is_named(self, open_app: OpenApp, office: httpx.AsyncClient, given: str) -> None:
        answer = await office.post(SESSIONS, json=wanted(await make_plan(open_app), opens_at=given))
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, ["opens_at"])


@pytest.mark.req("STAFF-06", "FAQ-M7")
class TestASetTime:
    async def test_it_is_set_and_taken_back(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app)
        await office.post(SESSIONS, json=wanted(plan))
        schedule = await schedule_of(office, plan)
        address = f"{SCHEDULES}/{schedule['id']}/set_opening"
        told = await office.post(address, json={"opens_at": at(2)})
        assert (told.status_code, told.json()["status"], told.json()["opened_at"]) == (200, "planning", None)
        assert datetime.fromisoformat(told.json()["opens_at"]) == datetime.fromisoformat(at(2))
        assert (await schedule_of(office, plan))["opens_at"] == told.json()["opens_at"]
        assert (await office.post(address, json={"opens_at": None})).json()["opens_at"] is None
        assert (await office.post(f"{SCHEDULES}/{schedule['id']}/open")).status_code == 200
        assert (await office.post(address, json={"opens_at": at(2)})).status_code == 409

    async def test_it_lies_ahead_and_before_the_first_deadline(
        self, open_app: OpenApp, office: httpx.AsyncClient
    ) -> None:
        plan = await make_plan(open_app)
        for place, deadline in (("南京", 12), ("苏州", 9)):
            await office.post(SESSIONS, json=wanted(plan, selection_deadline=day(deadline), location=place))
        address = f"{SCHEDULES}/{(await schedule_of(office, plan))['id']}/set_opening"
        for given, code in (
            ((now_utc() - timedelta(seconds=1)).isoformat(), "opening_past"),
            (start_of_beijing_day(today() + timedelta(days=10)).isoformat(), "opens_after_deadline"),
        ):
            refused = await office.post(address, json={"opens_at": given})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "opens_at")
            assert refused.json()["errors"][0]["code"] == code
        assert (await office.post(address, json={"opens_at": at(9)})).status_code == 200
        assert (await schedule_of(office, plan))["status"] == "planning"

    async def test_no_deadline_comes_to_lie_before_it(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app)
        made = (await office.post(SESSIONS, json=wanted(plan))).json()
        await office.post(f"{SCHEDULES}/{made['schedule_id']}/set_opening", json={"opens_at": at(8)})
        expected = [("selection_deadline", "deadline_before_opening")]
        early = await office.post(SESSIONS, json=wanted(plan, selection_deadline=day(7)))
        assert [(e["field"], e["code"]) for e in early.json()["errors"]] == expected
        moved, tag = {"selection_deadline": day(7)}, {"If-Match": '"1"'}
        earlier = await office.patch(f"{SESSIONS}/{made['id']}", json=moved, headers=tag)
        assert [(e["field"], e["code"]) for e in earlier.json()["errors"]] == expected
        assert (await office.post(f"{SCHEDULES}/{made['schedule_id']}/open")).status_code == 200
        assert (await office.patch(f"{SESSIONS}/{made['id']}", json=moved, headers=tag)).status_code == 200

    async def test_there_must_be_something_to_open(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        plan = await make_plan(open_app)
        async with (await open_app(app)).database.unit_of_work() as session:
            schedule = await add_schedule(session, plan, ScheduleStatus.PLANNING)
        answer = await office.post(f"{SCHEDULES}/{schedule.id}/set_opening", json={"opens_at": at(2)})
        assert (answer.status_code, answer.json()["code"]) == (409, "no_class_sessions")

    async def test_a_unit_sets_nothing(self, open_app: OpenApp, client_for: ClientFor) -> None:
        unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        answer = await unit.post(f"{SCHEDULES}/{new_id()}/set_opening", json={"opens_at": at(2)})
        assert answer.status_code == 403


@pytest.mark.req("STAFF-06")
class TestALaterDeadline:
    async def test_it_is_told_of_and_closes_anew(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        runtime, plan = await open_app(app), await make_plan(open_app)
        async with runtime.database.unit_of_work() as session:
            row = await add_class(session, await add_schedule(session, plan), selection_deadline=today())
            times = {"reminded_at": now_utc(), "closed_at": now_utc()}
            await session.execute(update(ClassSession).where(ClassSession.id == row.id).values(times))
        address, tag = f"{SESSIONS}/{row.id}", {"If-Match": '"1"'}
        other = await office.patch(address, json={"capacity": 8, "selection_deadline": day(0)}, headers=tag)
        assert other.json()["closed_at"] is not None
        changed = await office.patch(
            address, json={"selection_deadline": day(4)}, headers={"If-Match": other.headers["etag"]}
        )
        assert (changed.status_code, changed.json()["closed_at"]) == (200, None)
        async with runtime.database.unit_of_work() as session:
            now = await session.get_one(ClassSession, row.id)
            assert (now.reminded_at, now.closed_at) == (None, None)


@pytest.mark.req("STAFF-05", "PLAT-08")
class TestFilters:
    async def test_both_lists_know_the_same_four(self, open_app: OpenApp, office: httpx.AsyncClient) -> None:
        mark = new_id().hex[-8:]
        plan = await make_plan(open_app, "skin", name=f"职业病诊断{mark}班")
        other = await make_plan(open_app, name=f"职业病诊断{mark}甲")
        async with (await open_app(app)).database.unit_of_work() as session:
            await add_class(session, await add_schedule(session, plan), {"skin": None})
            await add_class(session, await add_schedule(session, other, ScheduleStatus.PLANNING))
        both, first, second = {str(plan.id), str(other.id)}, {str(plan.id)}, {str(other.id)}
        asked: list[tuple[dict[str, Any], set[str]]] = [
            ({"name": f"诊断{mark}"}, both),
            ({"name": f"zyb zd{mark}b"}, first),
            ({"name": mark, "type_code": "skills_training"}, second),
            ({"name": mark, "status": "planning"}, second),
            ({"name": mark, "status": ["planning", "open"]}, both),
            ({"name": mark, "plan_id": str(plan.id)}, first),
            ({"name": f"%{mark}"}, set()),
        ]
        for address in (SESSIONS, SCHEDULES):
            for query, expected in asked:
                listed = (await office.get(address, params=query)).json()["items"]
                assert {item["plan_id"] for item in listed} == expected, (address, query)
