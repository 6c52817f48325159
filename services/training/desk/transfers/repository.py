"""Queries about transfers: both units see one, nobody else does (PLAT-06); and whom one may be about."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.workflow import Direction, TransferStatus
from services.training.people.filings.models import Filing
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Person, StaffMember
from services.training.people.personnel.workflow import EmploymentStatus
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.db.types import blind_index
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.pinyin import folded

_COLUMNS = {"id": Transfer.id, "created_at": Transfer.created_at}
# Who looks for a unit types on; a list of all of them is nobody's business.
UNITS_SHOWN = 10
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


class TransferFilter(Filter):
    """``own`` is whether the reader's unit proposed it; ``direction`` as the reader's unit sees it."""

    status: list[TransferStatus] = Field(default=[], max_length=20, description="可多选")
    own: bool | None = Field(default=None, description="true 本单位发起，false 对方单位发起")
    direction: Direction | None = Field(default=None, description="方向：in 调入本单位，out 调出本单位")

    def conditions(self, actor: Actor) -> Iterator[ColumnElement[bool]]:
        if self.status:
            yield Transfer.status.in_(self.status)
        if self.own is not None:
            mine = Transfer.proposed_by == actor.organisation_id
            yield mine if self.own else ~mine
        if self.direction is not None:
            leaves = Transfer.from_unit_id == actor.organisation_id
            yield leaves if self.direction is Direction.OUT else ~leaves


async def list_transfers(
    session: AsyncSession, actor: Actor, wanted: TransferFilter, page: PageRequest
) -> Rows[Transfer]:
    """Newest first."""
    statement = select(Transfer).where(visible_to(actor), *wanted.conditions(actor)).options(_WITH_PERSON)
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


async def receiving_units(session: AsyncSession, own_unit_id: UUID, wanted: str) -> Sequence[Institution]:
    """At most ``UNITS_SHOWN`` active units with a saved filing, besides one's own, by name: only such a unit can take anybody in."""
    text = folded(wanted)
    named = Institution.name_search.contains(text, autoescape=True)
    filed = exists().where(Filing.institution_id == Institution.id)
    found = select(Institution).where(
        Institution.active,
        Institution.id != own_unit_id,
        filed,
        or_(named, Institution.credit_code == wanted.strip().upper()),
    )
    return (await session.scalars(found.order_by(Institution.name, Institution.id).limit(UNITS_SHOWN))).all()


async def institutions_with(session: AsyncSession, credit_code: str) -> Sequence[Institution]:
    """The active units with exactly this code, by name; branches may share it (X22)."""
    wanted = select(Institution).where(Institution.credit_code == credit_code, Institution.active)
    return (await session.scalars(wanted.order_by(Institution.name))).all()
