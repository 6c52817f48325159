"""改期: people keep their places on the new days; who sits elsewhere then is named, and 待选 again (STAFF-14)."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Seat
from services.training.main import app
from services.training.results.attendance.models import Attendance
from services.training.results.attendance.workflow import Means
from shared.clock import now_utc
from shared.db.history import History
from shared.events.base import Event
from shared.events.log import EventRow
from shared.events.training_selection import ClassSessionChanged, ClassSessionPutOff
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import SESSIONS, day
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.classes.waiting.queues import Full, fill, queue, status_of
from tests.services.training.records import add_plan, add_registration

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.GROUP_REGISTRATION
NEW = {"start_date": day(50), "end_date": day(53), "reason": "场地维修"}
pytestmark = pytest.mark.req("STAFF-14")


@pytest.fixture
async def office(client_for: ClientFor, make_actor: MakeActor) -> httpx.AsyncClient:
    return await client_for(app, make_actor(Permission.CLASS_SCHEDULING, level=Level.PROVINCE))


@pytest.fixture
async def full(open_app: OpenApp, client_for: ClientFor, make_actor: MakeActor) -> Full:
    """Two seats, both taken."""
    holder = make_actor(UNIT)
    return await fill(await open_app(app), holder, await client_for(app, holder), capacity=2)


async def put_off(office: httpx.AsyncClient, row: ClassSession, **changes: Any) -> tuple[int, dict[str, Any]]:
    answer = await office.post(f"{SESSIONS}/{row.id}/put_off", json={**NEW, **changes})
    return answer.status_code, answer.json()


async def told(full: Full, event: type[Event]) -> list[dict[str, Any]]:
    async with full.runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(EventRow.payload).where(EventRow.type == event.type))
        return [row for row in rows if row["plan_id"] == str(full.plan.id)]


async def seated_elsewhere(full: Full, *, start_in: int) -> ClassSession:
    """The first of the holder's people sits in a session of another plan, too."""
    async with full.runtime.database.unit_of_work() as session:
        plan = await add_plan(session, "eye")
        row = await add_class(
            session, await add_schedule(session, plan), {"eye": None}, start_in=start_in, session_no=4
        )
        staff = full.seated[0].staff
        registration = await add_registration(session, full.holder, plan, staff, "eye")
    assert (await put(full.client, row, "eye", [registration]))[0] == 200
    return row


class TestNewDays:
    async def test_everybody_keeps_the_place_and_is_told(self, full: Full, office: httpx.AsyncClient) -> None:
        old = (str(full.row.start_date), str(full.row.end_date))
        status, body = await put_off(office, full.row, selection_deadline=day(30), location="苏州")
        assert (status, body["taken"], body["days"]) == (200, 2, 4)
        assert [body[name] for name in ("start_date", "end_date", "location", "selection_deadline")] == [
            *(NEW["start_date"], NEW["end_date"]),
            *("苏州", day(30)),
        ]
        (event,) = await told(full, ClassSessionPutOff)
        assert (event["kept"], event["people"], event["reason"], event["location"]) == (2, "", NEW["reason"], "苏州")
        assert old[0] in event["before"]
        assert NEW["start_date"] in event["after"]
        async with full.runtime.database.unit_of_work() as session:
            days = await session.scalars(select(Seat.during).where(Seat.class_session_id == full.row.id))
            assert {(str(each.lower), str(each.upper)) for each in days} == {(day(50), day(54))}
            rows = list(await session.scalars(select(History).where(History.record_id == full.row.id)))
        assert {(row.action, row.reason) for row in rows} == {(each, NEW["reason"]) for each in ("update", "put_off")}
        (kept,) = [row for row in rows if row.action == "update"]
        assert kept.before is not None
        assert (kept.before["start_date"], kept.before["end_date"]) == old

    async def test_the_old_days_are_free_again(self, full: Full, office: httpx.AsyncClient) -> None:
        assert (await put_off(office, full.row))[0] == 200
        await seated_elsewhere(full, start_in=20)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"end_date": day(49)}, "end_date"),
            ({"start_date": day(3), "end_date": day(5)}, "selection_deadline"),
            ({"selection_deadline": day(51)}, "selection_deadline"),
            ({"start_date": day(20), "end_date": day(22)}, "start_date"),
            ({"reason": " "}, "reason"),
            ({"start_date": None}, "start_date"),
        ],
    )
    async def test_what_cannot_be_is_named_by_field(
        self, full: Full, office: httpx.AsyncClient, changes: dict[str, Any], field: str
    ) -> None:
        status, body = await put_off(office, full.row, **changes)
        assert (status, [each["field"] for each in body["errors"]]) == (422, [field])

    @pytest.mark.req("BEY-15")
    async def test_days_on_which_somebody_was_there_stay(self, full: Full, office: httpx.AsyncClient) -> None:
        async with full.runtime.database.unit_of_work() as session:
            mark: dict[str, Any] = {"means": Means.LIST, "recorded_at": now_utc(), "recorded_by": None}
            registration, day_ = full.seated[0].id, full.row.start_date
            session.add(Attendance(class_session_id=full.row.id, registration_id=registration, day=day_, **mark))
        status, body = await put_off(office, full.row)
        assert (status, [(each["field"], each["code"]) for each in body["errors"]]) == (
            422,
            [("start_date", "attended")],
        )
        assert (await put_off(office, full.row, start_date=str(day_)))[0] == 200

    async def test_is_not_moved_after_its_results(self, full: Full, office: httpx.AsyncClient) -> None:
        await full.change(results_at=now_utc())
        read = (await office.get(f"{SESSIONS}/{full.row.id}")).json()
        assert {each["code"] for each in read["allowed_actions"]} == {"results_published"}
        status, body = await put_off(office, full.row)
        assert (status, body["code"]) == (409, "results_published")


class TestClashes:
    async def test_they_are_named_and_nothing_happens(self, full: Full, office: httpx.AsyncClient) -> None:
        other = await seated_elsewhere(full, start_in=52)
        status, body = await put_off(office, full.row)
        assert (status, body["code"]) == (409, "people_clash")
        ((field, message),) = [(each["field"], each["message"]) for each in body["errors"]]
        assert field == f"registrations.{full.seated[0].id}"
        assert message.startswith(f"甲0（{full.holder.organisation_name}）已选")
        assert f"第4期（{other.start_date}" in message
        read = (await office.get(f"{SESSIONS}/{full.row.id}")).json()
        assert (read["taken"], read["start_date"]) == (2, str(full.row.start_date))

    async def test_who_clashes_is_to_choose_again_and_keeps_the_other_seat(
        self, full: Full, office: httpx.AsyncClient
    ) -> None:
        await seated_elsewhere(full, start_in=52)
        address = f"/api/training/selections/{full.plan.id}"
        assert (await full.client.post(f"{address}/submit", json={})).status_code == 200
        status, body = await put_off(office, full.row, release_clashing=True)
        assert (status, body["taken"], body["start_date"]) == (200, 1, NEW["start_date"])
        (event,) = await told(full, ClassSessionPutOff)
        assert (event["kept"], event["people"]) == (1, "甲0")
        read = (await full.client.get(address)).json()
        assert (read["status"], [each["name"] for each in read["unplaced_people"]]) == ("selecting", ["甲0"])
        await full.sweep()

    async def test_an_offer_of_who_clashes_goes_on_to_the_next(
        self, full: Full, office: httpx.AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        unit = make_actor(UNIT)
        client, people = await client_for(app, unit), await full.people(unit, 2)
        first, second = await queue(client, full, people, together=False)
        await full.give_up(1)
        await full.sweep()
        async with full.runtime.database.unit_of_work() as session:
            plan = await add_plan(session, "eye")
            row = await add_class(session, await add_schedule(session, plan), {"eye": None}, start_in=50)
            busy = await add_registration(session, unit, plan, people[0].staff, "eye")
        assert (await put(client, row, "eye", [busy]))[0] == 200
        assert (await put_off(office, full.row))[0] == 409
        assert (await put_off(office, full.row, release_clashing=True))[0] == 200
        await full.sweep()
        assert [await status_of(client, each) for each in (first, second)] == ["lapsed", "offered"]


class TestOtherChanges:
    async def test_place_deadline_and_size_are_told_to_those_seated(
        self, full: Full, office: httpx.AsyncClient
    ) -> None:
        body = {"location": "无锡", "selection_deadline": day(7), "capacity": 6, "opens_at": None}
        answer = await office.patch(f"{SESSIONS}/{full.row.id}", json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 200
        (event,) = await told(full, ClassSessionChanged)
        assert event["unit_ids"] == [str(full.holder.organisation_id)]
        assert event["changes"] == (
            f"培训地点由“南京”改为“无锡”；选班截止日期由“{full.row.selection_deadline}”改为“{day(7)}”；分班人数由“2”改为“6”"
        )

    @pytest.mark.parametrize("body", [{"location": "南京"}, {"opens_at": "2026-01-01T00:00:00Z"}])
    async def test_what_does_not_concern_them_is_not(
        self, full: Full, office: httpx.AsyncClient, body: dict[str, Any]
    ) -> None:
        answer = await office.patch(f"{SESSIONS}/{full.row.id}", json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 200
        assert await told(full, ClassSessionChanged) == []

    @pytest.mark.req("STAFF-05")
    async def test_new_days_of_people_who_sit_are_sent_to_the_action(
        self, full: Full, office: httpx.AsyncClient
    ) -> None:
        answer = await office.patch(
            f"{SESSIONS}/{full.row.id}", json={"end_date": day(30)}, headers={"If-Match": '"1"'}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "already_chosen")
        assert "改期" in answer.json()["detail"]
