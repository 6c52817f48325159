"""What of all that is read of a service needs a person. Each kind of trouble stands here once, with its words and its next step, for the
command and for the page alike; what each means and how it is mended step by step is told in docs/operations.md, section Alarms (PLAT-10).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import LittleRoom
from shared.tasks.runs import TaskRun
from shared.tasks.spec import TaskSpec
from shared.tasks.standing import Standing

LOOKED_WITHIN = timedelta(minutes=5)
LATE_AFTER = timedelta(minutes=1)
# A clock's task may miss some rounds while a worker is replaced.
ROUNDS_MISSED = 3
SHORTEST_PATIENCE = timedelta(minutes=10)
_STEPS = {
    "parked_event": "运行 python -m ops let-go {service} 查看原因并重新处理 · run it to see why, and to try again",
    "late_bookmark": "查看 {service} 的 fast 后台进程是否在运行及其日志 · look at {service}'s fast worker and its log",
    "delivery_failed": "核对号码和服务商后运行 python -m ops retry · check numbers and provider, then run it",
    "budget_nearly_used": "与短信服务商续费，或提高 NOTIFICATIONS_SMS_PIECES_A_MONTH · buy more, or raise the budget",
    "template_missing": "在 PLATFORM_SMS_TEMPLATES 的文件中补上该类消息的模板 · add the kind's template",
    "texts_waiting": "检查短信服务商设置 PLATFORM_SMS_URL 和余额 · check the SMS provider",
    "overdue_review": "由县级卫生健康委审核，上级催办 · its county reviews it, its superior asks for it",
}
_DEFAULT_STEP = "见 docs/operations.md“Alarms” · see docs/operations.md, Alarms"


@dataclass(frozen=True)
class Trouble:
    """``where`` is a service or a part of the machine, ``what`` a stable code, ``words`` Chinese and English, ``step`` what to do next."""

    where: str
    what: str
    words: str
    step: str
    since: datetime | None = None


def troubles_of(standing: Standing, tasks: Sequence[TaskSpec]) -> Iterator[Trouble]:
    """Of one service; ``tasks`` are those that its workers know."""
    where = str(standing.service)
    if standing.schema != standing.newest_schema:
        words = f"数据库为 {standing.schema or '空'}，应为 {standing.newest_schema} · its schema is not this release's"
        yield Trouble(where, "old_schema", words, "运行 python -m ops migrate · run it")
        return
    yield from _found(standing, where)
    yield from _behind(standing, where)
    yield from _without_room(standing, where)
    yield from _stopped(standing, tasks, where)


def _found(standing: Standing, where: str) -> Iterator[Trouble]:
    for look in standing.looks:
        if look.findings:
            step = _STEPS.get(look.check, _DEFAULT_STEP).format(service=where)
            yield Trouble(where, look.check, f"{look.findings} 处{look.label} · {look.check}", step, look.since)
    last = max((look.looked_at for look in standing.looks), default=None)
    if last is not None and standing.now - last > LOOKED_WITHIN:
        words = "五分钟以上没有自检 · it has not looked at itself for five minutes"
        yield Trouble(
            where, "not_looked", words, "检查后台进程和 beat 是否在运行 · see whether workers and beat run", last
        )


def _behind(standing: Standing, where: str) -> Iterator[Trouble]:
    noticed = {look.check for look in standing.looks if look.findings}
    for lag in standing.lags:
        late = lag.oldest_unread is not None and standing.now - lag.oldest_unread > LATE_AFTER
        if late and "late_bookmark" not in noticed:
            words = f"没有读到 {lag.producer} 的消息 · events of {lag.producer} are unread"
            yield Trouble(
                where, "late_bookmark", words, _STEPS["late_bookmark"].format(service=where), lag.oldest_unread
            )
    for waiting in standing.waiting:
        if waiting.overdue:
            words = f"{waiting.table} 有 {waiting.overdue} 项没有按时办理 · rows of work are overdue"
            step = f"检查 {where} 的后台进程和日志 · look at its workers and their logs"
            yield Trouble(where, "overdue_work", words, step, waiting.oldest_due)


def _waits_for_room(run: TaskRun | None) -> bool:
    """Whether a task that writes files was not begun at last, because the disks have little room left."""
    if run is None or run.failed_at is None or run.error != LittleRoom.__name__:
        return False
    return run.succeeded_at is None or run.failed_at > run.succeeded_at


def _without_room(standing: Standing, where: str) -> Iterator[Trouble]:
    if waiting := [run for run in standing.runs if _waits_for_room(run)]:
        names = "、".join(run.task for run in waiting)
        words = f"磁盘剩余空间不足，{names} 暂停 · little room on the disk, what writes files waits"
        step = "扩充或清理磁盘，之后自动继续 · make room, then it goes on by itself"
        yield Trouble(where, "little_room", words, step)


def _stopped(standing: Standing, tasks: Sequence[TaskSpec], where: str) -> Iterator[Trouble]:
    """Tasks of the clock that have not come to their end for some rounds; none while nothing at all has been noted for so long."""
    runs = {run.task: run for run in standing.runs}
    began = min((run.first_noted_at for run in standing.runs), default=standing.now)
    for task in (each for each in tasks if each.every):
        patience = max(ROUNDS_MISSED * timedelta(seconds=task.every or 0), SHORTEST_PATIENCE)
        run = runs.get(task.name)
        last = run.succeeded_at if run else None
        if _waits_for_room(run):
            continue
        if standing.now - (last or began) > patience:
            why = (
                f"，{run.error}"
                if run and run.error and (last is None or run.failed_at and run.failed_at > last)
                else ""
            )
            words = f"{task.name} 没有按时完成{why} · this task of the clock does not come to its end"
            yield Trouble(
                where, "stopped_task", words, f"查看 {where} 的后台进程日志 · its worker's log says why", last
            )
