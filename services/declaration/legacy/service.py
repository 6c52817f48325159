"""旧系统数据导入 (DECL-09, FAQ-D16): the province's administrator sends a list of the old system, sees row by row what comes of it and what
does not, and only then has it taken over; a county sees its rows. What is read, imported or undone is done by jobs (PLAT-09). ADR 31.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.jobs.kinds import JOBS, LEGACY_APPLY, LEGACY_READ, LEGACY_UNDO
from services.declaration.jobs.models import Job
from services.declaration.legacy import files, presentation, repository
from services.declaration.legacy.filters import LegacyRowFilter
from services.declaration.legacy.marking import marked
from services.declaration.legacy.models import LegacyImport
from services.declaration.legacy.schemas import (
    LegacyImportCreate,
    LegacyImportListItem,
    LegacyImportRead,
    LegacyRowRead,
)
from services.declaration.legacy.workflow import LegacyAction, LegacyOutcome, refusal_of, state_of
from services.declaration.regions.repository import names_of
from shared.attachments import VIEW_FILE
from shared.clock import now_utc
from shared.db.history import RecordType
from shared.db.paging import Page, PageRequest
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identifiers import new_id
from shared.identity import Actor
from shared.storage import Storage
from shared.tasks.jobs import start_job
from shared.web.lists import page_of
from shared.wording import Word
from shared.workflow.apply import ActionRefused

IMPORT: Final = RecordType("legacy_import", words={"file_name": Word("文件名"), "size": Word("字节数")})
_KINDS: Final = {LegacyAction.READ: LEGACY_READ, LegacyAction.CONFIRM: LEGACY_APPLY, LegacyAction.UNDO: LEGACY_UNDO}
_NAMED: Final = 20


class PartsClosed(Conflict):
    code = "legacy_import_read"
    detail = "文件已经读取，不能再上传；需要更正请改正文件后另行上传"


class TooManyToMark(Conflict):
    code = "too_many_to_mark"
    detail = f"有问题的行超过 {presentation.MOST_MARKED} 行，不能生成标注文件；请在预览中导出，按原因成批改正"


async def announce(session: AsyncSession, *, actor: Actor, body: LegacyImportCreate) -> LegacyImport:
    """A file that will come in pieces. Raises ``LegacyFileTooLarge``, and ``InvalidInput`` for a name
    that is neither .xlsx nor .csv."""
    if not body.file_name.lower().endswith(files.SUFFIXES):
        words = "只能上传 xlsx 或 csv 文件；旧的 xls 请用 Excel 或 WPS 另存为 xlsx"
        raise InvalidInput(errors=[FieldError("file_name", "file_kind_not_allowed", words)])
    if body.size > files.MAX_BYTES:
        raise files.LegacyFileTooLarge
    row = LegacyImport(
        id=new_id(),
        file_name=body.file_name,
        size=body.size,
        parts=files.parts_of(body.size),
        received_parts=[],
        organisation_id=actor.organisation_id,
        region_prefix=actor.region_prefix,
        uploaded_by_name=actor.person_name,
        total=0,
        coming=0,
    )
    session.add(row)
    IMPORT.note(session, row.id, "create", actor=actor, after={"file_name": body.file_name, "size": body.size})
    await session.flush()
    await session.refresh(row)
    return row


async def keep_part(
    session: AsyncSession, storage: Storage, *, actor: Actor, import_id: UUID, part: int, data: bytes
) -> LegacyImportRead:
    """One piece; the same again takes its place. Raises ``NotFound``, ``PartsClosed``, ``LegacyPartWrong``."""
    row = await repository.require_import(session, actor, import_id, lock=True)
    if row.read_asked_at is not None:
        raise PartsClosed
    if not 1 <= part <= row.parts:
        raise files.LegacyPartWrong(f"文件共 {row.parts} 段，没有第 {part} 段")
    expected = files.size_of_part(row.size, part)
    if len(data) != expected:
        raise files.LegacyPartWrong(
            f"第 {part} 段应为 {expected} 字节，收到 {len(data)} 字节；文件可能已改动，请重新选择文件"
        )
    await files.keep_part(storage, row.id, part, data)
    row.received_parts = sorted({*row.received_parts, part})
    await session.flush()
    return await read_import(session, actor=actor, import_id=import_id)


async def act(
    session: AsyncSession, storage: Storage, *, actor: Actor, import_id: UUID, action: LegacyAction
) -> LegacyImportRead:
    """读取, 确认导入 or 撤销导入: begins the job that does it. Raises ``NotFound`` and ``ActionRefused``, also for the second of two at
    once."""
    row = await repository.require_import(session, actor, import_id, lock=True)
    jobs = await repository.jobs_of(session, [row])
    now = now_utc()
    if refusal := refusal_of(action, row, _state(row, jobs), now):
        raise ActionRefused(refusal)
    total = await _begin(session, actor, row, action)
    arguments = {"import_id": str(row.id), "file_name": row.file_name, "parts": row.parts, "total": total}
    kind = _KINDS[action].name
    job = await start_job(session, storage, JOBS, actor=actor, kind=kind, arguments=arguments, total=total or None)
    row.job_id = job.id
    IMPORT.note(session, row.id, action.value, actor=actor)
    await session.flush()
    return await read_import(session, actor=actor, import_id=import_id)


async def _begin(session: AsyncSession, actor: Actor, row: LegacyImport, action: LegacyAction) -> int:
    """Notes that it has been asked for; how many rows the job has before it."""
    now = now_utc()
    counts = await repository.counts(session, row.id)
    comes = sum(counts.get(each, 0) for each in LegacyOutcome.comes)
    if action is LegacyAction.READ:
        row.read_asked_at = now
        return 0
    if action is LegacyAction.CONFIRM:
        row.confirmed_at, row.confirmed_by_name = row.confirmed_at or now, row.confirmed_by_name or actor.person_name
        return max(comes, 1)
    row.undo_asked_at = row.undo_asked_at or now
    came = (LegacyOutcome.IMPORTED, LegacyOutcome.WAITING, LegacyOutcome.REPLACED)
    return max(comes + sum(counts.get(each, 0) for each in came), 1)


def _state(row: LegacyImport, jobs: Mapping[UUID, Job]) -> Any:
    return state_of(row, jobs.get(row.job_id) if row.job_id else None)


async def list_imports(session: AsyncSession, *, actor: Actor, page: PageRequest) -> Page[LegacyImportListItem]:
    rows = await repository.list_imports(session, actor, page)
    jobs = await repository.jobs_of(session, rows.items)
    return page_of(rows, lambda row: presentation.list_item(row, jobs.get(row.job_id) if row.job_id else None))


async def read_import(session: AsyncSession, *, actor: Actor, import_id: UUID) -> LegacyImportRead:
    """Raises ``NotFound``."""
    row = await repository.require_import(session, actor, import_id)
    jobs = await repository.jobs_of(session, [row])
    counts = await repository.counts(session, row.id)
    kept: Iterable[str] = ()
    if counts.get(LegacyOutcome.KEPT):
        kept = await repository.names_with(session, row.id, LegacyOutcome.KEPT, _NAMED)
    return presentation.read(row, jobs.get(row.job_id) if row.job_id else None, counts, list(kept))


async def list_rows(
    session: AsyncSession, *, actor: Actor, wanted: LegacyRowFilter, page: PageRequest
) -> Page[LegacyRowRead]:
    """One page of the rows that ``actor`` may see."""
    rows = await repository.list_rows(session, actor, wanted, page)
    names = await names_of(session, {each.row.region_code for each in rows.items})
    return page_of(rows, lambda shown: presentation.row_read(shown, names))


async def mark(session: AsyncSession, *, actor: Actor, import_id: UUID) -> tuple[str, bytes]:
    """(name, bytes) of a sheet with the rows that do not come over, their bad cells red with the reason. Raises ``NotFound``,
    ``TooManyToMark``, ``ActionRefused`` before it is read."""
    row = await repository.require_import(session, actor, import_id)
    if row.read_at is None:
        jobs = await repository.jobs_of(session, [row])
        if refusal := refusal_of(LegacyAction.CONFIRM, row, _state(row, jobs), now_utc()):
            raise ActionRefused(refusal)
    outcomes = [LegacyOutcome.REFUSED]
    rows = await repository.first_with(session, row.id, outcomes, presentation.MOST_MARKED + 1)
    if len(rows) > presentation.MOST_MARKED:
        raise TooManyToMark
    IMPORT.note_view(session, row.id, VIEW_FILE, actor=actor)
    told = [(each.cells, each.phone, each.problems) for each in rows]
    return "旧系统数据（已标注问题）.xlsx", await asyncio.to_thread(marked, dict(row.places), told)
