"""What is killed or emptied loses nothing: every certificate still arrives, once, and the numbers have no gap."""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import pytest
from redis import Redis

from ops.journey.play import Play, until
from ops.journey.run import open_play, play_steps
from ops.journey.steps import STEPS, publish_scores, receive_certificates
from tests.stack import Stack

BEFORE = tuple(step for step in STEPS if step[1] not in {publish_scores, receive_certificates})[:6]
pytestmark = pytest.mark.req("PLAT-11")


def redis_of(stack: Stack) -> Redis:
    """The stack's own Valkey, found by its configuration."""
    environment = next(
        dict(pair.split("=", 1) for pair in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in pair)
        for pid in stack.pids("uvicorn")
    )
    return Redis.from_url(environment["PLATFORM_REDIS_URL"])


async def ready_to_publish(play: Play) -> None:
    await play_steps(play, BEFORE, lambda _line: None)


async def test_a_worker_killed_while_it_renders(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        await publish_scores(play)
        deadline = time.monotonic() + 60
        killed = 0
        while killed < 3 and time.monotonic() < deadline:
            for pid in stack.pids(r"ops\.up\.slow"):
                os.kill(pid, signal.SIGKILL)
                killed += 1
            await asyncio.sleep(0.3)
        assert killed
        await receive_certificates(play)


async def test_redis_emptied_between_publication_and_rendering(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        for pid in stack.pids(r"ops\.up\.(slow|fast)"):
            os.kill(pid, signal.SIGSTOP)
        try:
            await publish_scores(play)
            redis_of(stack).flushall()
        finally:
            for pid in stack.pids(r"ops\.up\.(slow|fast)"):
                os.kill(pid, signal.SIGCONT)
        await receive_certificates(play)


async def test_sessions_outlive_an_emptied_redis(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        redis_of(stack).flushall()
        assert (await play.unit.get("/api/auth/me")).status_code == 200
        assert (await play.unit.get("/api/training/personnel")).status_code == 200


async def answers_again(play: Play) -> bool:
    answer = await play.unit.get("/api/training/plans")
    assert answer.status_code in {200, 503}
    return answer.status_code == 200


def refused_for_now(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert 1 <= int(answer.headers["Retry-After"]) <= 5


async def test_postgres_killed_is_a_clear_answer_and_heals_by_itself(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        assert await answers_again(play)
        os.kill(stack.pids(r"pginstall/bin/postgres ")[0], signal.SIGKILL)
        answer = await play.unit.get("/api/training/plans")
        if answer.status_code != 200:
            refused_for_now(answer)
        await until(lambda: answers_again(play), "the platform works again")


async def test_postgres_that_hangs_is_told_and_not_waited_for(stack: Stack) -> None:
    """A frozen server accepts connections and never answers. How soon the caller hears is measured in bench/."""
    async with open_play(stack.base_url) as play:
        assert await answers_again(play)
        pids = stack.pids(r"pginstall/bin/postgres |^postgres: ")
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            refused_for_now(await play.unit.get("/api/training/plans"))
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        await until(lambda: answers_again(play), "the platform works again")
