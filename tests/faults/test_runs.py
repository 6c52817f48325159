"""The short form of ``make faults``: one run under a seed that is always the same, on the stack of the other tests (PLAT-11)."""

import subprocess
import sys

import pytest

from tests.faults.runs import known_seeds
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-11")
SEED, SECONDS = "7", 300


def test_the_main_job_while_things_break(stack: Stack) -> None:
    command = [sys.executable, "-m", "tests.faults.short", stack.base_url, str(stack.var), SEED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, f"seed {SEED}\n{done.stderr[-4000:]}"
    assert "×" in done.stdout, "something was broken"


def test_seeds_of_runs_that_failed_are_kept() -> None:
    assert len(known_seeds()) == len(set(known_seeds()))
