"""The short form of ``make faults``: one run under a seed, another each day, on the stack of the other tests (PLAT-11)."""

import subprocess
import sys

import pytest

from shared.clock import beijing_today, now_utc
from tests.faults.runs import known_seeds
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-11")
SECONDS = 300


def test_the_main_job_under_the_seed_of_the_day(stack: Stack) -> None:
    seed = f"{beijing_today(now_utc()):%Y%m%d}"
    command = [sys.executable, "-m", "tests.faults.short", stack.base_url, str(stack.var), seed]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, f"seed {seed}\n{done.stderr[-4000:]}"
    assert "×" in done.stdout, "something was broken"


def test_seeds_of_runs_that_failed_are_kept() -> None:
    assert len(known_seeds()) == len(set(known_seeds()))
