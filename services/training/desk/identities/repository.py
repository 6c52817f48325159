"""Queries of identity corrections (STAFF-15): a unit sees what it asked for, the province all; and of whom somebody may ask."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.identities.models import IdentityCorrection
from services.training.desk.identities.workflow import PROVINCE, IdentityStatus
from services.training.desk.transfers.models import Transfer
from services.training.enrolment.registrations.models import Registration
from services.training.people.personnel import repository as personnel
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.results.scores.models import IssuedCertificate
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.errors import NotFound
from shared.identity import Actor

_COLUMNS = {"id": IdentityCorrection.id, "created_at": IdentityCorrection.created_at}


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whoever decides sees all requests, a unit its own."""
    return true() if actor.may(*PROVINCE) else IdentityCorrection.unit_id == actor.organisation_id


async def require_correction(session: AsyncSession, actor: Actor, correction_id: UUID) -> IdentityCorrection:
    """One correction. Raises ``NotFound``, also for a stranger's."""
    found: IdentityCorrection | None = await session.scalar(
        select(IdentityCorrection)
        .where(IdentityCorrection.id == correction_id, visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def list_corrections(
    session: AsyncSession, actor: Actor, status: Sequence[IdentityStatus], page: PageRequest
) -> Rows[IdentityCorrection]:
    """Newest first."""
    statement = select(IdentityCorrection).where(visible_to(actor))
    if status:
        statement = statement.where(IdentityCorrection.status.in_(status))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="-id", page=page)


async def file_meant(
    session: AsyncSession, actor: Actor, *, staff_id: UUID | None, certificate_id: UUID | None
) -> StaffMember:
    """The file of the person that is meant, which the actor may see: of a certificate's holder the newest. Raises ``NotFound``."""
    found = select(StaffMember)
    if not actor.may(*PROVINCE):
        found = found.where(personnel.visible_to(actor))
    if staff_id is not None:
        found = found.where(StaffMember.id == staff_id)
    if certificate_id is not None:
        issued = (
            select(Registration.person_id)
            .join(IssuedCertificate, IssuedCertificate.registration_id == Registration.id)
            .where(IssuedCertificate.certificate_id == certificate_id)
        )
        # A revoked one is no longer beside its result, but still in the person's file.
        earned = select(Qualification.person_id).where(Qualification.certificate_id == certificate_id)
        found = found.where(or_(StaffMember.person_id.in_(issued), StaffMember.person_id.in_(earned)))
    staff: StaffMember | None = await session.scalar(found.order_by(StaffMember.id.desc()).limit(1))
    if staff is None:
        raise NotFound
    return staff


async def numbers_of(session: AsyncSession, person_id: UUID) -> list[str]:
    """The numbers of the person's certificates that were earned here and count, oldest first."""
    earned = Qualification.certificate_id.is_not(None) & Qualification.revoked_at.is_(None)
    found = select(Qualification.number).where(Qualification.person_id == person_id, earned)
    return list(await session.scalars(found.order_by(Qualification.issued_on, Qualification.id)))


async def rename_in_transfers(session: AsyncSession, person_id: UUID, name: str) -> None:
    """The person's moves, open or done, say the right name from now on."""
    moved = update(Transfer).where(Transfer.person_id == person_id, Transfer.person_name != name)
    moved = moved.values(person_name=name, version=Transfer.version + 1)
    await session.execute(moved.execution_options(synchronize_session=False))
