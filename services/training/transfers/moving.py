"""The move itself (BEY-14), in one transaction: the file with everything in it, what was sent and is not decided, seats and marks go to
the new unit; the old file is 离职 and stays for the record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.filings.repository import NOTHING_SAVED, Standing, standings_of
from services.training.filings.service import FilingMissing, FilingSubmitted
from services.training.institutions.models import Institution
from services.training.personnel.models import StaffMember
from services.training.personnel.presentation import for_history
from services.training.personnel.repository import drop_unsent_registrations
from services.training.personnel.service import change_values
from services.training.personnel.workflow import EMPLOYMENT, EmploymentAction
from services.training.registrations.models import Registration
from services.training.registrations.workflow import REGISTRATION
from services.training.seats.repository import lock_people
from services.training.transfers import moving_repository
from services.training.transfers.models import Transfer
from services.training.transfers.moving_repository import FileKey
from services.training.transfers.workflow import TRANSFER
from services.training.waiting.service import lapse_entries_of
from shared.crypto import mask_resident_id
from shared.db.history import remember
from shared.identity import Actor
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody, Refusal

# Made of the name, which the history shows itself.
_DERIVED = ("name_key", "name_pieces", "name_search", "person_id")


@dataclass(frozen=True)
class Facts:
    """What decides whether people may move: how far the filing of each unit is, and the files by person and unit."""

    standings: Mapping[UUID, Standing]
    files: Mapping[FileKey, StaffMember]


async def facts_about(session: AsyncSession, transfers: Sequence[Transfer]) -> Facts:
    """Those about all of these transfers, in two statements."""
    units = {unit_id for each in transfers for unit_id in (each.from_unit_id, each.to_unit_id)}
    people = {each.person_id for each in transfers}
    return Facts(await standings_of(session, units), await moving_repository.files_of(session, people, units))


def move_refusal(transfer: Transfer, actor: Actor, facts: Facts) -> Refusal | None:
    """Why the person cannot move now, in words for the actor's unit."""
    for unit in (transfer.from_unit, transfer.to_unit):
        standing = facts.standings.get(unit.id, NOTHING_SAVED)
        if refusal := _filing_refusal(unit, standing, own=unit.id == actor.organisation_id):
            return refusal
    old = facts.files.get((transfer.person_id, transfer.from_unit_id))
    new = facts.files.get((transfer.person_id, transfer.to_unit_id))
    if old is None or not old.status.is_in_post:
        reason = f"该人员已不是{transfer.from_unit.name}的在职人员，不能再调动；请不同意或由发起单位撤回"
        return Refusal("person_not_employed", reason)
    if new is not None and new.status.is_in_post:
        reason = f"{transfer.to_unit.name}的人员信息中已有该人员且在职，无需调动；请不同意或由发起单位撤回"
        return Refusal("person_already_there", reason)
    return None


def _filing_refusal(unit: Institution, standing: Standing, *, own: bool) -> Refusal | None:
    closed = standing.closed
    if not standing.saved:
        reason = f"{unit.name}尚未保存资质申报的“基本信息”，不能办理人员调动，请联系该单位先保存"
        return Refusal("filing_missing", FilingMissing.detail if own else reason)
    if closed:
        reason = f"{unit.name}的“{closed.label}”已提交，请联系该单位先点击“撤销”，再办理人员调动"
        return Refusal("filing_submitted", FilingSubmitted(closed).detail if own else reason)
    return None


@TRANSFER.effect("move_person")
async def move_person(session: AsyncSession, transfer: Transfer, actor: Actor, _body: ActionBody) -> None:
    """Raises ``ActionRefused`` with the words of ``move_refusal``."""
    registrations = await moving_repository.lock_registrations(session, transfer.person_id, transfer.from_unit_id)
    await lock_people(session, [transfer.person_id])
    units = (transfer.from_unit_id, transfer.to_unit_id)
    files = await moving_repository.lock_files(session, transfer.person_id, units)
    if refusal := move_refusal(transfer, actor, Facts(await standings_of(session, units), files)):
        raise ActionRefused(refusal)
    old, known = (files.get((transfer.person_id, unit_id)) for unit_id in units)
    assert old is not None
    why = f"人员调动：由{transfer.from_unit.name}调入{transfer.to_unit.name}"
    moving = [each for each in registrations if moving_repository.moves_along(each)]
    for each in registrations:
        await lapse_entries_of(session, each.id, why)
    dropped = await _drop_unsent(session, old, actor, why)
    new = await _take_in(session, transfer, old, known, actor, why)
    await moving_repository.copy_qualifications(session, old, new)
    await moving_repository.move_attachments(session, old, new)
    await _move_registrations(session, moving, new, transfer.to_unit, actor, why)
    await apply(session, EMPLOYMENT, old, EmploymentAction.LEAVE, actor=actor, body=ActionBody(reason=why))
    _remember_move(session, transfer, actor, new, moving, dropped)
    await session.flush()


async def _drop_unsent(session: AsyncSession, old: StaffMember, actor: Actor, why: str) -> Sequence[UUID]:
    """未报名 and 已退回 go: the new unit registers anew, and nothing blocks it."""
    dropped = await drop_unsent_registrations(session, old.id)
    for each in dropped:
        remember(session, record_type=REGISTRATION.name, record_id=each, action="delete", actor=actor, reason=why)
    return dropped


async def _take_in(
    session: AsyncSession, transfer: Transfer, old: StaffMember, known: StaffMember | None, actor: Actor, why: str
) -> StaffMember:
    """The new unit's file: its own 离职 one brought up to date, or a new one."""
    values = moving_repository.copied_values(old)
    told = {name: value for name, value in values.items() if name not in _DERIVED}
    if known is not None:
        change_values(session, actor, known, told)
        await apply(session, EMPLOYMENT, known, EmploymentAction.RESUME, actor=actor, body=ActionBody(reason=why))
        return known
    new = StaffMember(unit_id=transfer.to_unit_id, **values)
    session.add(new)
    await session.flush()
    await session.refresh(new, ["person"])
    after = {"resident_id": mask_resident_id(new.person.resident_id), **for_history(told)}
    remember(
        session, record_type=EMPLOYMENT.name, record_id=new.id, action="create", actor=actor, after=after, reason=why
    )
    return new


async def _move_registrations(
    session: AsyncSession, moving: Sequence[Registration], new: StaffMember, unit: Institution, actor: Actor, why: str
) -> None:
    for each in moving:
        before = {"unit_name": each.unit_name, "staff_id": str(each.staff_id)}
        each.unit_id, each.unit_name, each.region_code, each.staff_id = unit.id, unit.name, unit.region_code, new.id
        remember(
            session,
            record_type=REGISTRATION.name,
            record_id=each.id,
            action="transfer",
            actor=actor,
            before=before,
            after={"unit_name": each.unit_name, "staff_id": str(each.staff_id)},
            reason=why,
        )
    await session.flush()
    await moving_repository.move_registrations(session, [each.id for each in moving], unit.id)


def _remember_move(
    session: AsyncSession,
    transfer: Transfer,
    actor: Actor,
    new: StaffMember,
    moving: Sequence[Registration],
    dropped: Sequence[UUID],
) -> None:
    after = {
        "staff_id": str(new.id),
        "registrations": [str(each.id) for each in moving],
        "dropped_registrations": [str(each) for each in dropped],
    }
    remember(session, record_type=TRANSFER.name, record_id=transfer.id, action="move", actor=actor, after=after)
