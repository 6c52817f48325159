"""The rows that go with a person from one unit to another, locked and changed. One order: score sheets, registrations, the person, the
files; so that entering scores, placing and reviewing wait, and nobody waits for each other.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, inspect, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.personnel.models import Qualification, StaffMember
from services.training.personnel.workflow import EMPLOYMENT
from services.training.registrations.models import Registration
from services.training.registrations.workflow import RegistrationStatus
from services.training.scores.models import Result, ScoreSheet
from services.training.seats.models import Placement, Seat
from shared.attachments import Attachment
from shared.identifiers import new_id

# What a file has of its own; everything else is the person's and is copied.
_OF_THE_FILE = {"id", "unit_id", "status", "version", "created_at", "updated_at"}
# (person, unit): a unit keeps one file of a person.
FileKey = tuple[UUID, UUID]
_SENT = RegistrationStatus.is_sent


async def lock_registrations(session: AsyncSession, person_id: UUID, unit_id: UUID) -> list[Registration]:
    """All that the unit has of the person, in id order, after the sheets of the sessions in which the person sits."""
    seated = select(Seat.class_session_id).where(Seat.person_id == person_id, Seat.unit_id == unit_id)
    sheets = select(ScoreSheet.id).where(ScoreSheet.class_session_id.in_(seated)).order_by(ScoreSheet.id)
    await session.execute(sheets.with_for_update())
    mine = select(Registration).where(Registration.person_id == person_id, Registration.unit_id == unit_id)
    locked = mine.order_by(Registration.id).with_for_update(of=Registration)
    return list(await session.scalars(locked.execution_options(populate_existing=True)))


async def lock_files(session: AsyncSession, person_id: UUID, units: Collection[UUID]) -> dict[FileKey, StaffMember]:
    """The files that these units keep of the person, locked in id order."""
    mine = select(StaffMember).where(StaffMember.person_id == person_id, StaffMember.unit_id.in_(units))
    locked = mine.order_by(StaffMember.id).with_for_update(of=StaffMember)
    rows = await session.scalars(locked.execution_options(populate_existing=True))
    return {(staff.person_id, staff.unit_id): staff for staff in rows}


async def files_of(
    session: AsyncSession, people: Collection[UUID], units: Collection[UUID]
) -> dict[FileKey, StaffMember]:
    """Those of several people, only looked at."""
    theirs = select(StaffMember).where(StaffMember.person_id.in_(people), StaffMember.unit_id.in_(units))
    return {(staff.person_id, staff.unit_id): staff for staff in await session.scalars(theirs)}


def moves_along(registration: Registration) -> bool:
    """Sent, and its results not out: what is decided stays where it was decided."""
    return registration.status in _SENT and registration.results_published_at is None


def copied_values(staff: StaffMember) -> dict[str, object]:
    """Every column of a file that is about the person."""
    names = [column.key for column in inspect(StaffMember).column_attrs]
    return {name: getattr(staff, name) for name in names if name not in _OF_THE_FILE}


async def move_registrations(session: AsyncSession, ids: Collection[UUID], unit_id: UUID) -> None:
    """Seats, places and results of these registrations are the unit's from now on."""
    for model in (Seat, Placement, Result):
        moved = update(model).where(model.registration_id.in_(ids)).values(unit_id=unit_id)
        await session.execute(moved.execution_options(synchronize_session=False))


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


async def move_attachments(session: AsyncSession, old: StaffMember, new: StaffMember) -> Sequence[UUID]:
    """The uploads of the old file are the new one's; those of the same kind that it had are let go and swept. The ids that moved."""
    of_files = Attachment.record_type == EMPLOYMENT.name
    kinds = select(Attachment.kind).where(of_files, Attachment.record_id == old.id)
    replaced = update(Attachment).where(of_files, Attachment.record_id == new.id, Attachment.kind.in_(kinds))
    await session.execute(replaced.values(record_type=None, record_id=None))
    moved = update(Attachment).where(of_files, Attachment.record_id == old.id)
    moved = moved.values(record_id=new.id, organisation_id=new.unit_id, updated_at=func.now())
    return (await session.scalars(moved.returning(Attachment.id))).all()
