"""What becomes of a person's registrations when the file goes: those that were not sent are dropped (TRN-06), the others move with the
person to another unit (BEY-14) or stay.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations import file_repository
from services.training.enrolment.registrations.announcements import details_changed
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import REGISTRATION
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT, RENAMED
from shared.events.log import record as record_event
from shared.identity import Actor
from shared.workflow.definition import ActionBody


async def drop_unsent(session: AsyncSession, staff: StaffMember, actor: Actor, why: str | None) -> Sequence[UUID]:
    """未报名 and 已退回 go with the file: nothing blocks the person elsewhere. Gives the ids of what is gone."""
    dropped = await file_repository.drop_unsent(session, staff.id)
    for each in dropped:
        REGISTRATION.note(session, each, "delete", actor=actor, reason=why)
    return dropped


async def make_known(session: AsyncSession, person_id: UUID, by: UUID, to: UUID) -> None:
    """What the unit ``by`` knows of the person's registrations that were sent, ``to`` knows as well from now on (BEY-14)."""
    await file_repository.make_known(session, person_id, by, to)


@EMPLOYMENT.effect("leave_plans")
async def leave_plans(session: AsyncSession, staff: StaffMember, actor: Actor, body: ActionBody) -> None:
    """A deleted file leaves the plans that know it; whoever deletes has seen that nothing was sent."""
    await drop_unsent(session, staff, actor, body.reason)


@RENAMED.answer
async def tell_new_name(session: AsyncSession, staff_id: UUID, before: str) -> None:
    """The roster and the certificate bear the name of the file: the province hears of it where the person is 审核通过 (FAQ-M6)."""
    for each in await file_repository.approved_of(session, staff_id):
        record_event(session, details_changed(each, f"姓名（原为“{before}”）"))


async def move_to_unit(
    session: AsyncSession,
    registrations: Sequence[Registration],
    staff: StaffMember,
    unit: Institution,
    actor: Actor,
    why: str,
) -> None:
    """These are the other unit's from now on, by its own file of the person."""
    for each in registrations:
        before = {"unit_name": each.unit_name, "staff_id": str(each.staff_id)}
        each.unit_id, each.unit_name, each.region_code, each.staff_id = unit.id, unit.name, unit.region_code, staff.id
        REGISTRATION.note(
            session,
            each.id,
            "transfer",
            actor=actor,
            before=before,
            after={"unit_name": each.unit_name, "staff_id": str(each.staff_id)},
            reason=why,
        )
    await session.flush()
