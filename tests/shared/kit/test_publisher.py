"""Hints are few and late ones are said, too: whoever commits is heard, however many commit beside him (PLAT-11)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from shared.identifiers import new_id
from shared.publisher import Publisher

pytestmark = pytest.mark.req("PLAT-11")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator["Redis"]:
    connection: Redis = Redis.from_url(redis_url, protocol=2)
    yield connection
    await connection.aclose()


async def eventually(redis: "Redis", queue: str, count: int) -> int:
    """How many messages wait there once there are ``count``, or after a long time without."""
    for _ in range(600):
        if (found := int(await redis.llen(queue))) >= count:
            return found
        await asyncio.sleep(0.05)
    return found


async def test_a_burst_is_few_messages_and_the_next_is_heard_too(redis_url: str, redis: "Redis") -> None:
    task, queue = "sample.look", f"sample-{new_id().hex}"
    publisher = Publisher(redis_url, {task: queue})
    try:
        for _ in range(200):
            publisher.publish(frozenset({task}))
        assert 1 <= await eventually(redis, queue, 1) <= 3
        before = int(await redis.llen(queue))
        publisher.publish(frozenset({task}))
        assert await eventually(redis, queue, before + 1) > before
    finally:
        publisher.close()
        await redis.delete(queue)


async def test_each_task_has_its_own_turn(redis_url: str, redis: "Redis") -> None:
    """A quiet moment of one is no other's."""
    queues = [f"sample-{new_id().hex}" for _ in range(3)]
    publisher = Publisher(redis_url, {f"sample.look_{queue[-6:]}": queue for queue in queues})
    try:
        publisher.publish(frozenset(f"sample.look_{queue[-6:]}" for queue in queues))
        assert [await eventually(redis, queue, 1) for queue in queues] == [1, 1, 1]
    finally:
        publisher.close()
        await redis.delete(*queues)
