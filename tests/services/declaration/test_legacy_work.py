"""Who sees what of the old system's list, and what happens when two confirm at once or the worker is killed in the middle."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from ops.journey.play import until
from ops.legacy_sample import HEAD, as_csv
from services.declaration.declarations.importing import begin_imported
from services.declaration.jobs.kinds import JOBS
from services.declaration.jobs.models import Job
from services.declaration.legacy import applying_job
from services.declaration.legacy.applying_job import apply_rows
from services.declaration.main import app
from shared.db.session import Database
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.tasks.job_runner import run_jobs
from tests.conftest import ClientFor
from tests.services.declaration.legacy_records import (
    CODE,
    IMPORTS,
    KEEPER,
    NAME,
    PHONE,
    REGION,
    ROWS,
    Desk,
    sign_up,
    some,
)
from tests.services.declaration.records import URL

# Somebody else of this database waits for a key that somebody holds.
_WAITS = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.req("PLAT-06", "PLAT-09", "PLAT-11")
class TestWhoAndTwice:
    async def test_a_county_sees_its_rows_and_nobody_else_s(
        self, desk: Desk, make_actor: Callable[..., Actor], client_for: ClientFor
    ) -> None:
        rows = some(2)
        rows[0][REGION], rows[1][REGION] = "320102", "320104"
        at = await desk.send(as_csv(rows))
        wanted = {"import_id": at.rpartition("/")[2]}
        seen = {}
        for region, level in (("320102", Level.COUNTY), ("320100", Level.CITY), ("320200", Level.CITY)):
            rights = (
                {Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT}
                if level is Level.CITY
                else {Permission.DECLARATION_REVIEW}
            )
            client = await client_for(app, make_actor(*rights, level=level, region=region))
            seen[region] = len((await client.get(ROWS, params=wanted)).json()["items"])
            for path in ("", "/annotated"):
                assert (await client.get(f"{at}{path}")).status_code in {403, 404}
            for action in ("confirm", "undo"):
                assert (await client.post(f"{at}/{action}")).status_code in {403, 404}
            assert (await client.post(IMPORTS, json={"file_name": "a.csv", "size": 1})).status_code == 403
        assert seen == {"320102": 1, "320100": 2, "320200": 0}
        unit = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        assert (await unit.get(ROWS)).status_code == 403
        other = await client_for(app, make_actor(*KEEPER, level=Level.PROVINCE, region="330000"))
        assert (await other.get(at)).status_code == 404

    async def test_two_who_confirm_at_once(self, desk: Desk) -> None:
        at = await desk.send(as_csv(some(1)))
        both = await asyncio.gather(*(desk.client.post(f"{at}/confirm") for _ in range(2)))
        assert sorted(answer.status_code for answer in both) == [200, 409]
        await run_jobs(desk.runtime, JOBS)
        assert await desk.outcomes(at) == ["waiting"]

    async def test_a_worker_that_is_killed_is_followed_by_one_that_does_the_rest(
        self,
        desk: Desk,
        make_actor: Callable[..., Actor],
        database: Database,
        client_for: ClientFor,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        rows = some(4)
        actors = [await sign_up(make_actor, database, row) for row in rows]
        at = await desk.send(as_csv(rows))
        monkeypatch.setattr(applying_job, "AT_ONCE", 1)
        made = []

        def begin(*given: Any, **more: Any) -> Any:
            made.append(1)
            if len(made) == 3:
                raise Killed
            return begin_imported(*given, **more)

        monkeypatch.setattr(applying_job, "begin_imported", begin)
        await desk.client.post(f"{at}/confirm")
        with pytest.raises(Killed):
            await run_jobs(desk.runtime, JOBS)
        assert (await desk.outcomes(at)) == ["imported", "imported", "ready", "ready"]
        assert (await desk.read(at))["state"] == "applying"
        async with database.unit_of_work() as session:
            ours = update(Job).where(Job.organisation_id == desk.organisation_id, Job.done_at.is_(None))
            await session.execute(ours.values(leased_until=None))
        await run_jobs(desk.runtime, JOBS)
        assert (await desk.read(at))["state"] == "applied"
        for actor in actors:
            client = await client_for(app, actor)
            assert len((await client.get(URL)).json()["items"]) == 1

    async def test_a_unit_that_signs_up_while_its_row_begins_to_wait_finds_it(
        self, desk: Desk, make_actor: Callable[..., Actor], database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (row,) = some(1)
        signing: list[asyncio.Task[Actor]] = []

        async def apply_slowly(session: AsyncSession, *given: Any) -> int:
            came = await apply_rows(session, *given)
            unit = sign_up(make_actor, database, row, account=row[HEAD.index("原账号")])
            signing.append(asyncio.create_task(unit))

            async def waits_or_is_there() -> bool:
                return signing[0].done() or bool(await session.scalar(text(_WAITS)))

            await until(waits_or_is_there, "the unit waits for the row, or has not waited")
            return came

        monkeypatch.setattr(applying_job, "apply_rows", apply_slowly)
        at = await desk.send(as_csv([row]))
        await desk.act(at, "confirm")
        await signing[0]
        assert await desk.outcomes(at) == ["imported"]

    async def test_bad_rows_come_back_with_their_reasons(self, desk: Desk) -> None:
        rows = some(2)
        rows[1][CODE] = "123"
        at = await desk.send(as_csv(rows))
        answer = await desk.client.get(f"{at}/annotated")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert len(sheet) == 2
        assert rows[1][NAME] in sheet[1]
        assert rows[1][PHONE] not in sheet[1]
        listed = await desk.client.get("/api/declaration/exports/legacy-rows.xlsx", params={"outcome": "refused"})
        assert listed.status_code == 200
