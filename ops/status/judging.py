"""What of all that is read needs a person: of each service (``shared.tasks.judging``), and of what stands beside the databases. What each
kind of trouble means and how it is mended step by step is told in docs/operations.md, section Alarms."""

from collections.abc import Iterator

from ops.status.around import Broker
from ops.up.workers import SPECS
from shared.disks import Disk
from shared.tasks import judging
from shared.tasks.judging import Trouble
from shared.tasks.standing import Standing

LONG_QUEUE = 1000
LEAST_FREE_MB, LEAST_FREE_SHARE = 1024, 0.05


def troubles_of(standing: Standing) -> Iterator[Trouble]:
    """Of one service."""
    return judging.troubles_of(standing, next(spec for spec in SPECS if spec.service == standing.service).all_tasks())


def troubles_around(broker: Broker | None, disks: list[Disk]) -> Iterator[Trouble]:
    """Of what stands beside the databases."""
    if broker is None:
        yield Trouble(
            "redis",
            "redis_away",
            "Redis 没有应答 · Redis does not answer",
            "启动 Redis；数据都在 PostgreSQL 中 · start it",
        )
    else:
        for lane in broker.silent:
            words = f"没有后台进程在处理 {lane} · nobody works in {lane}"
            yield Trouble("workers", "nobody_works", words, "启动或重启该后台进程和 beat · start that worker, and beat")
        for queue, length in broker.queues.items():
            if length > LONG_QUEUE:
                words = f"{queue} 排了 {length} 条 · a long queue"
                yield Trouble("redis", "long_queue", words, "增加后台进程或查看其日志 · add workers, or see their log")
    for disk in disks:
        if disk.free_mb < LEAST_FREE_MB or disk.free_mb < disk.total_mb * LEAST_FREE_SHARE:
            words = f"{disk.folder} 所在磁盘只剩 {disk.free_mb} MB · the disk is nearly full"
            yield Trouble("disk", "disk_full", words, "扩充磁盘或清理，写满后不能保存 · make room while there is some")
