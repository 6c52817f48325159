"""One decision of the reviewer for many registrations (STAFF-03, BEY-11): approve, return or take back, each person with an answer of
their own, in a fixed number of statements however many there are.
"""

from collections.abc import Sequence
from typing import get_args

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.batches import (
    BatchRead,
    ItemResult,
    batch_read,
    done_result,
    refused_result,
)
from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.decisions import told_apart
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import histories_of, write_stamps
from services.training.enrolment.registrations.stamps import undo, values_of
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
from services.training.enrolment.review import repository
from services.training.enrolment.review.batch_schemas import (
    MOST,
    BatchAction,
    BatchActions,
    Decided,
    Decision,
    ReviewBatch,
)
from shared.clock import now_utc
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.workflow.apply_all import apply_all
from shared.workflow.asked import fields_of
from shared.workflow.definition import ActionBody, Refusal, refusal_of


def offered() -> BatchActions:
    """What can be decided for many, as the table of a registration says it (STAFF-03)."""
    return BatchActions(actions=[_offer(action) for action in get_args(Decided)], most=MOST)


def _offer(action: RegistrationAction) -> BatchAction:
    rows = [row for row in REGISTRATION.transitions if row.action is action]
    return BatchAction(
        action=action,
        label=action.label,
        consequence=REGISTRATION.consequences[action],
        needs_reason=any(row.needs_reason for row in rows),
        fields=fields_of(REGISTRATION.body_of(action)),
        of_all=any(status in RegistrationStatus.awaits_review for row in rows for status in row.sources),
    )


async def decide_many(session: AsyncSession, *, actor: Actor, body: ReviewBatch) -> BatchRead:
    """Moves those whose status and guard allow it; the others answer with the table's words, unknown and foreign ones with
    ``not_found``. Raises ``InvalidInput`` when a return comes without a reason, and ``Forbidden``."""
    with_it, now = body_of(body), now_utc()
    whole = any(row.then for row in REGISTRATION.transitions if row.action is body.action)
    held = await repository.lock_for_decision(session, actor, set(body.registration_ids), whole=whole)
    refusals = {each.id: refusal_of(REGISTRATION, each, body.action, actor, now) for each in held}
    willing = [each for each in held if refusals[each.id] is None]
    moved = await apply_all(session, REGISTRATION, willing, body.action, actor=actor, body=with_it, now=now, held=True)
    await write_stamps(session, moved, values_of(body.action, actor, with_it, now))
    if body.action is RegistrationAction.UNDO_REVIEW:
        await _restore_returns(session, moved)
    refused = {each: refusal for each in held if (refusal := refusals[each.id])}
    reasons = await told_apart(session, actor, body.action, refused)
    return batch_read(body.registration_ids, {each.id: _result(each, reasons.get(each.id)) for each in held})


async def _restore_returns(session: AsyncSession, moved: Sequence[Registration]) -> None:
    """Where an earlier return stands again, its reason is the record's again (BEY-04); these few are written one by one."""
    histories = await histories_of(session, [each.id for each in moved])
    for registration in moved:
        undo(registration, histories[registration.id])
    await session.flush()


def body_of(body: Decision) -> ActionBody:
    """What goes with the decision. Raises ``InvalidInput`` for a return without a reason."""
    if body.action is not RegistrationAction.RETURN:
        return ActionBody()
    if not (body.reason or "").strip():
        raise InvalidInput(errors=[FieldError("reason", "missing", "退回须填写理由")])
    return ReturnBody(reason=body.reason, kind=body.kind, fields=body.fields)


def _result(registration: Registration, refusal: Refusal | None) -> ItemResult:
    name = registration.staff.name
    if refusal:
        return refused_result(registration.id, name, refusal)
    return done_result(registration.id, name, registration.status)
