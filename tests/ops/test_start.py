"""What the operator of ``make run`` reads when it cannot start: one sentence in each language, and never a stack trace (PLAT-14)."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ops.up import troubles
from ops.up.__main__ import step
from ops.up.processes import CannotStart
from ops.up.servers import Servers
from ops.up.supervisor import Supervisor

pytestmark = pytest.mark.req("PLAT-14")
ROOT = Path(__file__).resolve().parents[2]


def start(**environment: str) -> tuple[int, str]:
    """The exit code of ``python -m ops.up`` and everything that it says."""
    done = subprocess.run(
        [sys.executable, "-m", "ops.up"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    mounted = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mounted, check=False, capture_output=True).returncode != 0:
        pytest.skip("nobody here may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


class TestRefusals:
    def test_a_full_disk(self, full_disk: Path) -> None:
        code, said = start(VAR_DIR=str(full_disk / "var"))
        assert code == 1
        assert "磁盘已满" in said
        assert "Free at least 500 MB" in said
        assert "Traceback" not in said

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "var").touch()
        code, said = start(VAR_DIR=str(tmp_path / "var"))
        assert (code, "不是目录" in said, "Traceback" in said) == (1, True, False)

    def test_a_folder_without_rights(self, tmp_path: Path) -> None:
        error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "lock"))
        said = troubles.in_words(error, tmp_path)
        assert "无权写入" in said
        assert "make run VAR_DIR=" in said

    def test_a_disk_that_is_full_by_the_time_of_the_migrations(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = "ops.migrate failed: psycopg.errors.DiskFull: could not extend file: No space left on device"
        assert "磁盘已满" in troubles.explained(told, tmp_path)
        assert troubles.explained("no such plan", tmp_path) == "no such plan"
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
        assert "Free at least 500 MB" in troubles.explained("no such plan", tmp_path)

    def test_a_port_that_is_none(self, tmp_path: Path) -> None:
        code, said = start(VAR_DIR=str(tmp_path), PORT="eighty")
        assert (code, "PORT=eighty 不是端口号" in said, "Traceback" in said) == (1, True, False)


class TestStep:
    @pytest.fixture
    def supervisor(self, servers: Servers) -> Iterator[Supervisor]:
        made = Supervisor(servers)
        (servers.var / "logs").mkdir(exist_ok=True)
        yield made
        made.stop_children()

    def program(self, tmp_path: Path, text: str) -> Mapping[str, str]:
        (tmp_path / "told.py").write_text(text)
        return {**os.environ, "PYTHONPATH": str(tmp_path)}

    def test_it_returns_what_was_printed(self, supervisor: Supervisor, tmp_path: Path) -> None:
        assert step(supervisor, "told", "…", self.program(tmp_path, "print('done')")) == "done\n"

    def test_one_that_fails_is_told_with_its_last_lines(self, supervisor: Supervisor, tmp_path: Path) -> None:
        with pytest.raises(CannotStart, match=r"told 失败 · told failed[\s\S]+no such plan"):
            step(supervisor, "told", "…", self.program(tmp_path, "raise SystemExit('no such plan')"))

    def test_what_is_interrupted_does_not_go_on(self, supervisor: Supervisor, tmp_path: Path) -> None:
        """Ctrl-C while the demo data is loaded."""
        supervisor.listen_to_signals()
        text = f"import os, signal, time\nos.kill({os.getpid()}, signal.SIGINT)\ntime.sleep(600)"
        supervisor.interruptible = True
        with pytest.raises(KeyboardInterrupt):
            step(supervisor, "told", "…", self.program(tmp_path, text))
