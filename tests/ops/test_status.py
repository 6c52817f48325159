"""One command says whether a person is needed, for what, and what to do (PLAT-10)."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from ops.__main__ import COMMANDS
from ops.__main__ import main as door
from ops.status.around import Broker
from ops.status.judging import troubles_around, troubles_of
from ops.status.reading import work_tables
from ops.status.whole import Status, json_of, lines_of, run, status_of
from ops.up.workers import SPECS
from services.notifications.main import app
from services.training.desk.boards.tasks import BoardCheck
from shared.clock import now_utc
from shared.db.migrations import ROOT
from shared.disks import Disk
from shared.findings import Counted
from shared.runtime import Runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks.runs import TaskRun, note_run
from shared.tasks.standing import Lag, Standing, Waiting

pytestmark = pytest.mark.req("PLAT-10")
NOW = now_utc()
LONG = timedelta(hours=2)
WELL = Standing(
    Service.DECLARATION,
    NOW,
    "0001",
    "0001",
    1,
    looks=[Counted("parked_event", "搁置", NOW, 0, None)],
    runs=[
        TaskRun(task=task.name, first_noted_at=NOW - LONG, succeeded_at=NOW)
        for spec in SPECS
        for task in spec.all_tasks()
        if spec.service is Service.DECLARATION and task.every
    ],
)
WAITS = TaskRun(
    task="declaration.run_jobs", first_noted_at=NOW - LONG, succeeded_at=NOW - LONG, failed_at=NOW, error="LittleRoom"
)
SHORT_LATE = NOW - timedelta(minutes=11)


def whats(standing: Standing) -> list[str]:
    return [trouble.what for trouble in troubles_of(standing)]


class TestJudging:
    def test_nothing_is_said_of_what_is_well(self) -> None:
        assert whats(WELL) == []

    @pytest.mark.parametrize(
        ("changes", "what"),
        [
            ({"schema": None}, "old_schema"),
            ({"looks": [Counted("parked_event", "搁置", NOW, 3, NOW - LONG)]}, "parked_event"),
            ({"looks": [Counted("parked_event", "搁置", NOW - LONG, 0, None)]}, "not_looked"),
            ({"lags": [Lag("auth", NOW - LONG)]}, "late_bookmark"),
            ({"waiting": [Waiting("jobs", 3, 1, NOW - LONG)]}, "overdue_work"),
            ({"runs": WELL.runs[1:]}, "stopped_task"),
            ({"runs": [run if run.task != WAITS.task else WAITS for run in WELL.runs]}, "little_room"),
        ],
    )
    def test_each_trouble_is_told_by_its_name(self, changes: dict[str, object], what: str) -> None:
        assert whats(replace(WELL, **changes)) == [what]  # type: ignore[arg-type]

    def test_a_quiet_log_and_a_short_delay_are_no_trouble(self) -> None:
        assert whats(replace(WELL, lags=[Lag("auth", None), Lag("training", NOW - timedelta(seconds=30))])) == []

    def test_a_task_has_three_of_its_rounds_and_ten_minutes_at_least(self) -> None:
        late = [TaskRun(task=run.task, first_noted_at=NOW - LONG, succeeded_at=SHORT_LATE) for run in WELL.runs]
        hourly = "declaration.tidy_up"
        stopped = {trouble.words.split(" ")[0] for trouble in troubles_of(replace(WELL, runs=late))}
        assert hourly not in stopped
        assert "declaration.pull_events" in stopped

    def test_a_platform_that_has_just_begun_is_given_time(self) -> None:
        begun = [TaskRun(task=WELL.runs[0].task, first_noted_at=NOW, succeeded_at=NOW)]
        assert whats(replace(WELL, runs=begun)) == []
        assert whats(replace(WELL, runs=[])) == []

    def test_what_stands_beside_the_databases(self) -> None:
        def around(broker: Broker | None, *disks: Disk) -> list[str]:
            return [trouble.what for trouble in troubles_around(broker, list(disks))]

        well = Broker({"training.fast": 3}, ())
        assert around(well, Disk("/data", 50_000, 100_000)) == []
        assert around(None) == ["redis_away"]
        assert around(Broker({"training.fast": 1001}, ("training.fast",))) == ["nobody_works", "long_queue"]
        assert around(well, Disk("/data", 900, 1000)) == ["disk_full"]
        assert around(well, Disk("/data", 4_000, 100_000)) == ["disk_full"]

    def test_every_trouble_has_a_next_step(self) -> None:
        stopped = replace(WELL, runs=WELL.runs[1:], waiting=[Waiting("jobs", 1, 1, NOW)])
        assert all(trouble.step for trouble in troubles_of(stopped))


@pytest.mark.usefixtures("platform")
class TestReading:
    async def test_the_whole_platform_is_read(self) -> None:
        status = await status_of(platform_settings())
        assert set(status.standings) == set(Service)
        assert all(standing.schema == standing.newest_schema for standing in status.standings.values())
        assert status.broker is not None
        assert status.disks

    async def test_no_worker_runs_here_and_so_a_person_is_needed(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert await run(["--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert not told["well"]
        assert "nobody_works" in {each["what"] for each in told["troubles"]}

    async def test_a_database_that_is_away_is_a_trouble_and_the_rest_is_read(self) -> None:
        nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/{service}"
        status = await status_of(platform_settings().model_copy(update={"database_url": nowhere}))
        assert [each.what for each in status.troubles].count("database_away") == len(Service)
        assert status.broker is not None

    async def test_a_run_is_noted_with_the_kind_of_its_failure_and_without_its_words(
        self, open_app: Callable[[FastAPI], Awaitable[Runtime]]
    ) -> None:
        runtime = await open_app(app)
        await note_run(runtime.database, "notifications.noted", ValueError("张三 13800000000"))
        await note_run(runtime.database, "notifications.noted", None)
        async with runtime.database.unit_of_work() as session:
            row = await session.get_one(TaskRun, "notifications.noted")
            assert (row.error, row.failed_at is None, row.succeeded_at is None) == ("ValueError", False, False)
            await session.execute(text("DELETE FROM task_runs WHERE task = 'notifications.noted'"))

    def test_every_service_that_works_in_rows_is_looked_at(self) -> None:
        tables = {service: {table.name for table in work_tables(service)} for service in Service}
        assert {"deliveries", "notices"} <= tables[Service.NOTIFICATIONS]
        assert {"render_jobs", "form_documents"} <= tables[Service.CERTIFICATES]
        assert "texts" in tables[Service.AUTH]


class TestWords:
    def test_people_and_programs_are_told_the_same(self) -> None:
        troubles = list(troubles_of(replace(WELL, parked=1, looks=[Counted("parked_event", "搁置", NOW, 1, NOW)])))
        status = Status({Service.DECLARATION: WELL}, None, [], troubles)
        assert any("let-go declaration" in line for line in lines_of(status))
        assert [each["what"] for each in json.loads(json_of(status))["troubles"]] == ["parked_event"]
        assert lines_of(replace(status, troubles=[]))[-1].startswith("✓")


class TestManual:
    @pytest.mark.parametrize("service", Service)
    def test_what_each_check_means_is_told(self, service: Service) -> None:
        """docs/operations.md, Alarms: whoever is called at night finds what was found, and what to do."""
        manual = (ROOT / "docs/operations.md").read_text("utf-8")
        checks = import_module(f"services.{service}.invariants").CHECKS
        assert [check for check in (*checks, *BoardCheck) if f"`{check}`" not in manual] == []


class TestDoor:
    def test_every_command_is_there_and_explains_itself(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert door(["--help"]) == 0
        told = capsys.readouterr().out
        assert all(f"  {name} " in told for name in COMMANDS)
        assert door(["nonsense"]) == 2

    @pytest.mark.parametrize("name", COMMANDS)
    def test_help_of_each(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            door([name, "--help"])
        assert end.value.code == 0
        assert "usage: python -m ops" in capsys.readouterr().out
