"""Who may see an uploaded file: its own organisation while nobody has claimed it, then whoever may see the record that has (PLAT-07);
and the 证件照 of people, for the platform itself.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.identities import repository as identities
from services.training.desk.identities.models import IdentityCorrection
from services.training.desk.identities.workflow import IDENTITY
from services.training.enrolment.registrations.models import Registration
from services.training.people.filings import repository as filing_repository
from services.training.people.filings.models import Filing
from services.training.people.filings.workflow import FILING
from services.training.people.institutions.models import Institution
from services.training.people.personnel import repository as personnel
from services.training.people.personnel.choices import AttachmentKind
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT
from services.training.plans.models import Plan
from services.training.plans.workflow import PLAN, PlanStatus
from shared.attachments import Attachment
from shared.errors import NotFound
from shared.identity import Actor
from shared.roles import Permission


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A plan's files are seen from its publication on, its drafts' by who manages plans; a personal file's, a
    filing's or a correction's, by who sees that."""
    plans = select(Plan.id)
    if not actor.may(Permission.PLAN_MANAGEMENT):
        plans = plans.where(Plan.status.in_(PlanStatus.is_listed))
    files = select(StaffMember.id).where(personnel.visible_to(actor))
    filings = (
        select(Filing.id)
        .join(Institution, Institution.id == Filing.institution_id)
        .where(filing_repository.visible_to(actor))
    )
    evidence = select(IdentityCorrection.id).where(identities.visible_to(actor))
    return or_(
        and_(Attachment.record_type == IDENTITY.name, Attachment.record_id.in_(evidence)),
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


async def require_photo(session: AsyncSession, attachment_id: UUID) -> Attachment:
    """A 证件照 that stands in somebody's file. Raises ``NotFound`` for any other upload, and for one that was taken out of the file."""
    found = await session.scalar(
        select(Attachment).where(
            Attachment.id == attachment_id,
            Attachment.record_type == EMPLOYMENT.name,
            Attachment.kind == AttachmentKind.PHOTO.value,
        )
    )
    if found is None:
        raise NotFound
    return found


async def photo_of_registration(session: AsyncSession, registration_id: UUID) -> UUID | None:
    """The 证件照 that stands now in the file with which the person was registered."""
    staff_id = await session.scalar(select(Registration.staff_id).where(Registration.id == registration_id))
    return (await personnel.photos_of(session, [staff_id])).get(staff_id) if staff_id else None
