"""Who does not reach the attendance that the plan asks for (BEY-15)."""

from datetime import timedelta

import pytest

from services.training.main import app
from services.training.results.attendance.models import Attendance
from services.training.results.attendance.service import days_needed, lacking_attendance
from services.training.results.attendance.workflow import Means
from services.training.results.scores.models import ScoreSheet
from services.training.results.scores.workflow import ScoreSheetStatus
from shared.clock import now_utc
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.results.attendance.rooms import Room, open_room

pytestmark = pytest.mark.req("BEY-15")


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


async def attend(runtime: Runtime, room: Room, person: int, *days: int) -> None:
    async with runtime.database.unit_of_work() as session:
        for day in days:
            session.add(
                Attendance(
                    class_session_id=room.row.id,
                    registration_id=room.people[person].id,
                    day=room.row.start_date + timedelta(days=day),
                    means=Means.LIST,
                    recorded_at=now_utc(),
                )
            )


async def lacking(runtime: Runtime, room: Room) -> dict[int, str]:
    async with runtime.database.unit_of_work() as session:
        found = await lacking_attendance(session, room.row.id)
    return {[each.id for each in room.people].index(key): reason for key, reason in found.items()}


@pytest.mark.parametrize(
    ("percent", "days", "needed"), [(100, 3, 3), (60, 5, 3), (60, 3, 2), (67, 3, 3), (66, 3, 2), (1, 5, 1), (80, 5, 4)]
)
def test_whole_days_are_rounded_up(percent: int, days: int, needed: int) -> None:
    assert days_needed(percent, days) == needed


async def test_who_came_too_seldom_lacks_and_is_told_why(runtime: Runtime, client_for: ClientFor) -> None:
    room = await open_room(runtime, client_for, 3)
    await attend(runtime, room, 0, 0, 1)
    await attend(runtime, room, 1, 2)
    assert await lacking(runtime, room) == {
        1: "签到 1 天，少于要求的 2 天（培训 3 天，出勤率须达到 60%）",
        2: "签到 0 天，少于要求的 2 天（培训 3 天，出勤率须达到 60%）",
    }


async def test_a_plan_that_asks_for_none_withholds_nothing(runtime: Runtime, client_for: ClientFor) -> None:
    room = await open_room(runtime, client_for, 1, minimum_attendance=None)
    assert await lacking(runtime, room) == {}


async def test_days_of_another_session_do_not_count(runtime: Runtime, client_for: ClientFor) -> None:
    room, other = await open_room(runtime, client_for, 1), await open_room(runtime, client_for, 1)
    await attend(runtime, other, 0, 0, 1, 2)
    assert set(await lacking(runtime, room)) == {0}
    assert await lacking(runtime, other) == {}


async def test_days_that_are_no_dates_of_the_session_cannot_be_asked_for(
    runtime: Runtime, client_for: ClientFor
) -> None:
    room = await open_room(runtime, client_for, 1, minimum_attendance=100)
    async with runtime.database.unit_of_work() as session:
        row = await session.merge(room.row)
        row.days = 30
    await attend(runtime, room, 0, 0, 1, 2)
    assert await lacking(runtime, room) == {}


async def test_once_the_results_are_out_nobodys_attendance_changes(runtime: Runtime, client_for: ClientFor) -> None:
    room = await open_room(runtime, client_for, 1)
    address, given = room.address(f"attendance/{room.row.start_date}"), {"registration_ids": [str(room.people[0].id)]}
    assert (await room.office.put(address, json=given)).status_code == 200
    async with runtime.database.unit_of_work() as session:
        sheet = ScoreSheet(id=room.row.id, class_session_id=room.row.id, status=ScoreSheetStatus.PUBLISHED)
        session.add(sheet)
    refused = await room.office.put(address, json={"registration_ids": []})
    assert (refused.status_code, refused.json()["code"]) == (409, "results_published")
    assert await lacking(runtime, room) == {0: "签到 1 天，少于要求的 2 天（培训 3 天，出勤率须达到 60%）"}
