"""运行状况: how the service stands, for the administration of the platform (AUTH-31), with the words of ``python -m ops status``
(PLAT-10). It asks its own database, broker and disks alone; the portal adds up what the five say.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession

from shared.disks import read_disks
from shared.events.base import Place
from shared.identity import Actor
from shared.roles import Permission
from shared.tasks.histories import history_rules
from shared.tasks.judging import Trouble, troubles_of
from shared.tasks.retention import Retained, list_retentions
from shared.tasks.spec import Lane, WorkerSpec
from shared.tasks.standing import Standing, read_queues, read_standing, work_tables
from shared.tasks.strays import WHAT, files_kept, sum_of_strays
from shared.web.callers import caller
from shared.web.internal import event_rule
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

_LANES: Mapping[str, str] = {Lane.FAST: "即时任务", Lane.SLOW: "成批任务", Lane.PRINT: "制作文书"}


class ServiceTrouble(BaseModel):
    """One thing that needs a person."""

    what: str = Field(description="情况的代码，见运维手册")
    words: str = Field(description="情况")
    step: str = Field(description="怎么办")
    since: datetime | None = Field(description="自何时起")


class ServiceWork(BaseModel):
    """Work of one kind that is still to be done."""

    label: str = Field(description="哪一类工作")
    rows: int = Field(description="待办的项数")
    overdue: int = Field(description="其中超过十分钟没有办理的项数")
    oldest_due: datetime | None = Field(description="等待最久的一项应从何时办理")


class ServiceQueue(BaseModel):
    """A queue of the broker."""

    label: str = Field(description="队列")
    messages: int | None = Field(description="排队的项数；Redis 没有应答时为空")


class ServiceDisk(BaseModel):
    """A disk of the platform."""

    folder: str = Field(description="目录")
    free_mb: int = Field(description="剩余空间（MB）")
    total_mb: int = Field(description="总空间（MB）")


class ServiceRetention(BaseModel):
    """What goes when its time is over."""

    label: str = Field(description="到期清除的内容")
    days: int = Field(description="保留多少天；0 为永久保留")
    source: str = Field(description="依据")
    gone: int = Field(description="已清除的条数或文件数")
    last_gone_at: datetime | None = Field(description="最近一次清除的时间")
    coming: int = Field(description="已发现、到期后清除的文件数")


class ServiceStanding(BaseModel):
    """How one service stands."""

    label: str = Field(description="服务")
    now: datetime = Field(description="此刻")
    looked_at: datetime | None = Field(description="最近一次自检的时间")
    megabytes: int = Field(description="数据库大小（MB）")
    parked: int = Field(description="搁置的消息数")
    troubles: list[ServiceTrouble] = Field(description="需要人处理的事项")
    waiting: list[ServiceWork] = Field(description="待办的工作")
    queues: list[ServiceQueue] = Field(description="排队")
    disks: list[ServiceDisk] = Field(description="磁盘")
    retentions: list[ServiceRetention] = Field(description="到期清除")


def _in_chinese(text: str) -> str:
    """The command says everything twice."""
    return text.partition(" · ")[0]


def _troubles(standing: Standing, worker: WorkerSpec) -> Iterator[ServiceTrouble]:
    for each in troubles_of(standing, worker.all_tasks()):
        yield _told(each)


def _told(trouble: Trouble) -> ServiceTrouble:
    words, step = _in_chinese(trouble.words), _in_chinese(trouble.step)
    return ServiceTrouble(what=trouble.what, words=words, step=step, since=trouble.since)


async def _retentions(session: AsyncSession, rules: Sequence[Retained]) -> list[ServiceRetention]:
    went = {row.what: row for row in await list_retentions(session)}
    strays = await sum_of_strays(session)
    return [
        ServiceRetention(
            label=rule.label,
            days=rule.days(),
            source=rule.source,
            gone=went[rule.what].gone if rule.what in went else 0,
            last_gone_at=went[rule.what].ran_at if rule.what in went else None,
            coming=strays.files if rule.what == WHAT else 0,
        )
        for rule in rules
    ]


def standing_router(worker: WorkerSpec, title: str, tables: MetaData, rules: Sequence[Retained]) -> APIRouter:
    """``GET /api/<service>/standing``; ``rules`` are the service's own, beside the kit's."""
    service = worker.service
    router = APIRouter(prefix=f"/api/{service}/standing", tags=["运行状况"], route_class=UnitOfWorkRoute)
    labels = {table.name: str(table.info.get("label", table.name)) for table in work_tables(tables)}
    queues = {str(lane): worker.queue(lane) for lane in worker.lanes}

    @router.get("", name=f"read_{service}_standing", summary="运行状况：需要人处理的事项、待办、排队、磁盘")
    async def read(
        session: Session, runtime: RuntimeOf, actor: Annotated[Actor, caller(Permission.ADMINISTRATION)]
    ) -> ServiceStanding:
        standing, settings = await read_standing(session, service, tables), runtime.settings
        kept = (*rules, *([files_kept(settings.stray_files_kept_days)] if worker.files else []))
        lengths = await read_queues(runtime.redis, settings.queue_address, queues)
        return ServiceStanding(
            label=title,
            now=standing.now,
            looked_at=max((look.looked_at for look in standing.looks), default=None),
            megabytes=standing.megabytes,
            parked=standing.parked,
            troubles=list(_troubles(standing, worker)),
            waiting=[
                ServiceWork(label=labels[each.table], rows=each.rows, overdue=each.overdue, oldest_due=each.oldest_due)
                for each in standing.waiting
            ],
            queues=[ServiceQueue(label=_LANES[lane], messages=lengths.get(lane)) for lane in queues],
            disks=[
                ServiceDisk(folder=each.folder, free_mb=each.free_mb, total_mb=each.total_mb)
                for each in read_disks(settings)
            ],
            retentions=await _retentions(session, (*kept, *history_rules(service, settings), event_rule(settings.events_kept_days, Place()))),
        )

    return router
