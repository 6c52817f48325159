"""A worker that is killed at the worst moment loses nothing and doubles nothing (PLAT-11): the row or the bookmark it left behind is
taken up by the next one.
"""

import signal

import pytest

from ops.journey.play import until
from ops.journey.steps import publish_scores
from shared.services import Service
from tests.faults.inside import FAST, SLOW, WORKERS, Inside
from tests.faults.whole import NUMBERED, all_numbered, check_whole, ready_to_publish
from tests.sessions import open_play
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-11")
ATTEMPTS = "SELECT max(attempts) FROM render_jobs JOIN certificates c ON c.id = certificate_id WHERE plan_name = %s"

TO_RENDER = "SELECT count(*) FROM render_jobs WHERE done_at IS NULL AND due_at <= now()"


async def killed_in_the_middle(inside: Inside, pattern: str, table: str, verb: str) -> None:
    """Kill -9 for a worker, parent and children, while its transaction in certificates is writing to ``table``."""
    with inside.held(Service.CERTIFICATES, table, verb) as somebody_waits:
        inside.signal(pattern, signal.SIGCONT)

        async def caught() -> bool:
            return somebody_waits()

        await until(caught, f"a worker that writes to {table}")
        assert inside.signal(pattern, signal.SIGKILL)


async def nothing_to_render(inside: Inside) -> None:
    """What others have published is made: the page that the worker dies of is this test's own."""

    async def made() -> bool:
        return inside.rows(Service.CERTIFICATES, TO_RENDER) == [(0,)]

    await until(made, "the certificates of others are made")


async def test_the_slow_worker_killed_while_it_renders(stack: Stack) -> None:
    """The page is made and stored, and not yet written down: the next attempt makes it again and takes the first file away."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        await nothing_to_render(inside)
        with inside.frozen(SLOW):
            await publish_scores(play)
            await all_numbered(play, inside)
            await killed_in_the_middle(inside, SLOW, "certificates", "UPDATE")
        await check_whole(play, inside)
        assert inside.rows(Service.CERTIFICATES, ATTEMPTS, play.facts["plan_name"]) == [(2,)]


async def test_the_fast_worker_killed_while_it_pulls_events(stack: Stack) -> None:
    """Numbers are given and jobs asked for, and nothing of it is committed: neither are kept, and the bookmark stays."""
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        with inside.frozen(FAST):
            await publish_scores(play)
            await killed_in_the_middle(inside, FAST, "render_jobs", "INSERT INTO")
            assert inside.rows(Service.CERTIFICATES, NUMBERED, play.facts["plan_name"]) == []
        await check_whole(play, inside)


async def test_redis_emptied_between_publication_and_rendering(stack: Stack) -> None:
    inside = Inside(stack)
    async with open_play(stack.base_url) as play:
        await ready_to_publish(play)
        with inside.frozen(WORKERS):
            await publish_scores(play)
            inside.redis().flushall()
        await check_whole(play, inside)
