"""What a file of a person gives to another unit's file of the same person (BEY-14): the columns, what was written into it, its uploads."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import all_, any_, func, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel.models import Qualification, StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.attachments import Attachment
from shared.identifiers import new_id

# What a file has of its own; everything else is the person's and is copied.
_OF_THE_FILE = {"id", "unit_id", "status", "version", "created_at", "updated_at"}


def copied_values(staff: StaffMember) -> dict[str, object]:
    """Every column of a file that is about the person."""
    names = [column.key for column in inspect(StaffMember).column_attrs]
    return {name: getattr(staff, name) for name in names if name not in _OF_THE_FILE}


async def copy_qualifications(session: AsyncSession, old: StaffMember, new: StaffMember) -> None:
    """What the old unit wrote into its file stands in the new one too; what stands there already is not doubled."""
    mine = select(Qualification.category, Qualification.number).where(Qualification.staff_id == new.id)
    known = {(row[0], row[1]) for row in await session.execute(mine)}
    written = await session.scalars(select(Qualification).where(Qualification.staff_id == old.id))
    values = [
        {
            "id": new_id(),
            "person_id": new.person_id,
            "staff_id": new.id,
            "category": each.category,
            "number": each.number,
            "issued_on": each.issued_on,
            "expires_on": each.expires_on,
            "scope": each.scope,
        }
        for each in written
        if (each.category, each.number) not in known
    ]
    if values:
        await session.execute(insert(Qualification).values(values))


async def make_known(session: AsyncSession, person_id: UUID, by: UUID, to: UUID) -> None:
    """The certificates earned here that the file of the unit ``by`` shows stand in the file of ``to`` as well."""
    known = Qualification.known_to
    told = update(Qualification).where(Qualification.person_id == person_id, any_(known) == by, all_(known) != to)
    await session.execute(told.values(known_to=func.array_append(known, to)))


async def move_attachments(session: AsyncSession, old: StaffMember, new: StaffMember) -> Sequence[UUID]:
    """The uploads of the old file are the new one's; those of the same kind that it had are let go and swept. The ids that moved."""
    of_files = Attachment.record_type == EMPLOYMENT.name
    kinds = select(Attachment.kind).where(of_files, Attachment.record_id == old.id)
    replaced = update(Attachment).where(of_files, Attachment.record_id == new.id, Attachment.kind.in_(kinds))
    await session.execute(replaced.values(record_type=None, record_id=None))
    moved = update(Attachment).where(of_files, Attachment.record_id == old.id)
    moved = moved.values(record_id=new.id, organisation_id=new.unit_id, updated_at=func.now())
    return (await session.scalars(moved.returning(Attachment.id))).all()
