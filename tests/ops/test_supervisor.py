"""The embedded stack is tried with real servers and real signals: side by side, after a crash, under another user, and
with nothing left behind.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ops.up import postgres, processes
from ops.up.processes import CannotStart
from ops.up.servers import Servers, embedded_servers
from tests.ops.family import descendants, eventually, parents

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def query(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2) as connection:
        row = connection.execute(statement).fetchone()
        return row and row[0]


def answers(url: str) -> bool:
    try:
        return query(url, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


@dataclass
class Stack:
    """A small stack that runs in a process of its own."""

    popen: subprocess.Popen[str]
    child_log: Path
    postgres: int
    url: str

    def children(self) -> list[list[int]]:
        """The child and its grandchild of every start so far."""
        lines = self.child_log.read_text().splitlines() if self.child_log.exists() else []
        return [[int(word) for word in line.split()[1:]] for line in lines if line.startswith("running")]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    command = [sys.executable, "-m", "tests.ops.small_stack", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as popen:
        assert popen.stdout
        line = popen.stdout.readline()
        running = Stack(popen, tmp_path / "logs" / "forking.log", **json.loads(line))
        assert eventually(lambda: len(running.children()) == 1)
        yield running
        popen.terminate()
        popen.wait(30)


class TestServers:
    def test_two_folders_run_side_by_side(self, servers: Servers, tmp_path: Path) -> None:
        with embedded_servers(tmp_path, durable=False) as other:
            other.create_database("auth")
            other.create_database("auth")
            assert query(other.database_url("auth"), "SELECT current_database()") == "auth"
            assert answers(servers.database_url("postgres"))
            assert other.ask_redis("PING") == servers.ask_redis("PING") == "+PONG"

    def test_a_password_is_asked_for(self, servers: Servers) -> None:
        wrong = f"postgresql://platform:wrong@127.0.0.1:{servers.postgres_port}/postgres"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            query(wrong, "SELECT 1")

    def test_secrets_are_for_the_owner_only(self, servers: Servers) -> None:
        for name in ("secrets.json", "valkey/valkey.conf"):
            assert (servers.var / name).stat().st_mode & 0o077 == 0

    def test_chinese_text_is_kept(self, servers: Servers) -> None:
        assert query(servers.database_url("postgres"), "SELECT lower('䶮ABC') || length('䶮')") == "䶮abc1"

    def test_a_stale_pid_file_does_not_prevent_a_start(self, tmp_path: Path) -> None:
        with embedded_servers(tmp_path) as first:
            with psycopg.connect(first.database_url("postgres").replace("+psycopg", "")) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
            os.kill(first.postgres.pid, signal.SIGKILL)
            assert eventually(lambda: not first.postgres.alive())
        # The number in the file is taken by a stranger, as it is after the restart of a container.
        stale = tmp_path / "postgres" / "postmaster.pid"
        stale.write_text(f"{os.getpid()}\n{tmp_path / 'postgres'}\n")
        with embedded_servers(tmp_path) as second:
            assert query(second.database_url("postgres"), "SELECT n FROM kept") == 42

    def test_a_folder_in_use_is_refused(self, servers: Servers) -> None:
        with pytest.raises(CannotStart, match="already running"):
            postgres.clear_leftovers(servers.var / "postgres", seconds=0)
        assert answers(servers.database_url("postgres"))

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
    def test_an_ordinary_user_runs_them(self) -> None:
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        packages = Path(psycopg.__file__).parents[1]
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{packages}", "HOME": "/tmp"}
        readable = [
            python
            for python in (sys.executable, "/usr/bin/python3")
            if subprocess.run(
                [*become, python, "-c", "import psycopg, ops.up.servers"],
                env=environment,
                cwd="/tmp",
                capture_output=True,
                check=False,
            ).returncode
            == 0
        ]
        if not readable:
            pytest.skip("no Python here that another user can run with these packages")
        folder = Path(tempfile.mkdtemp())
        os.chown(folder, NOBODY, NOBODY)
        program = (
            "import os, pathlib, sys; from ops.up.servers import embedded_servers\n"
            "with embedded_servers(pathlib.Path(sys.argv[1]), durable=False) as s:\n"
            "    s.create_database('auth'); print(os.geteuid(), s.ask_redis('PING'))"
        )
        done = subprocess.run(
            [*become, readable[0], "-c", program, str(folder)],
            env=environment,
            cwd="/tmp",
            capture_output=True,
            text=True,
            check=False,
        )
        shutil.rmtree(folder)
        assert done.stdout.strip() == f"{NOBODY} +PONG", done.stderr


class TestSupervisor:
    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_nothing_is_left_behind(self, stack: Stack, number: signal.Signals) -> None:
        busy = subprocess.Popen(
            [sys.executable, "-c", "import psycopg, sys; psycopg.connect(sys.argv[1]).execute(sys.argv[2])"]
            + [stack.url.replace("+psycopg", ""), "SELECT count(*) FROM generate_series(1, 100000000000)"],
            stderr=subprocess.DEVNULL,
        )
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1%' AND state = 'active'"
        assert eventually(lambda: query(stack.url, running) == 2)
        family = descendants(stack.popen.pid)
        assert {stack.postgres, *stack.children()[0]} < family
        stack.popen.send_signal(number)
        assert eventually(lambda: not family & parents().keys())
        assert busy.wait(30) != 0

    def test_a_killed_child_comes_back_and_its_own_children_do_not_stay(self, stack: Stack) -> None:
        child, grandchild = stack.children()[0]
        os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(stack.children()) == 2)
        assert not {child, grandchild} & parents().keys()

    def test_killed_postgres_comes_back_at_the_same_address(self, stack: Stack) -> None:
        os.kill(stack.postgres, signal.SIGKILL)
        assert eventually(lambda: stack.postgres not in parents())
        assert eventually(lambda: answers(stack.url))

    def test_an_orderly_stop_is_a_success(self, stack: Stack) -> None:
        stack.popen.terminate()
        assert stack.popen.wait(30) == 0


def test_the_log_of_the_last_run_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("first\n")
    processes.rotate(log)
    assert not log.exists()
    assert (tmp_path / "api.log.1").read_text() == "first\n"
