"""Who is there marks by hand whose phone is dead; the screen says who is missing (BEY-15, STAFF-07)."""

import pytest

from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.training.records import today
from tests.services.training.results.attendance import test_attendance
from tests.services.training.results.attendance.rooms import Room
from tests.services.training.results.attendance.test_attendance import history_of

runtime, room = test_attendance.runtime, test_attendance.room


@pytest.mark.req("BEY-15", "STAFF-07")
class TestByHand:
    async def test_one_person_is_marked_and_taken_back_and_the_screen_says_who_is_missing(
        self, runtime: Runtime, room: Room
    ) -> None:
        day, person = today(), room.people[0]
        address = room.address(f"attendance/{day}/{person.id}")
        for _ in range(2):
            marked = await room.office.put(address, json={"present": True})
            assert marked.status_code == 200, marked.text
        count = next(each for each in marked.json()["counts"] if each["day"] == str(day))
        assert (count["there"], count["reason"]) == (1, None)
        live = await room.office.get(room.address("check-ins"))
        shown = live.json()
        assert (shown["there"], shown["total"]) == (1, len(room.people))
        assert [each["registration_id"] for each in shown["latest"]] == [str(person.id)]
        assert str(person.id) not in {each["registration_id"] for each in shown["missing"]}
        same = await room.office.get(room.address("check-ins"), headers={"If-None-Match": live.headers["etag"]})
        assert same.status_code == 304
        taken = await room.office.put(address, json={"present": False})
        assert [each["there"] for each in taken.json()["counts"] if each["day"] == str(day)] == [0]
        assert [step[0] for step in await history_of(runtime, person)] == ["mark", "unmark"]

    async def test_nobody_who_does_not_sit_there_and_no_day_to_come(self, room: Room) -> None:
        there = room.people[0].id
        stranger = await room.office.put(room.address(f"attendance/{today()}/{new_id()}"), json={"present": True})
        assert stranger.status_code == 404
        shown = (await room.office.get(room.address("attendance"))).json()["counts"]
        ahead = next(each for each in shown if each["reason"])
        refused = await room.office.put(room.address(f"attendance/{ahead['day']}/{there}"), json={"present": True})
        assert (refused.status_code, refused.json()["errors"][0]["message"]) == (422, ahead["reason"])
