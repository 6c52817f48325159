"""``python -m ops retention [--now | --files | --go-on SUBSCRIBER PRODUCER]``: what goes when its time is over, after how many days, why,
and how much went so far (PLAT-19). Workers see to it every hour, and every six hours to files that no row names; ``--now`` does it at once,
``--files`` looks for such files, takes none away and names each. ``--go-on`` is for a service that came after the
beginning of a log had gone (``log_cut``) and has been given in another way what stood there: it reads on from where the log begins.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

from ops.key_check import refuse_others
from ops.refusals import answer
from shared.clock import beijing_time
from shared.db.session import Database
from shared.events.base import Place
from shared.events.bookmarks import go_on_behind
from shared.events.log import beginning
from shared.runtime import open_runtime
from shared.services import Service
from shared.settings import PlatformSettings, platform_settings
from shared.tasks.histories import empty_histories, history_rules
from shared.tasks.retention import Retained, Retention, keep_rules, list_retentions
from shared.tasks.spec import WorkerSpec, body_of
from shared.tasks.strays import Strays, files_kept, list_strays, note_strays, sum_of_strays
from shared.web.internal import event_rule, forget_events

_WITH_RULES = (Service.AUTH, Service.DECLARATION, Service.NOTIFICATIONS)
# What goes within a month, so that nobody need decide about it; each beside the rows that it is about.
_FIXED = (
    ("验证码 codes", "两天 2 days"),
    ("已结束的短信（登录） texts of auth", "31 天 days"),
    ("已结束的长任务及其文件 jobs and their files", "30 天 days, 1 天 day"),
    ("未归档的附件 unclaimed files", "1 天 day"),
    ("重复请求的答复 answers kept for repeats", "1 天 day"),
    ("短信回执 receipts", "4 天 days"),
)


def _worker(service: Service) -> WorkerSpec:
    found: WorkerSpec = import_module(f"services.{service}.worker").WORKER
    return found


def rules_of(service: Service, settings: PlatformSettings) -> Iterator[Retained]:
    """Those of the service, its own log of events last."""
    if service in _WITH_RULES:
        yield from import_module(f"services.{service}.retention").RULES
    if _worker(service).files:
        yield files_kept(settings.stray_files_kept_days)
    yield from history_rules(service, settings)
    yield event_rule(settings.events_kept_days, Place())


def lines_of(
    service: Service, rules: Sequence[Retained], went: dict[str, Retention], begins: Place | None, strays: Strays
) -> Iterator[str]:
    """What is told of one service."""
    for rule in rules:
        after = f"{rule.days()} 天 days" if rule.days() else "永久 for good"
        row = went.get(rule.what)
        so_far = (
            f"已清除 gone {row.gone}（{beijing_time(row.ran_at):%Y-%m-%d %H:%M}）" if row else "尚未清除 nothing gone"
        )
        yield f"{service} {rule.what} {rule.label}: {after} ({rule.setting}; {rule.source}); {so_far}"
    if strays.oldest:
        since = f"自 {beijing_time(strays.oldest):%Y-%m-%d} 起"
        yield f"{service} files: 现有 {strays.files} 个（{strays.size} 字节，{since}） found so far, --files names them"
    if begins:
        yield f"{service} events: 从此之后 the log begins behind {begins.transaction}/{begins.sequence}"


def _database(service: Service, settings: PlatformSettings) -> Database:
    return Database(settings.database_of(service), pool_size=1, checkout_seconds=5, publish=lambda _hints: None)


async def _sweep(service: Service) -> None:
    async with open_runtime(service, pool_size=1, lanes={}) as runtime:
        if service in _WITH_RULES:
            await keep_rules(runtime.database, service, import_module(f"services.{service}.retention").RULES)
        await empty_histories(runtime)
        await forget_events(runtime)
        if sweep := _worker(service).files:
            await body_of(sweep)(runtime)


async def _look(service: Service) -> None:
    """Names each file that no row names, and since when that has been so."""
    files = import_module(f"services.{service}.files")
    async with open_runtime(service, pool_size=1, lanes={}) as runtime:
        await note_strays(runtime, files.FILES, files.ROOTS)
        async with runtime.database.unit_of_work() as session:
            for each in await list_strays(session):
                print(f"{beijing_time(each.seen_at):%Y-%m-%d %H:%M} {each.size:>10} {each.key}")


async def _tell(service: Service, settings: PlatformSettings) -> None:
    database = _database(service, settings)
    try:
        async with database.unit_of_work() as session:
            went = {row.what: row for row in await list_retentions(session)}
            begins, strays = await beginning(session), await sum_of_strays(session)
    finally:
        await database.close()
    print("\n".join(lines_of(service, list(rules_of(service, settings)), went, begins, strays)))


async def go_on(subscriber: Service, producer: Service, settings: PlatformSettings) -> int:
    """The exit code: 1 when the producer's log is whole, and there is nothing to step over."""
    log, reader = _database(producer, settings), _database(subscriber, settings)
    try:
        async with log.unit_of_work() as session:
            begins = await beginning(session)
        if begins is None:
            print(f"{producer} 的消息是完整的 · its log is whole")
            return 1
        async with reader.unit_of_work() as session:
            await go_on_behind(session, producer, begins)
    finally:
        await asyncio.gather(log.close(), reader.close())
    print(f"{subscriber} 从 {producer} 现存最早的消息读起 · reads on from where the log begins")
    return 0


async def run(words: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m ops retention", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--now", action="store_true", help="take away at once what is due")
    which.add_argument("--files", action="store_true", help="name the files that no row names")
    which.add_argument("--go-on", nargs=2, type=Service, metavar=("SUBSCRIBER", "PRODUCER"))
    asked, settings = parser.parse_args(words), platform_settings()
    refuse_others(list(Service), settings)
    if asked.go_on:
        subscriber, producer = asked.go_on
        return await go_on(subscriber, producer, settings)
    if asked.files:
        for service in (each for each in Service if _worker(each).files):
            await _look(service)
        return 0
    for service in Service:
        if asked.now:
            await _sweep(service)
        await _tell(service, settings)
    for what, after in _FIXED:
        print(f"{what}: {after}")
    print("变更记录的时间、操作、摘要 when and what of histories, their digests: 永久 for good")
    return 0


if __name__ == "__main__":
    sys.exit(answer(run(sys.argv[1:])))
