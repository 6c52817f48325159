"""Who will get no certificate is said before the scores are published, and attendance can be put right afterwards (BEY-15, STAFF-09)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.training.main import app
from services.training.results.attendance.codes import new_code
from services.training.results.scores.uncertified import NAMED
from shared.clock import now_utc
from shared.db.history import History
from shared.events.log import EventRow
from shared.events.training import ResultCorrected, ResultPublished
from shared.identifiers import new_id
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.results.attendance.rooms import Room, open_room
from tests.services.training.results.attendance.test_attendance import CHECK_INS, said
from tests.services.training.results.attendance.test_lacking import attend
from tests.services.training.results.scores.sheets import EARLY, MEANT, seen

pytestmark = pytest.mark.req("BEY-15", "STAFF-09")
SHEETS = "/api/training/score-sheets"


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


class Exam:
    """A room of three days, today the second, of which two are asked for, and its score sheet."""

    def __init__(self, runtime: Runtime, room: Room, office: httpx.AsyncClient) -> None:
        self.runtime, self.room, self.office = runtime, room, office
        self.sheet = f"{SHEETS}/{room.row.id}"

    async def enter(self, *marks: float | None) -> None:
        shown = (await self.office.get(self.sheet)).json()
        by_id = {row["registration_id"]: row["result_id"] for row in shown["results"]}
        entries = [
            {"result_id": by_id[str(person.id)], "score": score}
            for person, score in zip(self.room.people, marks, strict=True)
        ]
        answer = await self.office.patch(f"{self.sheet}/results", json=entries, headers=seen(shown["version"]))
        assert answer.status_code == 200, answer.text

    async def foreseen(self) -> dict[str, Any]:
        answer = await self.office.get(f"{self.sheet}/publication")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def publish(self, **body: Any) -> httpx.Response:
        return await self.office.post(f"{self.sheet}/publish", json=body)

    async def correct(self, person: int, day: int, present: bool, **changes: Any) -> httpx.Response:
        at = self.room.row.start_date + timedelta(days=day)
        path = self.room.address(f"attendance/{at}/{self.room.people[person].id}/correct")
        return await self.room.office.post(path, json={"present": present, "reason": "签到表漏登", **changes})

    async def foretold(self, person: int, day: int, present: bool) -> httpx.Response:
        at = self.room.row.start_date + timedelta(days=day)
        path = self.room.address(f"attendance/{at}/{self.room.people[person].id}/correction")
        return await self.room.office.post(path, json={"present": present})

    async def told(self, kind: type[ResultPublished]) -> list[ResultPublished]:
        async with self.runtime.database.unit_of_work() as session:
            rows = await session.scalars(select(EventRow).where(EventRow.type == kind.type).order_by(EventRow.seq))
            events = [kind(**row.payload) for row in rows]
        return [event for event in events if event.class_session_id == self.room.row.id]


async def exam(runtime: Runtime, client_for: ClientFor, people: int, **changes: Any) -> Exam:
    room = await open_room(runtime, client_for, people, **changes)
    office = await client_for(app, make_actor(Permission.SCORE_ENTRY, level=Level.PROVINCE))
    return Exam(runtime, room, office)


class TestBefore:
    async def test_each_is_named_with_the_reasons(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, 5)
        await held.enter(90, 90, 90, 30, None)
        await attend(runtime, held.room, 0, 0, 1)
        await attend(runtime, held.room, 1, 0)
        await attend(runtime, held.room, 4, 0, 1)
        said_before = await held.foreseen()
        assert (said_before["total"], said_before["certified"], said_before["forgotten"]) == (5, 1, 2)
        assert {
            each["name"]: ([reason["code"] for reason in each["reasons"]], each["forgotten"])
            for each in said_before["uncertified"]
        } == {
            "甲1": (["attendance_short"], True),
            "甲2": (["attendance_missing"], True),
            "甲3": (["failed", "attendance_missing"], False),
            "甲4": (["not_entered"], False),
        }

    async def test_publishing_them_has_to_be_meant(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, 3)
        await held.enter(90, 90, 30)
        await attend(runtime, held.room, 0, 0, 1)
        for body in (EARLY, {**EARLY, "leave_uncertified": False}):
            refused = await held.publish(**body)
            assert (refused.status_code, refused.json()["code"]) == (409, "people_uncertified")
            (person,) = refused.json()["people"]
            assert (person["name"], person["registration_id"]) == ("甲1", str(held.room.people[1].id))
            assert person["reasons"][0]["reason"].startswith("签到 0 天")
            assert refused.json()["detail"].startswith("甲1成绩合格但出勤未达到要求")
        assert await held.told(ResultPublished) == []
        assert (await held.publish(**MEANT)).status_code == 200
        assert [event.passed for event in await held.told(ResultPublished)] == [True, False, False]

    async def test_a_day_that_is_entered_after_all_lets_it_go(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, 1)
        await held.enter(90)
        assert (await held.publish(**EARLY)).json()["code"] == "people_uncertified"
        await attend(runtime, held.room, 0, 0, 1)
        assert (await held.foreseen())["uncertified"] == []
        assert (await held.publish(**EARLY)).status_code == 200

    @pytest.mark.parametrize(("marks", "asked"), [((30.0, 30.0), 60), ((90.0, 30.0), None)])
    async def test_nobody_is_asked_where_attendance_decides_nothing(
        self, runtime: Runtime, client_for: ClientFor, marks: tuple[float, float], asked: int | None
    ) -> None:
        held = await exam(runtime, client_for, 2, minimum_attendance=asked)
        await held.enter(*marks)
        assert (await held.publish(**EARLY)).status_code == 200

    @pytest.mark.req("PLAT-02")
    async def test_the_button_asks_and_a_long_list_is_cut(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, NAMED + 1)
        await held.enter(*[90.0] * (NAMED + 1))
        (button,) = [
            each
            for each in (await held.office.get(held.sheet)).json()["allowed_actions"]
            if each["action"] == "publish"
        ]
        assert [(each["name"], each["kind"], each["required"]) for each in button["fields"]] == [
            ("leave_uncertified", "yes_no", False)
        ]
        refused = (await held.publish(**EARLY)).json()
        assert (f"等 {NAMED + 1} 人" in refused["detail"], len(refused["people"])) == (True, NAMED + 1)

    async def test_only_who_enters_scores_asks(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, 1)
        assert (await held.room.office.get(f"{held.sheet}/publication")).status_code == 403
        assert (await held.office.get(f"{SHEETS}/{new_id()}/publication")).status_code == 404


class TestAfterwards:
    async def out(self, runtime: Runtime, client_for: ClientFor, *marks: float) -> Exam:
        """The first has one of the two days that are asked for, the second both."""
        held = await exam(runtime, client_for, len(marks))
        await held.enter(*marks)
        await attend(runtime, held.room, 0, 0)
        if len(marks) > 1:
            await attend(runtime, held.room, 1, 0, 1)
        assert (await held.publish(**MEANT)).status_code == 200
        return held

    async def test_a_day_that_was_forgotten_brings_the_certificate(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        held = await self.out(runtime, client_for, 90.0, 90.0)
        answer = await held.correct(0, 1, True)
        assert answer.status_code == 200, answer.text
        assert {each["name"]: each["lacking"] for each in answer.json()["people"]} == {"甲0": "", "甲1": ""}
        (event,) = await held.told(ResultCorrected)
        assert isinstance(event, ResultCorrected)
        assert (event.person_name, event.passed, event.of.value, event.reason) == (
            "甲0",
            True,
            "attendance",
            "签到表漏登",
        )
        rows = (await held.office.get(held.sheet)).json()["results"]
        assert {row["corrected_at"] for row in rows} == {None}

    async def test_one_that_was_none_takes_it_away_however_it_came_about(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        held = await self.out(runtime, client_for, 90.0, 90.0)
        assert (await held.correct(1, 0, False)).status_code == 200
        (event,) = await held.told(ResultCorrected)
        assert (event.person_name, event.passed) == ("甲1", False)

    @pytest.mark.req("PLAT-02")
    async def test_the_effect_is_told_before_and_nothing_is_done(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await self.out(runtime, client_for, 90.0, 90.0, 30.0)
        effects = {
            (person, day, present): (await held.foretold(person, day, present)).json()["effect"]
            for person, day, present in ((0, 1, True), (0, 0, False), (1, 0, False), (2, 0, True))
        }
        assert list(effects.values()) == ["issue", "none", "revoke", "none"]
        assert "出勤 2 天，要求 2 天" in (await held.foretold(0, 1, True)).json()["words"]
        assert (await held.foretold(1, 0, True)).json()["code"] == "nothing_corrected"
        assert await held.told(ResultCorrected) == []
        assert (await held.correct(0, 1, True)).status_code == 200

    async def test_certificates_hear_nothing_of_what_changes_nothing(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        held = await self.out(runtime, client_for, 90.0, 90.0)
        assert (await held.correct(0, 0, False)).status_code == 200
        assert await held.told(ResultCorrected) == []
        for person, present in ((0, False), (1, True)):
            same = await held.correct(person, 0, present)
            assert (same.status_code, same.json()["code"]) == (409, "nothing_corrected")

    @pytest.mark.req("PLAT-04")
    async def test_its_history_says_who_what_and_why(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await self.out(runtime, client_for, 90.0)
        await held.correct(0, 1, True)
        async with runtime.database.unit_of_work() as session:
            mine = History.record_id == held.room.people[0].id
            found = select(History).where(History.record_type == "attendance", mine)
            (step,) = (await session.scalars(found)).all()
        day = str(held.room.row.start_date + timedelta(days=1))
        assert (step.action, step.reason) == ("correct", "签到表漏登")
        assert [(each or {})["there"] for each in (step.before, step.after)] == [False, True]
        assert (step.after or {})["day"] == day

    @pytest.mark.req("PLAT-02")
    async def test_before_that_the_list_is_the_way(self, runtime: Runtime, client_for: ClientFor) -> None:
        held = await exam(runtime, client_for, 1)
        refused = await held.correct(0, 1, True)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_published")

        async def usable() -> dict[str, bool]:
            shown = (await held.room.office.get(held.room.address("attendance"))).json()
            return {each["action"]: each["allowed"] for each in shown["allowed_actions"]}

        assert await usable() == {"enter": True, "correct": False}
        await held.enter(90)
        await held.publish(**MEANT)
        assert await usable() == {"enter": False, "correct": True}
        assert (await held.office.get(held.room.address("attendance"))).json()["allowed_actions"] == []

    @pytest.mark.parametrize(
        ("person", "day", "body", "status"),
        [
            (0, 2, {}, 422),
            (0, 3, {}, 422),
            (0, 1, {"reason": " "}, 422),
            (0, 1, {"present": None}, 422),
        ],
    )
    async def test_what_cannot_be_is_refused(
        self, runtime: Runtime, client_for: ClientFor, person: int, day: int, body: dict[str, Any], status: int
    ) -> None:
        held = await self.out(runtime, client_for, 90.0)
        answer = await held.correct(person, day, **{"present": True, **body})
        assert answer.status_code == status
        assert await held.told(ResultCorrected) == []

    async def test_strangers_of_either_kind_are_kept_out(self, runtime: Runtime, client_for: ClientFor) -> None:
        held, other = (await self.out(runtime, client_for, 90.0), await self.out(runtime, client_for, 90.0))
        path = held.room.address(f"attendance/{held.room.row.start_date}/{other.room.people[0].id}/correct")
        body = {"present": True, "reason": "x"}
        assert (await held.room.office.post(path, json=body)).status_code == 404
        for client in (await client_for(app, held.room.units[0]), held.office):
            assert (await client.post(path, json=body)).status_code == 403
        off = await exam(runtime, client_for, 1, minimum_attendance=None)
        await off.enter(90)
        await off.publish(**EARLY)
        assert (await off.correct(0, 0, True)).json()["code"] == "attendance_off"

    async def test_a_code_that_is_still_on_the_wall_does_nothing_more(
        self, runtime: Runtime, client_for: ClientFor
    ) -> None:
        held = await exam(runtime, client_for, 1)
        await held.enter(90)
        body = await said(runtime, held.room)
        await held.publish(**MEANT)
        visitor = await client_for(app, None)
        await runtime.redis.delete("check-ins:127.0.0.1", "check-ins-wrong:127.0.0.1")
        body["token"] = new_code(held.room.row.id, now_utc()).token(runtime.settings.signing_key)
        assert (await visitor.post(CHECK_INS, json=body)).json()["code"] == "check_in_refused"
        shown = (await held.room.office.get(held.room.address("attendance"))).json()
        assert shown["people"][0]["days"] == []
