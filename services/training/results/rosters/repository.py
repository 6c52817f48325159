"""Queries of rosters: who sits in a class session, as far as an office may see it (PLAT-06), and how often its sign-in sheet has been
prepared. A place that is only offered to people who queued is nobody's yet (BEY-02).
"""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement, Seat
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import visible_to
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import NO_SPECIALTY, Specialty
from shared.db.history import History, RecordType
from shared.identity import Actor


def _has_a_place() -> ColumnElement[bool]:
    return exists().where(Placement.seat_id == Seat.id, Placement.waiting_entry_id.is_(None))


async def people_in(session: AsyncSession, actor: Actor, class_session_id: UUID) -> list[Registration]:
    """Those who sit in the session and whom the actor may see, by unit and name."""
    found = (
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(StaffMember, StaffMember.id == Registration.staff_id)
        .where(Seat.class_session_id == class_session_id, _has_a_place(), visible_to(actor))
        .order_by(Registration.unit_name, StaffMember.name_key, Registration.id)
    )
    return list((await session.scalars(found)).unique())


async def specialties_in(session: AsyncSession, class_session_id: UUID) -> dict[UUID, list[str]]:
    """Registration → the labels of the specialties that it takes in this session; empty for a plan without any."""
    placed = (
        select(Placement.registration_id, Specialty.label)
        .join(Specialty, Specialty.code == Placement.specialty_code)
        .where(
            Placement.class_session_id == class_session_id,
            Placement.waiting_entry_id.is_(None),
            Specialty.code != NO_SPECIALTY,
        )
        .order_by(Specialty.position)
    )
    found: dict[UUID, list[str]] = {}
    for registration_id, label in await session.execute(placed):
        found.setdefault(registration_id, []).append(label)
    return found


async def lock_class_session(session: AsyncSession, class_session_id: UUID) -> None:
    """Whoever else prepares its sheet waits; places can be taken meanwhile."""
    held = select(ClassSession.id).where(ClassSession.id == class_session_id)
    await session.execute(held.with_for_update(key_share=True))


async def times_remembered(session: AsyncSession, record_type: RecordType, record_id: UUID) -> int:
    """How many rows the history has of a record."""
    last = select(func.coalesce(func.max(History.position), 0))
    return (
        await session.scalar(last.where(History.record_type == record_type.name, History.record_id == record_id)) or 0
    )
