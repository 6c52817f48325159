"""Jobs over HTTP (PLAT-09): how far one is, what came of it, its file, and calling it off; the same routes in every service that has
jobs. What a job does is the business of its kind.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments import VIEW_FILE
from shared.clock import now_utc
from shared.db.paging import Page
from shared.errors import NotFound
from shared.identity import Actor
from shared.tasks import job_rows
from shared.tasks.jobs import RECORD, J, JobColumns, JobState, JobTable, state_of
from shared.web.answers import Read
from shared.web.callers import Administrator, SignedIn, caller
from shared.web.downloads import stored_file
from shared.web.lists import PageOf, TrueMoment, page_of
from shared.web.route import RuntimeOf, Session
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import ActionBody, Refusal

_ENDED = {
    JobState.DONE: Refusal("job_done", "任务已完成，不能取消；如需更正请修改相应的记录"),
    JobState.CANCELLED: Refusal("job_cancelled", "任务已经取消，如需继续请重新提交"),
    JobState.FAILED: Refusal("job_failed", "任务已经失败结束，请按失败原因处理后重新提交"),
}
_STOPPING = Refusal("job_stopping", "已请求取消，正在停止，请稍候")


class JobFileMissing(NotFound):
    code = "job_file_missing"
    detail = "该任务没有这个文件：尚未完成、没有产生这一部分，或已超过一天的保存期；请刷新任务查看文件列表，必要时重新提交"


class JobFile(BaseModel):
    """One file of the result; ``part`` counts from 1, ``size`` is in bytes, null where it was not noted. Kept a day."""

    part: int
    name: str
    size: int | None


class JobListItem(Read):
    """``done`` and ``failed`` of ``total`` items; ``total`` and ``seconds_left`` (by the speed so far) are null while unknown."""

    id: UUID
    kind: str
    kind_label: str
    state: JobState
    total: int | None
    done: int
    failed: int
    seconds_left: int | None
    failure: str | None
    files: list[JobFile]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    allowed_actions: list[AllowedAction]


class JobOfAll(Read):
    """A job of any organisation, for the administration: whose, how far and for how long, and nothing of what is in it. ``seconds`` from
    when it was asked for until its end, or until now."""

    id: UUID
    kind: str
    kind_label: str
    state: JobState
    organisation_name: str
    person_name: str
    total: int | None
    done: int
    failed: int
    seconds_left: int | None
    failure: str | None
    created_at: datetime
    ended_at: datetime | None
    seconds: int


class JobRead(JobListItem):
    """With what came of it, once it has ended; kept a day."""

    result: dict[str, object] | None


def seconds_left(job: JobColumns, now: datetime) -> int | None:
    """By the speed so far; None before the first batch and after the end."""
    if state_of(job) is not JobState.RUNNING or not job.position or job.total is None or job.started_at is None:
        return None
    spent: timedelta = now - job.started_at
    return max(round(spent.total_seconds() / job.position * (job.total - job.position)), 0)


def _refusal(job: JobColumns) -> Refusal | None:
    ended = _ENDED.get(state_of(job))
    return ended or (_STOPPING if job.cancelled_at is not None else None)


def _label(table: JobTable[J], job: JobColumns) -> str:
    """With what it is about, where its arguments say so."""
    label = {each.name: each.label for each in table.kinds}.get(job.kind, job.kind)
    title = job.arguments.get("title")
    return f"{label}：{title}" if title else label


def _head(table: JobTable[J], job: JobColumns) -> dict[str, object]:
    """What of it is no column."""
    return {
        "kind_label": _label(table, job),
        "state": state_of(job),
        "seconds_left": seconds_left(job, now_utc()),
        "files": [
            JobFile(part=at, name=each["name"], size=each["size"]) for at, each in enumerate(job.result_files or (), 1)
        ],
        "ended_at": job.done_at,
        "allowed_actions": [button("cancel", "取消", _refusal(job))],
    }


def list_job(table: JobTable[J], job: JobColumns) -> JobListItem:
    return JobListItem.of(job, **_head(table, job))


def job_of_all(table: JobTable[J], job: JobColumns) -> JobOfAll:
    """One of anybody's."""
    spent = (job.done_at or now_utc()) - job.created_at
    return JobOfAll.of(
        job,
        **{name: value for name, value in _head(table, job).items() if name not in {"files", "allowed_actions"}},
        organisation_name=job.actor["organisation_name"],
        person_name=job.actor["person_name"],
        seconds=round(spent.total_seconds()),
    )


def read_job(table: JobTable[J], job: JobColumns) -> JobRead:
    """The job as its page shows it; what is kept between batches is nobody's business."""
    return JobRead.of(job, **_head(table, job), result=job.result if job.done_at else None)


def accepted(table: JobTable[J], job: JobColumns) -> Response:
    """The answer of a route that has begun a job: 202 with its address, and a ``JobRead``."""
    headers = {"Location": f"/api/{table.service}/jobs/{job.id}"}
    return JSONResponse(read_job(table, job).model_dump(mode="json"), 202, headers)


async def cancel_job(session: AsyncSession, table: JobTable[J], actor: Actor, job_id: UUID, body: ActionBody) -> J:
    """The worker stops before its next batch; what has been done stays. Raises ``NotFound``, ``ActionRefused``."""
    job = await job_rows.require_job(session, table, actor, job_id, lock=True)
    if (refusal := _refusal(job)) is not None:
        raise ActionRefused(refusal)
    await job_rows.call_off(session, job)
    RECORD.note(session, job.id, "cancel", actor=actor, reason=body.reason)
    return await job_rows.require_job(session, table, actor, job_id)


def add_job_routes(router: APIRouter, table: JobTable[J]) -> None:
    """The routes of ``table`` at ``/api/<service>/jobs``, where ``router`` stands."""
    service = str(table.service)
    rule = caller(*sorted(table.permissions()))
    Owner = Annotated[Actor, rule]

    # Whoever is signed in may ask for what is his: who can begin none has none, and a page need not know which services he has to do with.
    @router.get("", name=f"list_{service}_jobs", summary="后台任务列表，最新的在前")
    async def list_all(session: Session, actor: SignedIn, page: PageOf) -> Page[JobListItem]:
        rows = await job_rows.list_jobs(session, table, actor, page)
        return page_of(rows, lambda job: list_job(table, job))

    @router.get("/all", name=f"list_all_{service}_jobs", summary="各单位的后台任务，最新的在前")
    async def list_of_all(
        session: Session,
        _actor: Administrator,
        page: PageOf,
        state: Annotated[list[JobState] | None, Query(max_length=10, description="状态，可多选")] = None,
        until: Annotated[TrueMoment | None, Query(description="此刻及以前提交的，用于多个服务一起翻页")] = None,
    ) -> Page[JobOfAll]:
        rows = await job_rows.list_of_all(session, table, page, state or (), until)
        return page_of(rows, lambda job: job_of_all(table, job))

    @router.get("/{job_id}", name=f"read_{service}_job", summary="后台任务进度与结果")
    async def read_one(job_id: UUID, session: Session, actor: Owner) -> JobRead:
        job = await job_rows.require_job(session, table, actor, job_id)
        return read_job(table, job)

    @router.post("/{job_id}/cancel", name=f"cancel_{service}_job", summary="取消后台任务，已完成的部分保留")
    async def cancel(job_id: UUID, session: Session, actor: Owner, body: ActionBody | None = None) -> JobRead:
        job = await cancel_job(session, table, actor, job_id, body or ActionBody())
        return read_job(table, job)

    @router.get(
        "/{job_id}/file", name=f"read_{service}_job_file", summary="后台任务的结果文件", response_class=Response
    )
    async def fetch(
        job_id: UUID,
        session: Session,
        actor: Owner,
        runtime: RuntimeOf,
        part: Annotated[int, Query(ge=1, le=1000, description="第几个文件，从1开始")] = 1,
    ) -> StreamingResponse:
        job = await job_rows.require_job(session, table, actor, job_id)
        files = job.result_files or []
        if part > len(files):
            raise JobFileMissing
        RECORD.note_view(session, job.id, VIEW_FILE, actor=actor, after={"part": part})
        return await stored_file(runtime.storage, files[part - 1]["key"], files[part - 1]["name"])
