"""A unit takes in a person whom another unit has on file (BEY-14): its own 离职 file brought up to date, or a new one."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import copying_repository
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.presentation import for_history
from services.training.people.personnel.service import change_values
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentAction
from shared.crypto import mask_resident_id
from shared.identity import Actor
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

# Made of the name, which the history shows itself.
_DERIVED = ("name_key", "name_pieces", "name_search", "person_id")


async def take_in(
    session: AsyncSession, unit_id: UUID, old: StaffMember, known: StaffMember | None, actor: Actor, why: str
) -> StaffMember:
    """The new unit's file, with what the old one had in it. ``known`` is the file that the unit has of the person already."""
    new = await _file(session, unit_id, old, known, actor, why)
    await copying_repository.copy_qualifications(session, old, new)
    await copying_repository.make_known(session, old.person_id, by=old.unit_id, to=unit_id)
    await copying_repository.move_attachments(session, old, new)
    return new


async def _file(
    session: AsyncSession, unit_id: UUID, old: StaffMember, known: StaffMember | None, actor: Actor, why: str
) -> StaffMember:
    values = copying_repository.copied_values(old)
    told = {name: value for name, value in values.items() if name not in _DERIVED}
    if known is not None:
        await change_values(session, actor, known, told)
        await apply(session, EMPLOYMENT, known, EmploymentAction.RESUME, actor=actor, body=ActionBody(reason=why))
        return known
    new = StaffMember(unit_id=unit_id, **values)
    session.add(new)
    await session.flush()
    await session.refresh(new, ["person"])
    after = {"resident_id": mask_resident_id(new.resident_id), **for_history(told)}
    EMPLOYMENT.note(session, new.id, "create", actor=actor, after=after, reason=why)
    return new
