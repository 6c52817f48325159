"""``python -m ops status [--json]``: how every service, its queues, its clock and the disk stand, and what a person must do. Exit 1 when
somebody is needed, so that a timer or a watch of one's own can ask (PLAT-10)."""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from ops.key_check import refuse_others
from ops.status.around import Broker, read_broker
from ops.status.judging import troubles_around, troubles_of
from ops.status.reading import read
from shared.clock import beijing_time
from shared.db.session import Database
from shared.disks import Disk, read_disks
from shared.errors import Unavailable
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from shared.tasks.judging import Trouble
from shared.tasks.standing import Standing


@dataclass(frozen=True)
class Status:
    """Everything that was read, and what of it needs a person. A service whose database is away has no standing."""

    standings: Mapping[Service, Standing]
    broker: Broker | None
    disks: Sequence[Disk]
    troubles: Sequence[Trouble]


async def status_of(settings: PlatformSettings) -> Status:
    """Asks everything once. Raises nothing for what is away: that is a trouble too."""
    databases = {
        service: Database(settings.database_of(service), pool_size=2, checkout_seconds=5, publish=lambda _hints: None)
        for service in Service
    }
    troubles: list[Trouble] = []
    standings: dict[Service, Standing] = {}
    try:
        for service in Service:
            try:
                standings[service] = await read(databases, service)
                troubles += troubles_of(standings[service])
            except Unavailable:
                words = "连不上数据库 · its database, or that of a log that it reads, does not answer"
                troubles.append(
                    Trouble(service, "database_away", words, "启动 PostgreSQL，检查密码和磁盘 · start PostgreSQL")
                )
    finally:
        await asyncio.gather(*(database.close() for database in databases.values()))
    broker, disks = await read_broker(settings), read_disks(settings)
    return Status(standings, broker, disks, [*troubles, *troubles_around(broker, disks)])


def lines_of(status: Status) -> list[str]:
    """What a person reads: each service in a line, then each trouble with its next step."""
    lines = []
    for service in Service:
        if standing := status.standings.get(service):
            waiting = sum(each.rows for each in standing.waiting)
            late = [lag for lag in standing.lags if lag.oldest_unread]
            lines.append(
                f"{service}: schema {standing.schema}, {standing.megabytes} MB, 待办 waiting {waiting}, "
                f"未读 unread logs {len(late)}, 搁置 parked {standing.parked}"
            )
    if status.broker:
        lines.append(f"redis: 排队 queued {sum(status.broker.queues.values())}")
    lines += [f"disk {each.folder}: 剩余 free {each.free_mb} / {each.total_mb} MB" for each in status.disks]
    lines.append("")
    for trouble in status.troubles:
        since = f"（自 since {_moment(trouble.since)}）" if trouble.since else ""
        lines += [f"✗ {trouble.where}: {trouble.words}{since}", f"  → {trouble.step}"]
    if not status.troubles:
        lines.append("✓ 一切正常 · nothing needs a person")
    return lines


def _moment(moment: datetime) -> str:
    return f"{beijing_time(moment):%Y-%m-%d %H:%M}"


def json_of(status: Status) -> str:
    """The same for programs; times in UTC."""
    standings = {service: _plain(standing) for service, standing in status.standings.items()}
    whole = {
        "well": not status.troubles,
        "troubles": [asdict(trouble) for trouble in status.troubles],
        "services": standings,
        "broker": asdict(status.broker) if status.broker else None,
        "disks": [asdict(disk) for disk in status.disks],
    }
    return json.dumps(whole, ensure_ascii=False, default=str, indent=1)


def _plain(standing: Standing) -> dict[str, object]:
    found = [{"check": each.check, "subject": each.subject, "since": each.since} for each in standing.findings]
    runs = [
        {"task": run.task, "succeeded_at": run.succeeded_at, "failed_at": run.failed_at, "error": run.error}
        for run in standing.runs
    ]
    return {
        "now": standing.now,
        "schema": standing.schema,
        "newest_schema": standing.newest_schema,
        "megabytes": standing.megabytes,
        "parked": standing.parked,
        "looks": [asdict(look) for look in standing.looks],
        "findings": found,
        "lags": [asdict(lag) for lag in standing.lags],
        "waiting": [asdict(waiting) for waiting in standing.waiting],
        "runs": runs,
    }


async def run(words: Sequence[str]) -> int:
    """Prints the status; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ops status", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    asked, settings = parser.parse_args(words), platform_settings()
    refuse_others(list(Service), settings)
    status = await status_of(settings)
    print(json_of(status) if asked.json else "\n".join(lines_of(status)))
    return 1 if status.troubles else 0
