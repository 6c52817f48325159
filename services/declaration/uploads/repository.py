"""Who may see an uploaded file: its own organisation while nobody has claimed it, then who may see its declaration (PLAT-07)."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.models import Declaration
from services.declaration.declarations.repository import visible_to as declaration_visible_to
from services.declaration.declarations.workflow import DECLARATION
from shared.attachments import Attachment
from shared.errors import NotFound
from shared.identity import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A draft's files are its employer's alone, as the draft is."""
    declarations = select(Declaration.id).where(declaration_visible_to(actor))
    return or_(
        and_(Attachment.record_id.is_(None), Attachment.organisation_id == actor.organisation_id),
        and_(Attachment.record_type == DECLARATION.name, Attachment.record_id.in_(declarations)),
    )


async def require_attachment(session: AsyncSession, actor: Actor, attachment_id: UUID) -> Attachment:
    """One file's row. Raises ``NotFound``, also for another's."""
    found = await session.scalar(select(Attachment).where(Attachment.id == attachment_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found
