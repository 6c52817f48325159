"""PostgreSQL, Valkey or the API gone or frozen: a clear answer in the meantime, everything back by itself, nothing lost (PLAT-11).
How soon the caller hears of it is measured in bench/, not here.
"""

import signal

import httpx
import pytest

from ops.journey.play import Play, until
from ops.journey.steps import publish_scores
from tests.faults.inside import API, POSTGRES, POSTMASTER, VALKEY, Inside
from tests.faults.whole import check_whole, ready_to_publish
from tests.sessions import open_play
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-11")
ANYTHING = "/api/training/plans"


def at_once(play: Play) -> httpx.AsyncClient:
    """The unit's session in a client that shows the first answer; the play's own asks again for a minute while it is a 503."""
    headers = {"Authorization": play.unit.headers["Authorization"]}
    return httpx.AsyncClient(base_url=play.unit.base_url, headers=headers, timeout=30, trust_env=False)


async def ask(play: Play) -> int:
    """The status of an ordinary read; 0 while nobody listens. While something is away it says so and nothing else."""
    try:
        async with at_once(play) as client:
            answer = await client.get(ANYTHING)
    except httpx.TransportError:
        return 0
    if answer.status_code != 200:
        refused_for_now(answer)
    return answer.status_code


def refused_for_now(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 5


async def works_again(play: Play) -> None:
    async def works() -> bool:
        return await ask(play) == 200

    await until(works, "the platform works again")


async def test_sessions_outlive_an_emptied_redis(stack: Stack) -> None:
    async with open_play(stack.base_url) as play:
        Inside(stack).redis().flushall()
        assert (await play.unit.get("/api/auth/me")).status_code == 200
        assert (await play.unit.get("/api/training/personnel")).status_code == 200


async def test_valkey_killed_after_publication(stack: Stack) -> None:
    """Sessions go on while it is away, and work goes on when the supervisor has started it again."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        killed = inside.signal(VALKEY, signal.SIGKILL)
        assert len(killed) == 1
        assert await ask(play) == 200
        await publish_scores(play)
        await check_whole(play, inside)
        assert inside.stack.pids(VALKEY) not in ([], killed)


async def test_the_api_killed_right_after_a_publication(stack: Stack) -> None:
    """The hint to the workers may die with it; what was answered is kept."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        await publish_scores(play)
        assert inside.signal(API, signal.SIGKILL)
        await works_again(play)
        await check_whole(play, inside)


async def test_postgres_killed_after_publication(stack: Stack) -> None:
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        await publish_scores(play)
        assert inside.signal(POSTMASTER, signal.SIGKILL)
        await ask(play)  # it may be back already
        await works_again(play)
        await check_whole(play, inside)


async def test_a_frozen_postgres_is_told_and_not_waited_for(stack: Stack) -> None:
    """A frozen server accepts connections and never answers; the refusal comes while it still stands still."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await works_again(play)
        async with at_once(play) as client:
            with inside.frozen(POSTGRES):
                assert len(stack.pids(POSTGRES)) > 5, "the backends too"
                refused_for_now(await client.get(ANYTHING))
                refused_for_now(await client.patch("/api/training/plans/x", json={}))
        await works_again(play)
