"""The account managers' queue: applications of their region, one of them whole, its files and its history (STAFF-11, PLAT-06)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.applications import repository
from services.auth.desks.applications.files import require_file
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.reading import application_read
from services.auth.desks.applications.repository import ApplicationFilter
from services.auth.desks.applications.schemas import ApplicationRead
from services.auth.desks.applications.workflow import APPLICATION, MOVE
from shared.attachments import Attachment
from shared.db.history import history_of
from shared.db.paging import PageRequest, Rows
from shared.identity import Actor
from shared.web.histories import HistoryEntry, history_entries

DONE = {
    "resume": "换电脑继续填写",
    "attach": "上传附件",
    "detach": "删除附件",
    "view_own": "申请人查看",
    MOVE: "转由另一级机构办理",
}


async def list_applications(
    session: AsyncSession, *, actor: Actor, wanted: ApplicationFilter, page: PageRequest
) -> Rows[Application]:
    """One page of the actor's queue."""
    return await repository.list_applications(session, actor, wanted, page)


async def get_application(
    session: AsyncSession, *, actor: Actor, application_id: UUID, full: bool = False
) -> ApplicationRead:
    """One application; with ``full`` its personal numbers in clear, which is logged (PLAT-05). Raises NotFound."""
    application = await repository.require_application(session, actor, application_id)
    if full:
        APPLICATION.note_view(session, application.id, "view_full", actor=actor)
    return await application_read(session, application, actor, full=full)


async def get_file(session: AsyncSession, *, actor: Actor, application_id: UUID, attachment_id: UUID) -> Attachment:
    """A file of an application that the actor sees. Raises NotFound."""
    application = await repository.require_application(session, actor, application_id)
    return await require_file(session, application, attachment_id)


async def application_history(session: AsyncSession, *, actor: Actor, application_id: UUID) -> list[HistoryEntry]:
    """Everything that was done with it, oldest first (PLAT-04). Raises NotFound."""
    application = await repository.require_application(session, actor, application_id)
    rows = await history_of(session, APPLICATION, application.id)
    return history_entries(rows, actor, APPLICATION, DONE)
