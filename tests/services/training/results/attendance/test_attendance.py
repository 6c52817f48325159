"""The list of a day, the code on the wall, and the check-in by it (BEY-15)."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.personnel.models import Person
from services.training.plans.models import Plan
from services.training.results.attendance import limits
from services.training.results.attendance.codes import VALID_MINUTES, Code, new_code, read_code
from shared.clock import end_of_beijing_day, now_utc
from shared.crypto import sign_short
from shared.db.history import History
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.records import today
from tests.services.training.results.attendance.rooms import CLASS_SESSIONS, Room, open_room

pytestmark = pytest.mark.req("BEY-15")
CHECK_INS = "/api/training/check-ins"


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def room(runtime: Runtime, client_for: ClientFor) -> Room:
    return await open_room(runtime, client_for)


@pytest.fixture
async def visitor(runtime: Runtime, client_for: ClientFor) -> httpx.AsyncClient:
    """Somebody's phone: no account, and an address that has tried nothing yet."""
    client = await client_for(app, None)
    await runtime.redis.delete("check-ins:127.0.0.1", "check-ins-wrong:127.0.0.1")
    return client


async def id_of(runtime: Runtime, person: Registration) -> str:
    async with runtime.database.unit_of_work() as session:
        return (await session.get_one(Person, person.person_id)).resident_id


async def token_of(room: Room) -> str:
    answer = await room.office.get(room.address("check-in-code"))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["path"]).partition("#")[2]


async def said(runtime: Runtime, room: Room, at: int = 0, **changes: Any) -> dict[str, Any]:
    person = room.people[at]
    tail = (await id_of(runtime, person))[-6:]
    return {"token": await token_of(room), "name": person.staff.name, "id_tail": tail, **changes}


async def days_of(room: Room) -> list[list[tuple[str, str]]]:
    """Each person's (day, means), in the order of the room."""
    people = {p["registration_id"]: p for p in (await room.office.get(room.address("attendance"))).json()["people"]}
    return [[(d["day"], d["means"]) for d in people[str(each.id)]["days"]] for each in room.people]


async def history_of(runtime: Runtime, person: Registration) -> list[tuple[str, str, str]]:
    async with runtime.database.unit_of_work() as session:
        found = select(History).where(History.record_type == "attendance", History.record_id == person.id)
        rows = (await session.scalars(found.order_by(History.position))).all()
    return [(row.action, row.actor_name.split()[-1], (row.after or row.before or {})["means"]) for row in rows]


class TestTheCode:
    async def test_it_is_of_today_and_shown_as_a_picture(self, runtime: Runtime, room: Room) -> None:
        told = (await room.office.get(room.address("check-in-code"))).json()
        assert (told["day"], told["class_session_id"]) == (str(today()), str(room.row.id))
        assert told["path"].startswith("/check-in#")
        # A picture of its own is drawn by its namespace alone.
        assert told["svg"].startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
        code = read_code(told["path"].partition("#")[2], runtime.settings.signing_key, now_utc())
        assert code is not None
        assert (code.class_session_id, code.day) == (room.row.id, today())

    def test_it_is_good_for_five_minutes(self) -> None:
        key, now = ("k" * 32,), now_utc()
        code = new_code(new_id(), now)
        token = code.token(key)
        assert now < code.expires_at <= now + timedelta(minutes=VALID_MINUTES)
        assert read_code(token, key, code.expires_at - timedelta(seconds=1)) == code
        assert read_code(token, key, code.expires_at) is None
        assert read_code(token, key, now - timedelta(minutes=1)) is None

    def test_nobody_else_makes_one(self) -> None:
        key, code = ("k" * 32,), new_code(new_id(), now_utc())
        token = code.token(key)
        assert read_code(token, ("j" * 32,), now_utc()) is None
        assert read_code(token[:-1] + ("A" if token[-1] != "A" else "B"), key, now_utc()) is None
        assert read_code(sign_short(key, new_id().bytes), key, now_utc()) is None
        assert read_code("证书", key, now_utc()) is None

    def test_its_day_is_beijings(self) -> None:
        last = end_of_beijing_day(today())
        assert Code(new_id(), int(last.timestamp()) // 60).day == today()
        assert Code(new_id(), int(last.timestamp()) // 60 + 1).day == today() + timedelta(days=1)

    async def test_there_is_one_only_on_a_training_day(self, runtime: Runtime, room: Room) -> None:
        async with runtime.database.unit_of_work() as session:
            ahead = {"start_date": today() + timedelta(days=1), "end_date": today() + timedelta(days=3)}
            await session.execute(update(ClassSession).where(ClassSession.id == room.row.id).values(ahead))
        refused = await room.office.get(room.address("check-in-code"))
        assert (refused.status_code, refused.json()["code"]) == (409, "not_a_training_day")

    async def test_it_is_off_unless_the_plan_asks_for_attendance(self, runtime: Runtime, client_for: ClientFor) -> None:
        room = await open_room(runtime, client_for, minimum_attendance=None)
        for answer in (
            await room.office.get(room.address("check-in-code")),
            await room.office.put(room.address(f"attendance/{today()}"), json={"registration_ids": []}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "attendance_off")

    async def test_only_the_province_shows_it(self, client_for: ClientFor, room: Room) -> None:
        for permission in (Permission.GROUP_REGISTRATION, Permission.SCORE_ENTRY, Permission.TRAINING_OVERSIGHT):
            other = await client_for(app, make_actor(permission))
            assert (await other.get(room.address("check-in-code"))).status_code == 403
        assert (await room.office.get(f"{CLASS_SESSIONS}/{new_id()}/check-in-code")).status_code == 404


class TestCheckingIn:
    async def test_it_marks_the_person_for_the_day_once(
        self, runtime: Runtime, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        body = await said(runtime, room)
        first, again = await visitor.post(CHECK_INS, json=body), await visitor.post(CHECK_INS, json=body)
        assert (first.status_code, first.json()) == (
            200,
            {
                "plan_name": room.plan.name,
                "session_no": 1,
                "location": "南京",
                "day": str(today()),
                "name": "甲*",
            },
        )
        assert again.json() == first.json()
        assert await days_of(room) == [[(str(today()), "code")], []]
        assert await history_of(runtime, room.people[0]) == [("mark", "甲0", "code")]

    async def test_small_letters_and_blanks_are_no_obstacle(
        self, runtime: Runtime, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        async with runtime.database.unit_of_work() as session:
            await session.execute(
                update(Person).where(Person.id == room.people[0].person_id).values(resident_id="11010519491231002X")
            )
        body = await said(runtime, room, name=" 甲0 ", id_tail="31002x")
        assert (await visitor.post(CHECK_INS, json=body)).status_code == 200

    async def test_every_miss_gets_the_same_answer(
        self, runtime: Runtime, client_for: ClientFor, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        elsewhere = await open_room(runtime, client_for)
        other_tail = (await id_of(runtime, room.people[1]))[-6:]
        right = await said(runtime, room)
        wrong = "000000" if right["id_tail"] != "000000" else "000001"
        old = Code(room.row.id, new_code(room.row.id, now_utc()).minute - VALID_MINUTES)
        key = runtime.settings.signing_key
        bodies = [
            right | {"name": "无此人"},
            right | {"id_tail": wrong},
            right | {"id_tail": other_tail} if other_tail != right["id_tail"] else right | {"id_tail": wrong},
            right | {"name": "甲"},
            right | {"token": await token_of(elsewhere)},
            right | {"token": old.token(key)},
            right | {"token": new_code(new_id(), now_utc()).token(key)},
            right | {"token": "abc"},
        ]
        answers = [await visitor.post(CHECK_INS, json=body) for body in bodies]
        told = [{k: v for k, v in a.json().items() if k != "correlation_id"} for a in answers]
        assert {answer.status_code for answer in answers} == {422}
        assert all(each == told[0] and each["code"] == "check_in_refused" for each in told)
        assert await days_of(room) == [[], []]
        assert (await visitor.post(CHECK_INS, json=right)).status_code == 200

    async def test_when_attendance_is_off_or_the_day_is_none_nobody_checks_in(
        self, runtime: Runtime, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        body = await said(runtime, room)
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(Plan).where(Plan.id == room.plan.id).values(minimum_attendance=None))
        assert (await visitor.post(CHECK_INS, json=body)).json()["code"] == "check_in_refused"
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(Plan).where(Plan.id == room.plan.id).values(minimum_attendance=50))
            over = {"end_date": today() - timedelta(days=1)}
            await session.execute(update(ClassSession).where(ClassSession.id == room.row.id).values(over))
        assert (await visitor.post(CHECK_INS, json=body)).json()["code"] == "check_in_refused"

    @pytest.mark.parametrize(
        "bad", [{"id_tail": "12345"}, {"id_tail": "1234567"}, {"id_tail": "X12345"}, {"name": ""}, {"more": 1}]
    )
    async def test_what_cannot_be_is_named_by_field(
        self, room: Room, visitor: httpx.AsyncClient, bad: dict[str, Any]
    ) -> None:
        body = {"token": "abc", "name": "甲0", "id_tail": "123456", **bad}
        answer = await visitor.post(CHECK_INS, json=body)
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, list(bad))

    async def test_the_end_of_a_resident_id_cannot_be_tried_out(
        self, runtime: Runtime, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        right = await said(runtime, room)
        tails = [tail for tail in map("{:06}".format, range(31)) if tail != right["id_tail"]][:30]
        many = await asyncio.gather(*(visitor.post(CHECK_INS, json=right | {"id_tail": tail}) for tail in tails))
        assert Counter(answer.status_code for answer in many) == {422: limits.TRIES_PER_NAME, 429: 20}
        await runtime.redis.delete("check-ins-wrong:127.0.0.1")  # another address does not help
        refused = await visitor.post(CHECK_INS, json=right)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_check_ins")
        assert int(refused.headers["retry-after"]) > 0
        assert (await visitor.post(CHECK_INS, json=await said(runtime, room, 1))).status_code == 200

    async def test_an_address_that_is_often_wrong_is_slowed_down(
        self, runtime: Runtime, room: Room, visitor: httpx.AsyncClient
    ) -> None:
        await runtime.redis.set("check-ins-wrong:127.0.0.1", limits.WRONG_PER_ADDRESS - 1, ex=60)
        right = await said(runtime, room)
        assert (await visitor.post(CHECK_INS, json=right | {"name": "无此人"})).status_code == 422
        assert (await visitor.post(CHECK_INS, json=right)).status_code == 429
        await runtime.redis.delete("check-ins-wrong:127.0.0.1")
        await runtime.redis.set("check-ins:127.0.0.1", limits.TRIES_PER_ADDRESS, ex=60)
        assert (await visitor.post(CHECK_INS, json=right)).status_code == 429
        await runtime.redis.delete("check-ins:127.0.0.1")


class TestTheList:
    async def test_it_is_replaced_and_leaves_who_used_the_code(
        self, runtime: Runtime, client_for: ClientFor, visitor: httpx.AsyncClient
    ) -> None:
        room = await open_room(runtime, client_for, 3)
        assert (await visitor.post(CHECK_INS, json=await said(runtime, room))).status_code == 200
        address, ids = room.address(f"attendance/{today()}"), [str(each.id) for each in room.people]
        marked = str(today())
        for given, expected in (
            (ids[:2], [[(marked, "code")], [(marked, "list")], []]),
            (ids[2:], [[(marked, "code")], [], [(marked, "list")]]),
            (ids[2:], [[(marked, "code")], [], [(marked, "list")]]),
            ([], [[(marked, "code")], [], []]),
        ):
            answer = await room.office.put(address, json={"registration_ids": given})
            assert answer.status_code == 200, answer.text
            assert await days_of(room) == expected
        assert [each[0] for each in await history_of(runtime, room.people[2])] == ["mark", "unmark"]
        assert await history_of(runtime, room.people[1]) == [("mark", "测试员", "list"), ("unmark", "测试员", "list")]

    async def test_another_day_stays_as_it_is(self, room: Room) -> None:
        ids = [str(each.id) for each in room.people]
        yesterday = today() - timedelta(days=1)
        for day in (yesterday, today()):
            await room.office.put(room.address(f"attendance/{day}"), json={"registration_ids": ids})
        told = await room.office.put(room.address(f"attendance/{today()}"), json={"registration_ids": []})
        assert await days_of(room) == [[(str(yesterday), "list")]] * 2
        assert [person["lacking"] for person in told.json()["people"]] == [
            "签到 1 天，少于要求的 2 天（培训 3 天，出勤率须达到 60%）"
        ] * 2
        assert (told.json()["days_needed"], told.json()["dates"][0]) == (2, str(yesterday))

    async def test_neither_other_days_nor_strangers_are_taken(
        self, runtime: Runtime, client_for: ClientFor, room: Room
    ) -> None:
        for day, code in (
            (today() + timedelta(days=1), "future"),
            (today() - timedelta(days=2), "not_a_training_day"),
            (today() + timedelta(days=2), "not_a_training_day"),
        ):
            answer = await room.office.put(room.address(f"attendance/{day}"), json={"registration_ids": []})
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        elsewhere = await open_room(runtime, client_for)
        ids = [str(room.people[0].id), str(elsewhere.people[0].id)]
        answer = await room.office.put(room.address(f"attendance/{today()}"), json={"registration_ids": ids})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "registration_ids.1")
        assert await days_of(room) == [[], []]

    @pytest.mark.req("PLAT-06")
    async def test_an_office_sees_the_people_of_its_region(self, runtime: Runtime, client_for: ClientFor) -> None:
        room = await open_room(runtime, client_for, 1, regions=("320102", "320505"))
        county = await client_for(app, make_actor(Permission.TRAINING_OVERSIGHT, level=Level.COUNTY, region="320505"))
        told = (await county.get(room.address("attendance"))).json()
        assert [person["registration_id"] for person in told["people"]] == [str(room.people[1].id)]
        assert len((await room.office.get(room.address("attendance"))).json()["people"]) == 2
        marked = await county.put(room.address(f"attendance/{today()}"), json={"registration_ids": []})
        assert marked.status_code == 403
        unit = await client_for(app, room.units[0])
        assert (await unit.get(room.address("attendance"))).status_code == 403
