"""Class sessions as they are read, with what can be done with each (PLAT-02)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository
from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.class_sessions.repository import ClassSessionFilter
from services.training.classes.class_sessions.schemas import ClassSessionRead, class_session_read
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.web.lists import page_of


async def read_page(
    session: AsyncSession, *, actor: Actor, wanted: ClassSessionFilter, page: PageRequest
) -> Page[ClassSessionRead]:
    """One page of the list."""
    rows = await repository.list_class_sessions(session, actor, wanted, page)
    queued = await repository.queued_for(session, [row.id for row in rows.items])
    return page_of(rows, lambda row: class_session_read(row, actor, is_queued=row.id in queued))


async def shown(session: AsyncSession, actor: Actor, row: ClassSession) -> ClassSessionRead:
    """One that was found already."""
    queued: set[UUID] = await repository.queued_for(session, [row.id])
    return class_session_read(row, actor, is_queued=row.id in queued)
