"""Every query about applications. A manager sees those of the region that were ever submitted and are not withdrawn; an applicant's own
is found by its number (PLAT-06).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.applications.models import Application, BlankForm
from services.auth.desks.applications.workflow import APPLICATION, ApplicationStatus
from shared.attachments import Attachment
from shared.clock import end_of_beijing_day, start_of_beijing_day
from shared.days import Day
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import like_pattern
from shared.roles import Level, Permission

_COLUMNS = {"id": Application.id, "submitted_at": Application.submitted_at, "number": Application.number}
_BATCH = 500


class NumberUnknown(NotFound):
    code = "application_unknown"
    detail = "没有找到该申请编号，请核对后重新输入；长期未提交的草稿会被清除"


class ApplicationFilter(Filter):
    """Days are Beijing's, both inclusive."""

    status: list[ApplicationStatus] = Field(default=[], max_length=20, description="状态，可多选")
    unit_name: str = Field(default="", max_length=100, description="单位名称的任意部分或拼音首字母")
    region_code: str = Field(default="", pattern=r"^([0-9]{6})?$", max_length=6, description="行政区划，含下级")
    submitted_from: Day | None = Field(default=None, description="提交日期起")
    submitted_to: Day | None = Field(default=None, description="提交日期止")

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        found: list[ColumnElement[bool]] = []
        if self.status:
            found.append(Application.status.in_(self.status))
        if self.unit_name.strip():
            found.append(Application.name_search.like(like_pattern(self.unit_name), escape="\\"))
        if self.region_code:
            inside = self.region_code.removesuffix("00").removesuffix("00")
            found.append(Application.region_code.startswith(inside, autoescape=True))
        if self.submitted_from:
            found.append(Application.submitted_at >= start_of_beijing_day(self.submitted_from))
        if self.submitted_to:
            found.append(Application.submitted_at <= end_of_beijing_day(self.submitted_to))
        return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The applications that this actor sees; a draft is its applicant's alone."""
    if actor.level is Level.UNIT or not actor.region_prefix or not actor.may(Permission.ACCOUNT_MANAGEMENT):
        return false()
    inside = Application.region_code.startswith(actor.region_prefix, autoescape=True)
    return inside & (Application.status != APPLICATION.initial)


async def list_applications(
    session: AsyncSession, actor: Actor, wanted: ApplicationFilter, page: PageRequest
) -> Rows[Application]:
    """One page, those that have waited longest first."""
    statement = select(Application).where(visible_to(actor), *wanted.conditions())
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="submitted_at", page=page)


async def require_application(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """One application; raises NotFound, also for another region's."""
    found: Application | None = await session.scalar(
        select(Application).where(Application.id == application_id, visible_to(actor))
    )
    if found is None:
        raise NotFound
    return found


async def get_by_number(session: AsyncSession, number: str) -> Application | None:
    """The application with this number, however it was typed."""
    typed = number.strip().upper()
    found: Application | None = await session.scalar(select(Application).where(Application.number == typed))
    return found


async def require_by_number(session: AsyncSession, number: str) -> Application:
    """The same; raises NumberUnknown."""
    found = await get_by_number(session, number)
    if found is None:
        raise NumberUnknown
    return found


async def lock(session: AsyncSession, application: Application) -> None:
    """Reads it again, locked until the transaction ends: its applicant may act in two windows."""
    await session.refresh(application, with_for_update=True)


async def take_unit_hint(session: AsyncSession, application_id: UUID, cap: int) -> bool:
    """Counts that the applicant is told whether a unit is known; False once that was told ``cap`` times."""
    charge = (
        update(Application)
        .where(Application.id == application_id, Application.unit_hints < cap)
        .values(unit_hints=Application.unit_hints + 1)
        .returning(Application.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(charge) is not None


async def get_file(session: AsyncSession, application: Application, attachment_id: UUID) -> Attachment | None:
    """A file of this application; None for any other."""
    found: Attachment | None = await session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.record_type == APPLICATION.name,
            Attachment.record_id == application.id,
        )
    )
    return found


async def let_go_of_files(session: AsyncSession, application_ids: Iterable[UUID], *only: UUID) -> None:
    """Files become nobody's, and the kit's sweep takes them; with ``only``, just those."""
    mine = Attachment.record_id.in_(list(application_ids)) & (Attachment.record_type == APPLICATION.name)
    change = update(Attachment).where(mine, Attachment.id.in_(only) if only else mine)
    await session.execute(change.values(record_type=None, record_id=None))


async def stale_drafts(session: AsyncSession, days: int, unproven_days: int) -> Sequence[UUID]:
    """Some drafts that nobody has touched for so many days; fewer where the phone was never proved, by submitting."""
    old = Application.updated_at < func.now() - timedelta(days=days)
    unproven = Application.updated_at < func.now() - timedelta(days=unproven_days)
    untouched: ColumnElement[bool] = or_(old, and_(unproven, Application.submitted_at.is_(None)))
    found = await session.scalars(
        select(Application.id)
        .where(Application.status == APPLICATION.initial, untouched)
        .with_for_update(skip_locked=True)
        .limit(_BATCH)
    )
    return found.all()


async def delete_drafts(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """These rows go."""
    await session.execute(delete(Application).where(Application.id.in_(ids)))


async def moved(session: AsyncSession) -> Sequence[Application]:
    """Some applications that wait at another level than the one that was told of them, locked; those that others hold come later."""
    waiting = select(Application).where(
        Application.status == ApplicationStatus.SUBMITTED, Application.told_level != Application.desk_level
    )
    held = waiting.order_by(Application.id).limit(_BATCH).with_for_update(of=Application, skip_locked=True)
    return (await session.scalars(held)).all()


async def hold_blank_form(session: AsyncSession) -> BlankForm:
    """The one row, made when it is not there, locked until the transaction ends."""
    await session.execute(insert(BlankForm).values(id=1, revision=0, digest="").on_conflict_do_nothing())
    return await session.get_one(BlankForm, 1, with_for_update=True, populate_existing=True)


async def blank_form_revision(session: AsyncSession) -> int:
    """Of the newest blank form; 0 when there is none yet."""
    return await session.scalar(select(BlankForm.revision)) or 0
