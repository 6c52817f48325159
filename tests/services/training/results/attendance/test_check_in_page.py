"""The check-in's page on a phone (BEY-15, PLAT-02): the same rules as the API, in a form that needs no portal."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.personnel.models import Person
from services.training.results.attendance import limits
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.classes.class_sessions.test_scheduling import OpenApp
from tests.services.training.results.attendance.rooms import Room, open_room

pytestmark = pytest.mark.req("BEY-15", "PLAT-02")


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def room(runtime: Runtime, client_for: ClientFor) -> Room:
    return await open_room(runtime, client_for)


@pytest.fixture
async def phone(runtime: Runtime, client_for: ClientFor) -> httpx.AsyncClient:
    client = await client_for(app, None)
    await runtime.redis.delete("check-ins:127.0.0.1", "check-ins-wrong:127.0.0.1")
    return client


async def tail_of(runtime: Runtime, person: Registration) -> str:
    async with runtime.database.unit_of_work() as session:
        return (await session.get_one(Person, person.person_id)).resident_id[-6:]


async def typed(runtime: Runtime, room: Room, **changes: str) -> dict[str, Any]:
    path = (await room.office.get(room.address("check-in-code"))).json()["path"]
    person = room.people[0]
    own = {"token": path.partition("#")[2], "name": person.staff.name, "id_tail": await tail_of(runtime, person)}
    return {**own, **changes}


async def attended(room: Room) -> list[str]:
    people = (await room.office.get(room.address("attendance"))).json()["people"]
    mine = next(each for each in people if each["registration_id"] == str(room.people[0].id))
    return [each["means"] for each in mine["days"]]


async def test_the_page_needs_nothing_from_elsewhere_and_runs_only_its_own_line(phone: httpx.AsyncClient) -> None:
    answer = await phone.get("/check-in")
    assert answer.status_code == 200
    assert "请先用微信或手机相机扫描" in answer.text
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text)
    said = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{said}'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"(src|href)=\"?http|url\(", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_who_is_on_the_list_is_marked(runtime: Runtime, room: Room, phone: httpx.AsyncClient) -> None:
    answer = await phone.post("/check-in", data=await typed(runtime, room))
    assert (answer.status_code, "签到成功" in answer.text) == (200, True)
    assert room.people[0].staff.name not in answer.text
    assert await attended(room) == ["code"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"id_tail": " "}, "请填写身份证号后六位"),
        ({"id_tail": "12345"}, "应为 6 位数字"),
        ({"token": ""}, "请重新扫描培训现场屏幕上的二维码"),
        ({"token": "x" * 300}, "请重新扫描培训现场屏幕上的二维码"),
        ({"name": "某某某"}, "与本期名单不符"),
        ({"name": "王\x00"}, "姓名"),
    ],
)
async def test_what_is_wrong_is_said_on_the_page(
    runtime: Runtime, room: Room, phone: httpx.AsyncClient, changes: dict[str, str], said: str
) -> None:
    answer = await phone.post("/check-in", data=await typed(runtime, room, **changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert await attended(room) == []


async def test_what_was_typed_stays_but_for_the_end_of_the_number(
    runtime: Runtime, room: Room, phone: httpx.AsyncClient
) -> None:
    wrong = await typed(runtime, room, name="<b>王五</b>")
    answer = await phone.post("/check-in", data=wrong)
    assert wrong["token"] in answer.text
    assert "&lt;b&gt;王五" in answer.text
    assert "<b>王五" not in answer.text
    assert wrong["id_tail"] not in answer.text


async def test_too_many_wrong_ones_are_a_page_as_well(
    runtime: Runtime, room: Room, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WRONG_PER_ADDRESS", 1)
    wrong = await typed(runtime, room, name="某某某")
    await phone.post("/check-in", data=wrong)
    answer = await phone.post("/check-in", data=wrong)
    assert answer.status_code == 429
    assert "现场工作人员登记" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_form_that_is_no_form_is_told(phone: httpx.AsyncClient) -> None:
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await phone.post("/check-in", content=b"--y", headers=head)
    assert answer.status_code in {400, 422}
    assert "<h1>培训签到</h1>" in answer.text
