"""``python -m tests.faults.short BASE_URL VAR SEED``: one short run on a stack that is there, in a process with its settings."""

import asyncio
import os
import sys
from pathlib import Path

from ops.up.supervisor import say
from tests.faults.breaking import Broken
from tests.faults.inside import Inside
from tests.faults.runs import run_short
from tests.stack import Place

MOST, LONGEST_PAUSE = 3, 1.5

if __name__ == "__main__":
    base_url, var, seed = sys.argv[1:]
    inside = Inside(Place(base_url, Path(var)))
    os.environ.update(inside.environment)
    say(asyncio.run(run_short(Broken(inside, most=MOST, longest_pause=LONGEST_PAUSE), int(seed))))
