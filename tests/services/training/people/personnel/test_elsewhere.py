"""Somebody whom another unit has on file: what a number and a name open, and how often they may be tried (PLAT-06, BEY-14)."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import update

from services.training.main import app
from services.training.people.jobs.tasks import run_jobs
from services.training.people.personnel import import_job, importing
from services.training.people.personnel.models import PeopleGuesses
from services.training.settings import training_settings
from shared.clock import beijing_today, now_utc
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.people.personnel.forms import IMPORT, PERSONNEL, XLSX, form, fresh_id, line, workbook

pytestmark = pytest.mark.req("PLAT-06", "BEY-14")
EMPLOYED, MISMATCH = "person_employed_elsewhere", "person_mismatch"


@dataclass
class Units:
    """``there`` has 李明 on file and 在职; ``here`` has nobody."""

    here: AsyncClient
    there: AsyncClient
    there_name: str
    file: Response

    @property
    def number(self) -> str:
        return str(self.file.json()["resident_id"])

    async def add(self, **changes: Any) -> Response:
        return await self.here.post(PERSONNEL, json=form(**{"resident_id": self.number, "name": "李明", **changes}))

    async def leave(self) -> None:
        assert (await self.there.post(f"{self.file.headers['location']}/leave")).status_code == 200

    async def send(self, *rows: dict[str, Any], mode: str = "all") -> Response:
        files = {"file": ("人员.xlsx", workbook(list(rows)), XLSX)}
        return await self.here.post(IMPORT, params={"mode": mode}, files=files)

    async def at_here(self) -> list[str]:
        return [each["name"] for each in (await self.here.get(PERSONNEL)).json()["items"]]


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def units(runtime: Runtime, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Units:
    actors = [make_actor(Permission.INSTITUTION_FILING) for _ in range(2)]
    here, there = [await client_for(app, each) for each in actors]
    return Units(here, there, actors[1].organisation_name, await there.post(PERSONNEL, json=form(name="李明")))


@pytest.fixture
def two_a_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TRAINING_PEOPLE_GUESSES_A_DAY", "2")
    training_settings.cache_clear()
    yield
    training_settings.cache_clear()


def codes(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


class TestAdding:
    async def test_number_and_name_that_fit_are_told_to_ask_for_the_person_and_of_no_unit(self, units: Units) -> None:
        for name in ("李明", " 李 明 "):
            answer = await units.add(name=name)
            assert codes(answer) == [("resident_id", EMPLOYED)]
            assert "人员调动" in answer.text
            assert units.there_name not in answer.text
        assert await units.at_here() == []

    async def test_another_name_is_told_nothing_but_that(self, units: Units) -> None:
        assert codes(await units.add(name="王芳")) == [("resident_id", MISMATCH)]
        await units.leave()
        assert codes(await units.add(name="王芳")) == [("resident_id", MISMATCH)]

    async def test_a_dot_and_blanks_make_no_other_name(self, units: Units) -> None:
        kept = await units.there.patch(
            units.file.headers["location"], json={"name": "迪丽\u3000努尔 • R. 李"}, headers={"If-Match": '"1"'}
        )
        assert kept.json()["name"] == "迪丽努尔 • R. 李"
        assert codes(await units.add(name="迪丽 努尔·r．李")) == [("resident_id", EMPLOYED)]
        assert codes(await units.add(name="迪丽努尔R李")) == [("resident_id", MISMATCH)]

    async def test_who_has_left_can_be_added(self, units: Units) -> None:
        await units.leave()
        assert (await units.add()).status_code == 201

    async def test_a_file_does_not_become_that_persons_by_its_number(self, units: Units) -> None:
        made = await units.add(resident_id=fresh_id())
        match = {"If-Match": made.headers["etag"]}
        change = {"resident_id": units.number}
        answer = await units.here.patch(made.headers["location"], json=change, headers=match)
        assert codes(answer) == [("resident_id", EMPLOYED)]
        answer = await units.here.patch(made.headers["location"], json={**change, "name": "王芳"}, headers=match)
        assert codes(answer) == [("resident_id", MISMATCH)]

    async def test_who_works_elsewhere_by_now_does_not_come_back_by_a_button(self, units: Units) -> None:
        await units.leave()
        await units.add()
        answer = await units.there.post(f"{units.file.headers['location']}/resume")
        assert (answer.status_code, answer.json()["code"]) == (409, EMPLOYED)


@pytest.mark.req("BEY-07")
class TestImporting:
    @pytest.mark.parametrize("mode", ["preview", "all", "good_rows"])
    async def test_they_are_bad_rows(self, units: Units, mode: str) -> None:
        rows = [line(name="张新"), line(resident_id=units.number, name="李明")]
        report = (await units.send(*rows, mode=mode)).json()
        assert (report["ready"], report["error_count"]) == (1, 1)
        (error,) = report["errors"]
        assert (error["row"], error["column"], error["code"]) == (3, "A 身份证号", EMPLOYED)
        assert error["value"] == f"{units.number[:4]}********{units.number[-4:]}"
        assert await units.at_here() == (["张新"] if mode == "good_rows" else [])

    async def test_a_row_does_not_bring_back_who_works_elsewhere_by_now(self, units: Units) -> None:
        await units.leave()
        await units.add()
        answer = await units.there.post(
            IMPORT,
            params={"mode": "all"},
            files={"file": ("人员.xlsx", workbook([line(resident_id=units.number, name="李明", status="在职")]), XLSX)},
        )
        assert [each["code"] for each in answer.json()["errors"]] == [EMPLOYED]

    async def test_nor_does_a_job(self, units: Units, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        for each in (importing, import_job):
            monkeypatch.setattr(each, "AT_ONCE", 1)
        answer = await units.send(line(name="张新"), line(resident_id=units.number, name="王芳"), mode="good_rows")
        assert answer.status_code == 202
        await run_jobs(runtime)
        report = (await units.here.get(answer.headers["location"])).json()["result"]
        assert [each["code"] for each in report["errors"]] == [MISMATCH]
        assert await units.at_here() == ["张新"]


@pytest.mark.usefixtures("two_a_day")
class TestGuessing:
    async def test_either_answer_counts_and_then_nobody_is_taken_in_today(self, units: Units, runtime: Runtime) -> None:
        await units.add()
        await units.add(name="王芳")
        refusals = [
            await units.add(),
            await units.add(name="王芳"),
            await units.add(resident_id=fresh_id()),
            await units.send(line(), mode="preview"),
            await units.here.post(
                "/api/training/transfers", json={"direction": "in", "resident_id": units.number, "name": "李明"}
            ),
        ]
        assert {(each.status_code, each.json()["code"]) for each in refusals} == {(429, "too_many_people_elsewhere")}
        assert 0 < int(refusals[0].headers["retry-after"]) <= 24 * 3600 + 1
        async with runtime.database.unit_of_work() as session:
            yesterday = beijing_today(now_utc()).replace(year=2020)
            await session.execute(update(PeopleGuesses).values(day=yesterday))
        assert codes(await units.add()) == [("resident_id", EMPLOYED)]

    async def test_rows_and_vain_transfers_count(self, units: Units) -> None:
        await units.send(line(resident_id=units.number, name="李明"), mode="preview")
        body = {"direction": "in", "resident_id": units.number, "name": "王芳"}
        assert (await units.here.post("/api/training/transfers", json=body)).status_code == 422
        assert (await units.add()).status_code == 429

    async def test_who_is_known_nowhere_counts_nothing(self, units: Units) -> None:
        for _ in range(4):
            assert (await units.add(resident_id=fresh_id())).status_code == 201
