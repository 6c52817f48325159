"""Use cases of 更正姓名、身份证号 (STAFF-15): a unit asks, the province decides or corrects at once. The correction is one transaction over
all that the person has; certificates hear of it by the event that corrected results send, and issue each again under its number (ADR 22).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.identities import repository
from services.training.desk.identities.models import IdentityCorrection
from services.training.desk.identities.schemas import (
    IdentityCorrectionCreate,
    IdentityCorrectionListItem,
    IdentityCorrectionRead,
)
from services.training.desk.identities.workflow import IDENTITY, PROVINCE, IdentityAction
from services.training.people.accepted.service import MISSES, accept_corrected
from services.training.people.personnel import identity
from services.training.people.personnel.models import StaffMember
from services.training.results.scores.corrections import hold_results_of, tell_identity
from shared.attachments import claim, of_record
from shared.clock import beijing_today, now_utc
from shared.crypto import mask_resident_id
from shared.db.history import history_of
from shared.db.paging import Page, Rows
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record as record_event
from shared.events.training_people import IdentityCorrectionDecided, IdentityCorrectionRequested
from shared.fields import resident_id_misses_check
from shared.identity import Actor
from shared.web.attached import AttachedFile
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import page_of
from shared.workflow.apply import apply
from shared.workflow.buttons import allowed_actions
from shared.workflow.definition import ActionBody

UNCONFIRMED = (
    "身份证号校验位不符，请核对；证件上确为此号的，请勾选“证件上的号码校验位确实不符”并上传证件扫描件，由省疾控核准"
)


class CorrectionOpen(Conflict):
    code = "identity_correction_open"
    detail = "该人员已有一个待核准的更正申请，请先等其办结或由申请单位撤回"


class NothingToCorrect(Conflict):
    code = "nothing_corrected"
    detail = "填写的姓名和身份证号与现有的相同，无需更正"


async def open_correction(
    session: AsyncSession, *, actor: Actor, body: IdentityCorrectionCreate
) -> IdentityCorrectionRead:
    """A unit's request, or the province's own correction, which is done at once. Raises ``NotFound`` for a person that is not the actor's,
    ``NothingToCorrect``, ``CorrectionOpen``, and ``InvalidInput`` by field."""
    if body.staff_id is None and body.certificate_id is None:
        raise InvalidInput(errors=[FieldError("staff_id", "missing", "请选择要更正的人员或证书")])
    _check_digit(body)
    staff = await repository.file_meant(session, actor, staff_id=body.staff_id, certificate_id=body.certificate_id)
    row = _row(actor, staff, body)
    with refused_as(lambda _: CorrectionOpen()):
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    await claim(session, IDENTITY, row.id, body.attachment_ids, actor=actor, field="attachment_ids")
    IDENTITY.note(session, row.id, "create", actor=actor, after=_told(row), reason=row.reason)
    if actor.may(*PROVINCE):
        await apply(session, IDENTITY, row, IdentityAction.ACCEPT, actor=actor, body=ActionBody(reason=row.reason))
    else:
        record_event(session, _requested(row))
    await session.flush()
    return await shown(session, actor, await repository.require_correction(session, actor, row.id))


def _check_digit(body: IdentityCorrectionCreate) -> None:
    if body.resident_id and resident_id_misses_check(body.resident_id) and not body.check_digit_confirmed:
        raise InvalidInput(errors=[FieldError("resident_id", MISSES.code, UNCONFIRMED)])


def _row(actor: Actor, staff: StaffMember, body: IdentityCorrectionCreate) -> IdentityCorrection:
    row = IdentityCorrection(
        person_id=staff.person_id,
        unit_id=None if actor.may(*PROVINCE) else actor.organisation_id,
        unit_name=actor.organisation_name,
        old_name=staff.name,
        new_name=None if body.name == staff.name else body.name,
        old_resident_id=staff.resident_id,
        new_resident_id=None if body.resident_id == staff.resident_id else body.resident_id,
        reason=body.reason,
    )
    if not row.what:
        raise NothingToCorrect
    return row


def _told(row: IdentityCorrection) -> dict[str, str | None]:
    number = row.new_resident_id
    return {"name": row.new_name, "resident_id": number and mask_resident_id(number)}


def _requested(row: IdentityCorrection) -> IdentityCorrectionRequested:
    return IdentityCorrectionRequested(
        correction_id=row.id, person_name=row.old_name, unit_name=row.unit_name, what=row.what, reason=row.reason
    )


async def act_on_correction(
    session: AsyncSession, actor: Actor, correction_id: UUID, action: IdentityAction, body: ActionBody
) -> IdentityCorrectionRead:
    """[同意更正], [不同意] and [撤回]."""
    row = await repository.require_correction(session, actor, correction_id)
    await apply(session, IDENTITY, row, action, actor=actor, body=body)
    return await shown(session, actor, await repository.require_correction(session, actor, correction_id))


@IDENTITY.effect("correct_person")
async def correct_person(session: AsyncSession, row: IdentityCorrection, actor: Actor, _body: ActionBody) -> None:
    """The person, every unit's file, moves and certificates, all or nothing. Raises ``InvalidInput`` for a number that is another's."""
    # The moves first, as whoever accepts one locks it before anything else.
    if row.new_name is not None:
        await repository.rename_in_transfers(session, row.person_id, row.new_name)
    sat = await hold_results_of(session, row.person_id)
    to = identity.Identity(row.new_name, row.new_resident_id)
    units = await identity.correct_identity(session, actor=actor, person_id=row.person_id, to=to, reason=row.reason)
    if row.new_resident_id is not None:
        await accept_corrected(session, row.new_resident_id, row.new_name or row.old_name, row.id)
    reissued = await repository.numbers_of(session, row.person_id)
    await tell_identity(session, sat, now_utc(), row.reason)
    asked = () if row.unit_id is None else (row.unit_id,)
    numbers = f"，证书 {'、'.join(reissued)} 将以原编号换发新版" if reissued else ""
    record_event(
        session,
        IdentityCorrectionDecided(
            correction_id=row.id,
            person_name=row.new_name or row.old_name,
            unit_ids=tuple(dict.fromkeys((*asked, *units))),
            answer=f"{row.what}已更正{numbers}",
        ),
    )


async def read_correction(session: AsyncSession, *, actor: Actor, correction_id: UUID) -> IdentityCorrectionRead:
    """One correction with its evidence; the look is remembered (PLAT-05)."""
    return await shown(session, actor, await repository.require_correction(session, actor, correction_id))


def list_corrections(actor: Actor, rows: Rows[IdentityCorrection]) -> Page[IdentityCorrectionListItem]:
    """A page of them, ids masked."""
    now = now_utc()
    return page_of(
        rows,
        lambda row: IdentityCorrectionListItem.of(
            row,
            old_resident_id=mask_resident_id(row.old_resident_id),
            new_resident_id=row.new_resident_id and mask_resident_id(row.new_resident_id),
            waiting_days=_waiting_days(row, now),
            allowed_actions=allowed_actions(IDENTITY, row, actor, now),
        ),
    )


async def correction_history(session: AsyncSession, *, actor: Actor, correction_id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first (PLAT-04)."""
    row = await repository.require_correction(session, actor, correction_id)
    return history_entries(await history_of(session, IDENTITY, row.id), actor, IDENTITY, {"create": "提出"})


def _waiting_days(row: IdentityCorrection, now: datetime) -> int | None:
    return (beijing_today(now) - beijing_today(row.created_at)).days if row.status is IDENTITY.initial else None


async def shown(session: AsyncSession, actor: Actor, row: IdentityCorrection) -> IdentityCorrectionRead:
    """The whole record for this actor."""
    IDENTITY.note_shown(session, row.id, actor=actor)
    now = now_utc()
    return IdentityCorrectionRead.of(
        row,
        certificate_numbers=await repository.numbers_of(session, row.person_id),
        attachments=[AttachedFile.of(each) for each in await of_record(session, IDENTITY, [row.id])],
        waiting_days=_waiting_days(row, now),
        allowed_actions=allowed_actions(IDENTITY, row, actor, now),
    )
