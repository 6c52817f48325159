"""``python -m tests.faults.soak [--minutes 120]``, or ``make soak``: the main job without a pause on an embedded stack of its own, and what
its processes hold meanwhile. In the end memory, open files and connections must be what they were after the first quarter of the time, no
log may be unread, and no request may have failed (PLAT-11).
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS
from ops.up.supervisor import say
from shared.services import Service
from tests.faults.inside import API, FAST, POSTGRES, SLOW, VALKEY, Inside
from tests.faults.runs import agree, own_stack
from tests.stack import Place

EVERY_SECONDS = 10.0
PROCESSES = {"API": API, "fast worker": FAST, "slow worker": SLOW, "PostgreSQL": POSTGRES, "Redis": VALKEY}
# A share, and beside it what a page of the allocator or one more backend may make.
GROWTH, SLACK = 1.15, {"megabytes": 24.0, "files": 24.0, "connections": 6.0}
_PAGE_MB = 4096 / 1024**2


@dataclass(frozen=True)
class Look:
    """What is held at one moment, by "kind process"."""

    at: float
    held: Mapping[str, float]


def look(inside: Inside) -> Look:
    held: dict[str, float] = {}
    for name, pattern in PROCESSES.items():
        pids = inside.stack.pids(pattern)
        # What several backends share is counted once for each; the sum grows with each of them, as it should not.
        held[f"megabytes {name}"] = sum(map(_megabytes, pids))
        held[f"files {name}"] = sum(map(_files, pids))
    asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    ((connections,),) = inside.rows(Service.AUTH, asked)
    return Look(time.monotonic(), {**held, "connections all": float(connections)})


def _megabytes(pid: int) -> float:
    """What it holds alone: pages that others share are others' too."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text("ascii").split()
    except (OSError, ValueError):
        return 0.0
    return (int(resident) - int(shared)) * _PAGE_MB


def _files(pid: int) -> float:
    try:
        return float(len(list(Path(f"/proc/{pid}/fd").iterdir())))
    except OSError:
        return 0.0


def grown(looks: Sequence[Look]) -> list[str]:
    """What is more in the last quarter of the time than it was in the second, a line each: medians, so that no single peak counts."""
    begins, ends = looks[0].at, looks[-1].at
    quarter = (ends - begins) / 4

    def median(key: str, number: int) -> float:
        first = begins + quarter * number
        return statistics.median([each.held[key] for each in looks if first <= each.at <= first + quarter] or [0.0])

    said = []
    for key in looks[0].held:
        before, after = median(key, 1), median(key, 3)
        if after > before * GROWTH + SLACK[key.partition(" ")[0]]:
            said.append(f"{key}: {before:.0f} → {after:.0f}")
    return said


async def soak(stack: Place, minutes: float) -> list[str]:
    """What has grown. Raises when a step of the main job is wrong, or something does not agree in the end."""
    inside, ends, looks, plays = Inside(stack), time.monotonic() + minutes * 60, list[Look](), 0
    working = asyncio.Event()

    async def watch() -> None:
        while not working.is_set():
            looks.append(await asyncio.to_thread(look, inside))
            await asyncio.sleep(EVERY_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        while time.monotonic() < ends:
            async with open_play(stack.base_url) as play:
                await play_steps(play, STEPS, lambda _line: None)
                plays += 1
                if time.monotonic() >= ends:
                    await agree(play)
    finally:
        working.set()
        await watching
    last = ", ".join(f"{key} {value:.0f}" for key, value in looks[-1].held.items())
    say(f"{plays} plays, {len(looks)} looks; at the end: {last}")
    return grown(looks)


def main(words: Sequence[str]) -> int:
    """The exit code: 1 when something has grown."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    asked = parser.parse_args(words)
    with own_stack(small=False) as broken:
        said = asyncio.run(soak(broken.inside.stack, asked.minutes))
    for line in said:
        say(f"✗ {line}")
    if not said:
        say("nothing has grown")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
