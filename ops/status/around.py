"""What stands beside the databases: the broker with its queues and its workers' proofs of life. The disks are ``shared.disks``'."""

from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ops.up.workers import SPECS
from shared.settings import PlatformSettings
from shared.tasks.alive import alive_key


@dataclass(frozen=True)
class Broker:
    """``queues``: messages that wait, by queue. ``silent``: lanes of which no worker has proved its life."""

    queues: Mapping[str, int]
    silent: tuple[str, ...]


async def read_broker(settings: PlatformSettings) -> Broker | None:
    """None when Redis does not answer."""
    lanes = [(spec.queue(lane), alive_key(spec.service, lane)) for spec in SPECS for lane in spec.lanes]
    client: Redis = Redis.from_url(settings.broker_url, socket_timeout=2, socket_connect_timeout=2, protocol=2)
    try:
        lengths = {queue: int(await client.llen(queue)) for queue, _ in lanes}
        silent = [queue for queue, key in lanes if not await client.exists(key)]
    except (RedisError, OSError):
        return None
    finally:
        await client.aclose()
    return Broker(lengths, tuple(silent))
