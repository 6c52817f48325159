"""What stands beside the databases: the broker with its queues and its workers' proofs of life. The disks are ``shared.disks``'."""

from collections.abc import Mapping
from dataclasses import dataclass

from redis.exceptions import RedisError

from ops.up.workers import SPECS
from shared.brokers import redis_of
from shared.settings import PlatformSettings
from shared.tasks.alive import alive_key
from shared.tasks.standing import lengths_of


@dataclass(frozen=True)
class Broker:
    """``queues``: messages that wait, by queue. ``silent``: lanes of which no worker has proved its life."""

    queues: Mapping[str, int]
    silent: tuple[str, ...]


async def read_broker(settings: PlatformSettings) -> Broker | None:
    """None when Redis, or who carries the messages, does not answer."""
    lanes = [(spec.queue(lane), alive_key(spec.service, lane)) for spec in SPECS for lane in spec.lanes]
    client = redis_of(settings.redis_address, settings.redis_sentinel_password, seconds=2)
    try:
        lengths = await lengths_of(client, settings.queue_address, [queue for queue, _ in lanes])
        silent = [queue for queue, key in lanes if not await client.exists(key)]
    except (RedisError, OSError):
        return None
    finally:
        await client.aclose()
    return Broker(lengths, tuple(silent))
