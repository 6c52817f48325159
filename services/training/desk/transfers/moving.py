"""The move itself (BEY-14), in one transaction: the file with everything in it, what was sent and is not decided, seats and marks go to
the new unit; the old file is 离职 and stays for the record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.seats.repository import change_unit, lock_people
from services.training.classes.waiting.service import lapse_entries_of, take_along
from services.training.desk.transfers import moving_repository
from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.moving_repository import FileKey
from services.training.desk.transfers.workflow import TRANSFER
from services.training.enrolment.registrations.leaving import drop_unsent, make_known, move_to_unit
from services.training.enrolment.registrations.models import Registration
from services.training.people.filings.repository import NOTHING_SAVED, Standing, standings_of
from services.training.people.filings.service import FilingMissing, FilingSubmitted
from services.training.people.institutions.models import Institution
from services.training.people.personnel.copying import take_in
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentAction
from services.training.results.scores.row_repository import change_unit_of_results
from shared.events.log import record as record_event
from shared.events.training_people import PersonMoved
from shared.identity import Actor
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody, Refusal


@dataclass(frozen=True)
class Facts:
    """What decides whether people may move: how far the filing of each unit is, and the files by person and unit; and the plans of
    registrations that go with a move, by the same."""

    standings: Mapping[UUID, Standing]
    files: Mapping[FileKey, StaffMember]
    unsent: Mapping[FileKey, Sequence[str]] = field(default_factory=dict)


async def facts_about(session: AsyncSession, transfers: Sequence[Transfer]) -> Facts:
    """Those about all of these transfers, in three statements."""
    units = {unit_id for each in transfers for unit_id in (each.from_unit_id, each.to_unit_id)}
    people = {each.person_id for each in transfers}
    return Facts(
        await standings_of(session, units),
        await moving_repository.files_of(session, people, units),
        await moving_repository.unsent_of(session, people, units),
    )


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
        if each in moving:
            await take_along(session, each.id, transfer.to_unit_id, actor, why)
        else:
            await lapse_entries_of(session, each.id, why)
    dropped = await drop_unsent(session, old, actor, why)
    await apply(session, EMPLOYMENT, old, EmploymentAction.LEAVE, actor=actor, body=ActionBody(reason=why))
    new = await take_in(session, transfer.to_unit_id, old, known, actor, why)
    await make_known(session, transfer.person_id, by=transfer.from_unit_id, to=transfer.to_unit_id)
    await move_to_unit(session, moving, new, transfer.to_unit, actor, why)
    ids = [each.id for each in moving]
    await change_unit(session, ids, transfer.to_unit_id)
    await change_unit_of_results(session, ids, transfer.to_unit_id)
    _remember_move(session, transfer, actor, new, moving, dropped)
    moved = {"from_unit_id": transfer.from_unit_id, "to_unit_id": transfer.to_unit_id}
    record_event(session, PersonMoved(person_id=transfer.person_id, **moved))
    await session.flush()


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
    TRANSFER.note(session, transfer.id, "move", actor=actor, after=after)
