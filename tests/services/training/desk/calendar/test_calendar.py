"""A unit's calendar, as a page and as iCalendar (FAQ-M7, BEY-03)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.training.classes.class_sessions.models import Schedule
from services.training.classes.class_sessions.workflow import ScheduleStatus
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import WaitingEntry
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.clock import BEIJING, now_utc, start_of_beijing_day
from shared.ical import FIRST, Edition, Entry, calendar
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.callers import internal_headers
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, today

pytestmark = pytest.mark.req("FAQ-M7", "BEY-03")
ADDRESS = "/api/training/calendar"


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
def unit() -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


@pytest.fixture
async def client(client_for: ClientFor, unit: Actor) -> httpx.AsyncClient:
    return await client_for(app, unit)


def day(after: int) -> str:
    return str(today() + timedelta(days=after))


async def items(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(ADDRESS)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def kinds(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    return [(item["kind"], item["starts_on"]) for item in await items(client)]


def events_in(data: bytes) -> list[dict[str, str]]:
    """The events of a file, by property with its parameters; what is folded is joined first."""
    text = data.replace(b"\r\n ", b"").decode()
    found: list[dict[str, str]] = []
    for line in text.split("\r\n"):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, _, value = line.partition(":")
            found[-1][name] = value
    return found


class TestWhatStandsInIt:
    async def test_the_deadline_of_a_plan_in_which_the_unit_has_people(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            await add_plan(session)  # nobody of the unit is in it
            await add_people(session, unit, plan, 1, status=RegistrationStatus.DRAFT)
        assert [(i["kind"], i["starts_on"], i["title"], i["path"]) for i in await items(client)] == [
            ("registration_deadline", day(10), f"报名截止：{plan.name}", f"/registrations/{plan.id}")
        ]

    async def test_the_opening_once_it_is_set_and_sessions_once_it_is_open(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        opens = start_of_beijing_day(today() + timedelta(days=2)) + timedelta(hours=1)
        own = start_of_beijing_day(today() + timedelta(days=3))
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            schedule = await add_schedule(session, plan, ScheduleStatus.PLANNING)
            await add_class(session, schedule, opens_at=own)
            await add_people(session, unit, plan, 1)
        register = ("registration_deadline", day(10))
        assert await kinds(client) == [register]
        await write(runtime, Schedule, schedule, opens_at=opens)
        assert await kinds(client) == [("selection_opening", day(2)), register]
        assert datetime.fromisoformat((await items(client))[0]["at"]) == opens
        uid = (await items(client))[0]["uid"]
        await write(runtime, Schedule, schedule, status=ScheduleStatus.OPEN, opened_at=now_utc())
        assert await kinds(client) == [
            ("selection_opening", day(0)),
            ("selection_opening", day(3)),
            ("selection_deadline", day(5)),
            register,
        ]
        assert (await items(client))[0]["uid"] == uid  # moved, and not a second one
        assert [item["path"] for item in await items(client)] == [
            *[f"/selections/{plan.id}"] * 3,
            f"/registrations/{plan.id}",
        ]

    async def test_who_has_nobody_approved_is_not_told_of_the_selection(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            schedule = await add_schedule(session, plan)
            schedule.opened_at = now_utc()
            await add_class(session, schedule)
            await add_people(session, unit, plan, 1, status=RegistrationStatus.SUBMITTED)
        assert await kinds(client) == [("registration_deadline", day(10))]

    async def test_sessions_with_the_number_of_its_own_people(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient, client_for: ClientFor
    ) -> None:
        other = make_actor(Permission.GROUP_REGISTRATION)
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session)
            row = await add_class(session, await add_schedule(session, plan))
            people = await add_people(session, unit, plan, 2)
            strangers = await add_people(session, other, plan, 1)
        assert (await put(client, row, "none", people))[0] == 200
        assert (await put(await client_for(app, other), row, "none", strangers))[0] == 200
        (taught,) = [item for item in await items(client) if item["kind"] == "class_session"]
        assert (taught["starts_on"], taught["ends_on"], taught["location"]) == (day(20), day(22), "南京")
        assert (taught["people"], taught["title"]) == (2, f"培训：{plan.name}第1期")
        async with runtime.database.unit_of_work() as session:
            values = {"unit_id": unit.organisation_id, "plan_id": plan.id, "class_session_id": row.id}
            entry = WaitingEntry(**values, specialty_code="none", size=1)
            session.add(entry)
            await session.flush()
            mine = Placement.registration_id == people[0].id
            await session.execute(update(Placement).where(mine).values(waiting_entry_id=entry.id))
        assert [item["people"] for item in await items(client) if item["people"]] == [1]

    async def test_what_is_long_over_is_left_out(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, registration_deadline=today() - timedelta(days=366))
            await add_people(session, unit, plan, 1)
        assert await items(client) == []
        await write(runtime, Plan, plan, registration_deadline=today() - timedelta(days=365))
        assert len(await items(client)) == 1

    @pytest.mark.req("PLAT-06")
    async def test_it_is_the_units_own(self, client_for: ClientFor) -> None:
        for what in (ADDRESS, f"{ADDRESS}.ics"):
            office = await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))
            assert (await office.get(what)).status_code == 403
            assert (await (await client_for(app, None)).get(what)).status_code == 401


async def write(runtime: Runtime, model: type[Any], row: Any, **values: Any) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(model).where(model.id == row.id).values(values))


class TestTheFile:
    async def test_it_says_the_same_and_nothing_of_persons(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            plan = await add_plan(session, name="诊断医师；复训, 第一批;甲\\乙")
            schedule = await add_schedule(session, plan)
            schedule.opened_at = start_of_beijing_day(today()) + timedelta(hours=1)
            row = await add_class(session, schedule, location="南京市玄武区珠江路一号" * 8)
            people = await add_people(session, unit, plan, 1)
        assert (await put(client, row, "none", people))[0] == 200
        answer = await client.get(f"{ADDRESS}.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
        assert answer.content.endswith(b"END:VCALENDAR\r\n")
        lines = answer.content.split(b"\r\n")
        assert not [line for line in lines if b"\n" in line or b"\r" in line or len(line) > 75]
        found = {event["UID"]: event for event in events_in(answer.content)}
        listed = {item["uid"]: item for item in await items(client)}
        assert set(found) == set(listed)
        by_kind = {listed[uid]["kind"]: event for uid, event in found.items()}
        taught, opening = by_kind["class_session"], by_kind["selection_opening"]
        assert taught["DTSTART;VALUE=DATE"] == f"{row.start_date:%Y%m%d}"
        assert taught["DTEND;VALUE=DATE"] == f"{row.end_date + timedelta(days=1):%Y%m%d}"
        assert taught["SUMMARY"] == "培训：诊断医师；复训\\, 第一批\\;甲\\\\乙第1期"
        assert (taught["LOCATION"], taught["DESCRIPTION"]) == (row.location, "本单位 1 人参加")
        beijing = schedule.opened_at.astimezone(BEIJING)
        assert opening["DTSTART;TZID=Asia/Shanghai"] == f"{beijing:%Y%m%dT%H%M%S}"
        assert b"BEGIN:VTIMEZONE" in answer.content
        staff = people[0].staff
        assert not [each for each in (staff.name, staff.mobile) if each in answer.text]

    def test_what_would_break_a_line_is_escaped(self) -> None:
        made_at = datetime(2026, 1, 1, tzinfo=UTC)
        day = date(2026, 12, 31)
        entry = Entry(uid=new_id(), title="一\nEND:VEVENT", starts_on=day, ends_on=day, location="a;b,c\\")
        (read,) = events_in(calendar("日历", [(entry, FIRST)], portal="", made_at=made_at))
        assert (read["SUMMARY"], read["LOCATION"]) == ("一\\nEND:VEVENT", "a\\;b\\,c\\\\")
        assert (read["DTEND;VALUE=DATE"], read["DTSTAMP"]) == ("20270101", "20260101T000000Z")
        last = entry.model_copy(update={"starts_on": date.max, "ends_on": date.max})
        assert "DTEND;VALUE=DATE" not in events_in(calendar("", [(last, FIRST)], portal="", made_at=made_at))[0]

    def test_each_form_of_an_event_says_which_it_is(self) -> None:
        day, changed_at = date(2026, 12, 31), datetime(2026, 1, 2, tzinfo=UTC)
        entry = Entry(uid=new_id(), title="培训", starts_on=day, ends_on=day, path="/x")
        (read,) = events_in(calendar("日历", [(entry, Edition(3, changed_at, True))], portal="https://p/"))
        assert (read["SEQUENCE"], read["STATUS"], read["LAST-MODIFIED"]) == ("3", "CANCELLED", "20260102T000000Z")
        assert read["URL"] == "https://p/x"

    async def test_another_service_is_told_of_the_units_own(
        self, runtime: Runtime, unit: Actor, client: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            await add_people(session, unit, await add_plan(session), 1)
        asked = f"/internal/training/calendar/{unit.organisation_id}"
        assert (await client.get(asked)).status_code == 404
        told = (await client.get(asked, headers=internal_headers(runtime))).json()
        assert [each["uid"] for each in told] == [each["uid"] for each in await items(client)]
        other = f"/internal/training/calendar/{new_id()}"
        assert (await client.get(other, headers=internal_headers(runtime))).json() == []
