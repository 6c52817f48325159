"""Tasks and queues: each has exactly one home, and every queue that is written to is read, in both layouts."""

import re
from importlib import import_module
from pathlib import Path

import httpx
import pytest
import structlog
import yaml

from ops.up.children import CHILDREN
from ops.up.ports import free_port
from ops.up.servers import Servers
from ops.up.workers import SPECS
from shared.disks import Room
from shared.events.subscriptions import SUBSCRIPTIONS, producers_for
from shared.services import Service
from shared.settings import platform_settings
from shared.tasks import worker
from shared.tasks.alive import ALIVE_SECONDS, alive_key
from shared.tasks.beat import create_beat
from shared.tasks.runs import TaskRun
from shared.tasks.spec import Lane, TaskSpec
from shared.tasks.worker import _Process

ROOT = Path(__file__).resolve().parents[2]
TASKS = [(spec, task) for spec in SPECS for task in spec.all_tasks()]
DECLARED = {spec.queue(lane) for spec in SPECS for lane in spec.lanes}


MADE: list[str] = []


async def make_a_file(_runtime: object) -> None:
    MADE.append("a file")


class TestTasks:
    def test_every_name_is_registered_once(self) -> None:
        names = [task.name for _, task in TASKS]
        assert sorted(names) == sorted(set(names))

    def test_every_name_tells_its_service(self) -> None:
        for spec, task in TASKS:
            assert re.fullmatch(rf"{spec.service}\.[a-z_]+", task.name)

    @pytest.mark.parametrize("task", [task for _, task in TASKS], ids=lambda task: task.name)
    def test_every_target_exists(self, task) -> None:  # type: ignore[no-untyped-def]
        assert callable(task.body())

    @pytest.mark.req("PLAT-11")
    def test_every_subscriber_pulls_again_and_again(self) -> None:
        """A lost hint costs seconds, because beat repeats each pull."""
        pulled = {task.name: task.every for _, task in TASKS if task.name.endswith(".pull_events")}
        for readers in SUBSCRIPTIONS.values():
            for service in readers:
                assert pulled[f"{service}.pull_events"] == 2
        for name in pulled:
            assert producers_for(Service(name.split(".")[0])), f"{name} has nothing to read"

    @pytest.mark.req("PLAT-11")
    def test_every_hint_of_the_code_is_a_task(self) -> None:
        """A hint that no worker knows would be silently late for ever."""
        names = {task.name for _, task in TASKS}
        for path in ROOT.glob("services/**/*.py"):
            for hint in re.findall(r'note_hint\(\s*\w+,\s*"([a-z_.]+)"', path.read_text("utf-8")):
                assert hint in names, f"{path.relative_to(ROOT)}: {hint}"


@pytest.mark.req("PLAT-11")
@pytest.mark.usefixtures("platform")
class TestProofs:
    def test_a_worker_that_is_a_minute_behind_can_still_prove_that_it_lives(self) -> None:
        schedule = create_beat(SPECS).conf.beat_schedule
        for spec in SPECS:
            for lane in spec.lanes:
                proof = schedule[spec.proof(lane).name]
                assert (proof["options"]["expires"], proof["options"]["queue"]) == (ALIVE_SECONDS, spec.queue(lane))

    async def test_a_worker_proves_its_life_as_soon_as_it_is_open(self, servers: Servers) -> None:
        """Whoever waits for it need not wait for beat; one that cannot reach the broker still starts."""
        spec = next(spec for spec in SPECS if spec.service is Service.DECLARATION)
        key, other = alive_key(spec.service, Lane.FAST), alive_key(spec.service, Lane.SLOW)
        servers.ask_redis(f"DEL {key} {other}")
        process = _Process([spec], [Lane.FAST])
        try:
            await process._open()
            assert servers.ask_redis(f"EXISTS {key}") == ":1"
            assert servers.ask_redis(f"EXISTS {other}") == ":0"
        finally:
            await process._stack.aclose()

    @pytest.mark.req("PLAT-10")
    async def test_a_worker_shows_what_it_counts_where_it_is_told_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        port = free_port()
        shown = platform_settings().model_copy(update={"worker_metrics_port": port})
        monkeypatch.setattr(worker, "platform_settings", lambda: shown)
        spec = next(spec for spec in SPECS if spec.service is Service.DECLARATION)
        process = _Process([spec], [Lane.FAST])
        try:
            await process._open()
            await process._bounded(spec.service, spec.proof(Lane.FAST))
            async with httpx.AsyncClient(trust_env=False) as client:
                page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        finally:
            await process._stack.aclose()
        assert 'task_runs_total{outcome="done",service="declaration",task="declaration.alive_fast"} 1.0' in page


@pytest.mark.req("PLAT-19")
class TestLittleRoom:
    def test_what_makes_files_waits_for_room_and_nothing_else_does(self) -> None:
        """Codes, notices, events go on as long as the database does."""
        waiting = {task.name for _, task in TASKS if task.writes}
        printing = {task.name for _, task in TASKS if task.lane is Lane.PRINT and ".alive_" not in task.name}
        jobs = {task.name for _, task in TASKS if task.name.endswith(".run_jobs")}
        assert waiting == printing | jobs | {"auth.prepare_blank_form"}

    @pytest.mark.usefixtures("platform")
    async def test_it_waits_says_so_once_and_goes_on_by_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        little = [True]
        monkeypatch.setattr(Room, "is_little", lambda *_: little[0])
        spec = next(spec for spec in SPECS if spec.service is Service.DECLARATION)
        process = _Process([spec], [Lane.FAST])

        writing = TaskSpec("declaration.sample", f"{__name__}:make_a_file", writes=True)
        telling = TaskSpec("declaration.sample", f"{__name__}:make_a_file")
        MADE.clear()
        try:
            await process._open()
            with structlog.testing.capture_logs() as said:
                for each in (writing, writing, telling):
                    await process._bounded(spec.service, each)
                assert len(MADE) == 1
                async with process._runtimes[spec.service].database.unit_of_work() as session:
                    run = await session.get_one(TaskRun, "declaration.sample")
                    assert run.error == "LittleRoom"
                little[0] = False
                for each in (writing, writing):
                    await process._bounded(spec.service, each)
        finally:
            await process._stack.aclose()
        assert len(MADE) == 3
        assert [each["event"] for each in said if "room" in each["event"]] == ["little_room", "room_again"]


class TestQueues:
    @pytest.mark.usefixtures("platform")
    def test_the_embedded_stack_reads_every_queue(self) -> None:
        """Each worker is made from the tables of all services; the slow one prints, too."""
        modules = {child.argv.split("-A ")[1].split(" ")[0] for child in CHILDREN if "celery" in child.argv}
        assert modules == {"ops.up.fast:app", "ops.up.slow:app", "ops.beat:app"}
        assert {spec.service for spec in SPECS} == set(Service)
        workers = [import_module(f"ops.up.{name}").app for name in ("fast", "slow")]
        assert {queue.name for each in workers for queue in each.conf.task_queues} == DECLARED

    def test_pages_wait_in_a_queue_of_their_own(self) -> None:
        printed = {task.name for spec, task in TASKS if task.lane is Lane.PRINT}
        assert printed == {"certificates.render_due", "certificates.render_forms", "certificates.alive_print"}
        assert [spec.service for spec in SPECS if Lane.PRINT in spec.lanes] == [Service.CERTIFICATES]

    def test_compose_reads_every_queue(self) -> None:
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
        read: set[str] = set()
        for service in compose["services"].values():
            command = service.get("command", "")
            words = command if isinstance(command, list) else command.split()
            if "--queues" in words:
                read.update(words[words.index("--queues") + 1].split(","))
        assert read == DECLARED
