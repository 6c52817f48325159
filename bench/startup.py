"""How long a start takes and how much memory the whole embedded platform holds. The first start is that of a clean clone with a warm
package cache, demo data included; PSS counts a shared page once.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from tests.stack import Stack, running_stack

ROOT = Path(__file__).resolve().parents[1]


def figures() -> Iterator[Figure]:
    """Seconds until the address is printed, and megabytes of PSS half a minute after."""
    yield Figure("first_start_s", _clean_clone(), "s", 120)
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        with running_stack(var):
            pass
        started = time.perf_counter()
        with running_stack(var) as stack:
            yield Figure("later_start_s", time.perf_counter() - started, "s", 8)
            time.sleep(30)
            for name, size in _memory(stack).items():
                yield Figure(f"memory_{name}_mb", size, "MB", 700 if name == "whole" else None)


def _clean_clone() -> float:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PLATFORM_", "VIRTUAL_ENV"))}
        out = Path(folder) / "out"
        started = time.perf_counter()
        with out.open("wb") as output:
            process = subprocess.Popen(
                ["make", "run", "PORT=28123"], cwd=clone, env=environment, stdout=output, stderr=output
            )
        try:
            while "Ctrl-C" not in out.read_text(errors="replace"):
                if process.poll() is not None:
                    raise RuntimeError(out.read_text(errors="replace")[-3000:])
                time.sleep(0.1)
            return time.perf_counter() - started
        finally:
            process.terminate()
            process.wait(60)
            shutil.rmtree(clone, ignore_errors=True)


_KINDS = (
    ("postgres", r"pginstall/bin/postgres |^postgres: "),
    ("valkey", r"valkey-server"),
    ("api", r"uvicorn"),
    ("worker_fast", r"ops\.up\.fast"),
    ("worker_slow", r"ops\.up\.slow"),
    ("beat", r"ops\.beat"),
    ("supervisor", r"ops\.up$|ops\.up \s*$|warden"),
)


def _memory(stack: Stack) -> dict[str, float]:
    sizes = {name: sum(_pss(pid) for pid in stack.pids(pattern)) for name, pattern in _KINDS}
    sizes["supervisor"] += _pss(stack.process.pid)
    return {"whole": sum(sizes.values()), **sizes}


def _pss(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
