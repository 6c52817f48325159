"""A whole platform of its own for tests that need one: ``python -m ops.up`` in a fresh folder, as a stranger would start it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.up.ports import free_port

START_SECONDS = 480


@dataclass
class Place:
    """``base_url`` answers; ``var`` holds its data and logs."""

    base_url: str
    var: Path

    def pids(self, pattern: str) -> list[int]:
        """Processes of this stack whose command line matches, zombies left out; found by the stack's own environment."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _belongs(entry, self.var):
                command = _read(entry / "cmdline").replace("\0", " ")
                if re.search(pattern, command):
                    found.append(int(entry.name))
        return sorted(found)


@dataclass
class Stack(Place):
    """One that we started, by ``process``, which said ``greeting``."""

    process: subprocess.Popen[bytes]
    greeting: str


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _belongs(entry: Path, var: Path) -> bool:
    state = _read(entry / "stat").rpartition(")")[2].split()
    if not state or state[0] == "Z":
        return False
    try:
        folder = str((entry / "cwd").readlink())
    except OSError:
        folder = ""
    # PostgreSQL's backends write their titles over their environment; they stand in the data folder.
    marks = _read(entry / "environ") + _read(entry / "cmdline") + folder
    return str(var) in marks


@contextmanager
def running_stack(var: Path, port: int | None = None, /, **settings: str) -> Iterator[Stack]:
    """Starts a platform, on a free port unless one is given, with its demo data and these settings, and stops it in order."""
    port = port or free_port()
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PLATFORM_")}
    environment = {**outer, **settings, "PORT": str(port), "VAR_DIR": str(var)}
    out = var.parent / f"{var.name}.out"
    with out.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "ops.up"], env=environment, stdout=output, stderr=output)
    try:
        yield Stack(f"http://127.0.0.1:{port}", var.resolve(), process, _greeting(process, out, var))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def _greeting(process: subprocess.Popen[bytes], out: Path, var: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        text = out.read_text(errors="replace")
        if "Ctrl-C" in text:
            return text
        if process.poll() is not None:
            break
        time.sleep(0.2)
    logs = "".join(
        f"\n== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in (var / "logs").glob("*.log")
    )
    raise RuntimeError(f"the stack did not start:\n{out.read_text(errors='replace')}{logs}")
