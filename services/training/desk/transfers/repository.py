"""Queries about transfers: both units see one, nobody else does (PLAT-06); and whom one may be about."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.workflow import TransferStatus
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Person, StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.db.paging import PageRequest, Rows, fetch_page
from shared.db.types import blind_index
from shared.errors import NotFound
from shared.identity import Actor

_COLUMNS = {"id": Transfer.id, "created_at": Transfer.created_at}
_WITH_PERSON = joinedload(Transfer.person)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The unit that lets go and the unit that takes in."""
    return or_(Transfer.from_unit_id == actor.organisation_id, Transfer.to_unit_id == actor.organisation_id)


async def require_transfer(session: AsyncSession, actor: Actor, transfer_id: UUID) -> Transfer:
    """One transfer with its person and units. Raises ``NotFound``, also for a stranger's."""
    found: Transfer | None = await session.scalar(
        select(Transfer)
        .where(Transfer.id == transfer_id, visible_to(actor))
        .options(_WITH_PERSON)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def list_transfers(
    session: AsyncSession, actor: Actor, status: Sequence[TransferStatus], page: PageRequest
) -> Rows[Transfer]:
    """Newest first."""
    statement = select(Transfer).where(visible_to(actor)).options(_WITH_PERSON)
    if status:
        statement = statement.where(Transfer.status.in_(status))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="-id", page=page)


async def employed_files(session: AsyncSession, number: str) -> Sequence[StaffMember]:
    """The 在职 files of the person with this number, wherever they are, the newest first."""
    rows = await session.scalars(
        select(StaffMember)
        .join(Person, Person.id == StaffMember.person_id)
        .where(Person.id_index == blind_index(number), StaffMember.status.in_(EmploymentStatus.is_in_post))
        .order_by(StaffMember.id.desc())
    )
    return rows.all()


async def institutions_with(session: AsyncSession, credit_code: str) -> Sequence[Institution]:
    """The active units with exactly this code, by name; branches may share it (X22)."""
    wanted = select(Institution).where(Institution.credit_code == credit_code, Institution.active)
    return (await session.scalars(wanted.order_by(Institution.name))).all()
