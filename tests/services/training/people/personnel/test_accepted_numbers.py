"""Ids that miss their check digit: the province's decision lets exactly that number pass with exactly that name, wherever it is typed
(STAFF-15).
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from services.training.consumers import HANDLERS
from services.training.main import app
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import ResidentIdJudged
from shared.identifiers import RESIDENT_CHECKS, new_id
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.desk.transfers.moves import TRANSFERS
from tests.services.training.people.personnel.forms import IMPORT, PERSONNEL, XLSX, form, fresh_id, line, workbook
from tests.services.training.people.personnel.test_parts import match

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
MakeActor = Callable[..., Actor]
UNIT = Permission.INSTITUTION_FILING
MISSES = ("resident_id", "resident_id_checksum")
pytestmark = pytest.mark.req("STAFF-15", "TRN-08", "PLAT-02")


def wrong_id(ending: str = "") -> str:
    """A number that is right but for its last place."""
    number = fresh_id()
    ending = ending or next(each for each in RESIDENT_CHECKS if each != number[-1])
    return number[:-1] + ending if ending != number[-1] else wrong_id(ending)


def fields(answer: Response) -> list[tuple[str, str]]:
    return [(each["field"], each["code"]) for each in answer.json().get("errors", [])]


@pytest.fixture
async def runtime(open_app: OpenApp) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def client(client_for: ClientFor, make_actor: MakeActor) -> AsyncClient:
    return await client_for(app, make_actor(UNIT))


async def judge(
    runtime: Runtime, number: str, name: str, case_id: UUID | None = None, *, accepted: bool = True
) -> UUID:
    case_id = case_id or new_id()
    sealed = Sealed.seal(field_cipher(), number)
    event = ResidentIdJudged(case_id=case_id, resident_id=sealed, person_name=name, accepted=accepted)
    async with runtime.database.unit_of_work() as session:
        await HANDLERS[ResidentIdJudged](session, event)
    return case_id


class TestTheForm:
    @pytest.mark.parametrize("ending", ["", "X"])
    async def test_what_was_accepted_is_taken_with_its_name_alone(
        self, runtime: Runtime, client: AsyncClient, ending: str
    ) -> None:
        number = wrong_id(ending)
        body: dict[str, Any] = {"resident_id": number.lower(), "name": "王　芳"}
        refused = await client.post(PERSONNEL, json=form(**body))
        assert fields(refused) == [MISSES]
        assert "号码核准" in refused.json()["errors"][0]["message"]
        checked = await client.post(f"{PERSONNEL}/check", json=body)
        assert fields(checked) == [MISSES]
        await judge(runtime, number, "王芳")
        assert fields(await client.post(PERSONNEL, json=form(**{**body, "name": "李四"}))) == [MISSES]
        assert fields(await client.post(PERSONNEL, json=form(**{**body, "resident_id": wrong_id()}))) == [MISSES]
        assert fields(await client.post(f"{PERSONNEL}/check", json=body)) == []
        made = await client.post(PERSONNEL, json=form(**body))
        assert (made.status_code, made.json()["resident_id"]) == (201, number)

    async def test_what_was_taken_back_is_refused_and_who_has_it_keeps_it(
        self, runtime: Runtime, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        number = wrong_id()
        case_id = await judge(runtime, number, "张三")
        made = await client.post(PERSONNEL, json=form(resident_id=number))
        await judge(runtime, number, "张三", case_id, accepted=False)
        other = await client_for(app, make_actor(UNIT))
        assert fields(await other.post(PERSONNEL, json=form(resident_id=number))) == [MISSES]
        read = await client.get(made.headers["location"])
        changed = await client.patch(
            made.headers["location"], json={"resident_id": number, "post": "检查"}, headers=match(read)
        )
        assert changed.status_code == 200, changed.text
        look = await client.post(f"{PERSONNEL}/look-up", json={"resident_id": number})
        assert look.json()["in_file"] is True

    async def test_a_number_is_not_changed_to_one_that_nobody_accepted(
        self, runtime: Runtime, client: AsyncClient
    ) -> None:
        made = await client.post(PERSONNEL, json=form())
        number = wrong_id()
        read = await client.get(made.headers["location"])
        body = {"resident_id": number}
        assert fields(await client.patch(made.headers["location"], json=body, headers=match(read))) == [MISSES]
        await judge(runtime, number, "张三")
        done = await client.patch(made.headers["location"], json=body, headers=match(read))
        assert (done.status_code, done.json()["resident_id"]) == (200, number)

    async def test_the_look_up_knows_it_with_its_name(self, runtime: Runtime, client: AsyncClient) -> None:
        number = wrong_id()
        await judge(runtime, number, "王芳")
        url = f"{PERSONNEL}/look-up"
        assert fields(await client.post(url, json={"resident_id": number})) == [MISSES]
        assert fields(await client.post(url, json={"resident_id": number, "name": "李四"})) == [MISSES]
        assert (await client.post(url, json={"resident_id": number, "name": "王芳"})).status_code == 200

    @pytest.mark.parametrize("region", ["810000", "820000", "830000"])
    async def test_permits_are_numbers_like_others(self, runtime: Runtime, client: AsyncClient, region: str) -> None:
        stem = region + wrong_id()[6:-1]
        codes = {ending: await client.post(PERSONNEL, json=form(resident_id=stem + ending)) for ending in "0123456789X"}
        taken = [ending for ending, answer in codes.items() if answer.status_code == 201]
        assert len(taken) == 1
        ending = "0" if taken != ["0"] else "1"
        await judge(runtime, stem + ending, "张三")
        assert (await client.post(PERSONNEL, json=form(resident_id=stem + ending))).status_code == 201

    async def test_fifteen_places_are_no_id_whoever_accepts_them(self, runtime: Runtime, client: AsyncClient) -> None:
        await judge(runtime, "110105491231002", "张三")
        answer = await client.post(PERSONNEL, json=form(resident_id="110105491231002"))
        assert fields(answer) == [("resident_id", "resident_id_format")]


class TestSheets:
    async def test_accepted_rows_go_in_and_the_others_are_named_masked(
        self, runtime: Runtime, client: AsyncClient
    ) -> None:
        good, bad = wrong_id(), wrong_id()
        await judge(runtime, good, "李四")
        lines = [line(resident_id=good), line(resident_id=bad), line(resident_id=good[:-1] + "?")]
        sent = await client.post(
            IMPORT, params={"mode": "good_rows"}, files={"file": ("人员.xlsx", workbook(lines), XLSX)}
        )
        report = sent.json()
        assert (report["ready"], report["created"]) == (1, 1)
        told = [(each["row"], each["code"]) for each in report["errors"]]
        assert told == [(3, "resident_id_checksum"), (4, "resident_id_format")]
        assert bad not in sent.text
        again = await client.post(
            IMPORT, params={"mode": "all"}, files={"file": ("人员.xlsx", workbook(lines[:1]), XLSX)}
        )
        assert again.json()["unchanged"] == 1


class TestTransfers:
    async def test_who_is_on_file_with_such_a_number_is_asked_for_and_a_mistyped_one_is_told_so(
        self, runtime: Runtime, client: AsyncClient, client_for: ClientFor, make_actor: MakeActor
    ) -> None:
        number = wrong_id()
        await judge(runtime, number, "张三")
        await client.post(PERSONNEL, json=form(resident_id=number))
        other = await client_for(app, make_actor(UNIT))
        ask = {"direction": "in", "resident_id": number, "name": "张三"}
        assert (await other.post(TRANSFERS, json=ask)).status_code == 201
        mistyped = await other.post(TRANSFERS, json={**ask, "resident_id": wrong_id()})
        assert fields(mistyped) == [MISSES]
