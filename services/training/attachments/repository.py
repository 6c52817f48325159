"""Who may see an uploaded file: its own organisation while nobody has claimed it, then whoever may see the record that has (PLAT-07)."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.filings import repository as filing_repository
from services.training.filings.models import Filing
from services.training.filings.workflow import FILING
from services.training.institutions.models import Institution
from services.training.personnel import repository as personnel
from services.training.personnel.models import StaffMember
from services.training.personnel.workflow import EMPLOYMENT
from services.training.plans.models import Plan
from services.training.plans.workflow import PLAN
from shared.attachments import Attachment
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A plan's files are seen from its publication on, its drafts' by who manages plans; a personal file's, or a
    filing's, by who sees that."""
    plans = select(Plan.id)
    if not actor.may(Permission.PLAN_MANAGEMENT):
        plans = plans.where(Plan.status != PLAN.initial)
    files = select(StaffMember.id).where(personnel.visible_to(actor))
    filings = (
        select(Filing.id)
        .join(Institution, Institution.id == Filing.institution_id)
        .where(filing_repository.visible_to(actor))
    )
    return or_(
        and_(Attachment.record_id.is_(None), Attachment.organisation_id == actor.organisation_id),
        and_(Attachment.record_type == PLAN.name, Attachment.record_id.in_(plans)),
        and_(Attachment.record_type == FILING.name, Attachment.record_id.in_(filings)),
        and_(Attachment.record_type == EMPLOYMENT.name, Attachment.record_id.in_(files)),
    )


async def require_attachment(session: AsyncSession, actor: Actor, attachment_id: UUID) -> Attachment:
    """One file's row. Raises ``NotFound``, also for another's."""
    found = await session.scalar(select(Attachment).where(Attachment.id == attachment_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found
