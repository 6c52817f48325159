"""What stands beside the databases: the broker with its queues and its workers' proofs of life, the disk, what the settings hold."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from ops.up.workers import SPECS
from shared.settings import PlatformSettings
from shared.tasks.alive import alive_key

_MB = 1024**2


@dataclass(frozen=True)
class Broker:
    """``queues``: messages that wait, by queue. ``silent``: lanes of which no worker has proved its life."""

    queues: Mapping[str, int]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Disk:
    """The file system of one folder of the platform."""

    folder: str
    free_mb: int
    total_mb: int


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


def read_disks(settings: PlatformSettings) -> list[Disk]:
    """The folders of files and of what is cached, as far as they are folders of this machine."""
    storage = urlsplit(settings.storage_url)
    folders = [Path(unquote(storage.path))] if storage.scheme == "file" else []
    found = []
    for folder in (*folders, settings.cache_dir):
        if folder.exists():
            usage = shutil.disk_usage(folder)
            found.append(Disk(str(folder), usage.free // _MB, usage.total // _MB))
    return found
