"""How the processes of compose begin: whatever the order, one after the other, and never for good behind somebody who is slow."""

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from alembic.script import ScriptDirectory

from ops import start
from ops.probe import WAITING
from ops.start import a_turn, newest_revision, schema_missing, service_of
from ops.up.servers import Servers
from shared.db.migrations import config_for
from shared.services import Service

ROOT = Path(__file__).resolve().parents[2]
CONTAINERS: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
STARTED = {name: each for name, each in CONTAINERS.items() if "ops.start" in each.get("command", [])}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The container's own folder, where it says that it waits."""
    monkeypatch.setattr(start, "FOLDER", tmp_path)
    return tmp_path


def taken(folder: Path) -> int:
    """How many places in the line are somebody's."""
    files = [os.open(path, os.O_RDWR) for path in folder.glob("*.lock")]
    free = sum(map(start._is_locked, files))
    for file in files:
        os.close(file)
    return len(files) - free


class TestSchema:
    @pytest.mark.parametrize("name", STARTED)
    def test_each_container_waits_for_its_own_service(self, name: str) -> None:
        words, worker = STARTED[name]["command"][3:], STARTED[name]["environment"].get("WORKER", "")
        assert service_of(words, worker) == ("" if name == "beat" else name.rpartition("-")[0])
        (module,) = (word.partition(":")[0] for word in words if start._APP.fullmatch(word))
        assert find_spec(module)

    @pytest.mark.parametrize("service", Service)
    def test_the_newest_revision_is_alembics(self, service: Service) -> None:
        assert newest_revision(service) == ScriptDirectory.from_config(config_for(service, "unused")).get_current_head()

    def test_it_waits_for_server_tables_and_release(self, platform: Servers) -> None:
        url = platform.database_url("auth").replace("+psycopg", "", 1)
        revision = newest_revision("auth")
        assert schema_missing(url, revision) == ""
        assert schema_missing(url, "0001") == ""  # ahead of an older release, which can live with it
        assert f"schema {revision}, this release needs 9999" in schema_missing(url, "9999")
        assert "schema None" in schema_missing(url.replace("/auth", "/postgres"), revision)
        assert schema_missing("postgresql://auth:x@127.0.0.1:1/auth", revision)


class TestTurns:
    def test_so_many_at_a_time_and_no_more(self, folder: Path) -> None:
        with a_turn(folder, 2):
            assert taken(folder) == 1
            with a_turn(folder, 2):
                assert taken(folder) == 2
            assert taken(folder) == 1
        assert taken(folder) == 0

    def test_who_comes_second_waits_for_the_first(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first, waited = a_turn(folder, 1), []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            first.__exit__(None, None, None)

        monkeypatch.setattr(start, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
        first.__enter__()
        with a_turn(folder, 1):
            assert taken(folder) == 1
        assert len(waited) == 1

    def test_a_line_that_does_not_move_keeps_nobody(self, folder: Path) -> None:
        with a_turn(folder, 1), a_turn(folder, 1, sleep_seconds=0, patience=0.01):
            assert taken(folder) == 1
            assert (folder / WAITING).exists()

    def test_who_dies_leaves_the_line(self, folder: Path) -> None:
        program = (
            f"import os, pathlib; from ops.start import a_turn\n"
            f"with a_turn(pathlib.Path({str(folder)!r}), 1): print('mine', flush=True); os.read(0, 1)"
        )
        words = [sys.executable, "-c", program]
        with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout
            assert holder.stdout.readline() == "mine\n"
            assert taken(folder) == 1
            holder.kill()
            holder.wait()
            assert taken(folder) == 0


@pytest.mark.req("PLAT-10")
class TestPrograms:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["celery", "-A", "ops.beat:app", "--version"], "5."),
            (["uvicorn", "services.notifications.main:app", "--version"], "uvicorn"),
        ],
    )
    def test_it_becomes_what_it_was_asked_for(
        self, platform: Servers, folder: Path, words: list[str], said: str
    ) -> None:
        environment = {**os.environ, "PLATFORM_CACHE_DIR": str(folder)}
        told = subprocess.run(
            [sys.executable, "-m", "ops.start", *words], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        assert (told.returncode, told.stderr) == (0, "")
        assert said in told.stdout
