"""What happens to one registration: read, corrected, deleted, moved along its table (TRN-41…50, STAFF-03, STAFF-04). Who is added to
a plan is in ``group_service``; the reviewer's queue is in ``review``.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans.models import NO_SPECIALTY
from services.training.registrations import repository
from services.training.registrations.batches import BatchRead, one_by_one
from services.training.registrations.group_schemas import button
from services.training.registrations.models import Registration, RegistrationSpecialty
from services.training.registrations.rules import delete_refusal, edit_refusal, form_errors
from services.training.registrations.schemas import (
    RegistrantRow,
    RegistrationRead,
    RegistrationUpdate,
    chosen_codes,
    registrant_row,
    registration_read,
)
from services.training.registrations.workflow import REGISTRATION, RegistrationAction, ReturnBody
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import remember
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.web.lists import check_version
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody, allowed_actions, refusal_of

_NULLABLE = frozenset({"needs_credit", "lodging", "recipient_postcode"})


def shown_row(registration: Registration, actor: Actor, now: datetime) -> RegistrantRow:
    """A row with its buttons; a unit has [修改] and [删除] beside those of the table (TRN-42, TRN-52)."""
    actions = allowed_actions(REGISTRATION, registration, actor, now)
    if actor.may(Permission.GROUP_REGISTRATION):
        actions.append(button("edit", "修改", edit_refusal(registration, now)))
        actions.append(button("delete", "删除", delete_refusal(registration)))
    return registrant_row(registration, complete=not form_errors(registration), actions=actions)


async def shown(session: AsyncSession, actor: Actor, registration: Registration, *, full: bool) -> RegistrationRead:
    """The whole form; with ``full`` the resident id and the phone are in clear, and the view is logged (PLAT-05)."""
    if full:
        remember(session, record_type=REGISTRATION.name, record_id=registration.id, action="view_full", actor=actor)
    return registration_read(
        registration,
        shown_row(registration, actor, now_utc()),
        categories=await repository.qualification_categories(session, registration.person_id),
        changed_fields=await repository.changed_since_return(session, registration),
        full=full,
    )


async def get_registration(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> RegistrationRead:
    """The form at the right (TRN-43): in full for the unit and the reviewer, masked for those who only oversee."""
    registration = await repository.require_registration(session, actor, registration_id)
    full = actor.level is Level.UNIT or actor.may(Permission.PROVINCE_REVIEW)
    return await shown(session, actor, registration, full=full)


async def change_registration(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, body: RegistrationUpdate, expected_version: int
) -> RegistrationRead:
    """Changes what was sent. Raises ``VersionMismatch``, ``ActionRefused`` (409) and ``InvalidInput``."""
    registration = await repository.require_registration(session, actor, registration_id)
    check_version(registration.version, expected_version)
    if refusal := edit_refusal(registration, now_utc()):
        raise ActionRefused(refusal)
    before = {name: getattr(registration, name) for name in RegistrationUpdate.model_fields if name != "specialties"}
    before["specialties"] = chosen_codes(registration)
    changes = {name: value for name, value in body.changes().items() if value != before[name]}
    _check_changes(registration, changes)
    for name in changes.keys() - {"specialties"}:
        setattr(registration, name, changes[name])
    if "specialties" in changes:
        _choose(registration, changes["specialties"])
    if changes:
        remember(
            session,
            record_type=REGISTRATION.name,
            record_id=registration.id,
            action="update",
            actor=actor,
            before=_plain({name: before[name] for name in changes}),
            after=_plain(changes),
        )
    await session.flush()
    fresh = await repository.require_registration(session, actor, registration_id)
    return await shown(session, actor, fresh, full=False)


async def delete_registration(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> None:
    """TRN-42. Raises ``ActionRefused`` for one that is 已报名 or 审核通过."""
    registration = await repository.require_registration(session, actor, registration_id)
    if refusal := delete_refusal(registration):
        raise ActionRefused(refusal)
    gone = {"plan_id": str(registration.plan_id), "staff_id": str(registration.staff_id)}
    status = {"status": registration.status.value}
    remember(
        session,
        record_type=REGISTRATION.name,
        record_id=registration.id,
        action="delete",
        actor=actor,
        before={**gone, **status},
    )
    await session.delete(registration)
    await session.flush()


async def move(
    session: AsyncSession, actor: Actor, registration_id: UUID, action: RegistrationAction, body: ActionBody
) -> Registration:
    """One step along the table. A form that is sent must be whole: else ``InvalidInput`` with one error per field."""
    registration = await repository.require_registration(session, actor, registration_id)
    now = now_utc()
    open_to_it = refusal_of(REGISTRATION, registration, action, actor, now) is None
    if action is RegistrationAction.SUBMIT and open_to_it and (errors := form_errors(registration)):
        raise InvalidInput("报名信息不完整，请补全后再报名", errors=errors)
    await apply(session, REGISTRATION, registration, action, actor=actor, body=body, now=now)
    _STAMPS[action](registration, body, now)
    await session.flush()
    return registration


async def act_on_registration(
    session: AsyncSession, actor: Actor, registration_id: UUID, action: RegistrationAction, body: ActionBody
) -> RegistrationRead:
    """[报名], [取消报名], [审核通过], [退回]."""
    registration = await move(session, actor, registration_id, action, body)
    return await shown(session, actor, registration, full=False)


async def submit_registrations(session: AsyncSession, *, actor: Actor, ids: Sequence[UUID]) -> BatchRead:
    """[报名] for several people at once, one result per person."""
    return await one_by_one(
        session, actor, ids, lambda each: move(session, actor, each, RegistrationAction.SUBMIT, ActionBody())
    )


def _sent(registration: Registration, _body: ActionBody, now: datetime) -> None:
    registration.submitted_at = now


def _taken_back(registration: Registration, _body: ActionBody, _now: datetime) -> None:
    registration.submitted_at = None


def _passed(registration: Registration, _body: ActionBody, _now: datetime) -> None:
    registration.return_kind = registration.return_reason = None
    registration.return_fields = []


def _sent_back(registration: Registration, body: ActionBody, _now: datetime) -> None:
    assert isinstance(body, ReturnBody)
    registration.return_kind = body.kind
    registration.return_reason = (body.reason or "").strip()
    registration.return_fields = list(dict.fromkeys(body.fields))


# What a step leaves on the record; the reason of a return stays until the approval, so that the reviewer sees it too (BEY-04).
_STAMPS: dict[RegistrationAction, Callable[[Registration, ActionBody, datetime], None]] = {
    RegistrationAction.SUBMIT: _sent,
    RegistrationAction.CANCEL: _taken_back,
    RegistrationAction.APPROVE: _passed,
    RegistrationAction.RETURN: _sent_back,
}


def _check_changes(registration: Registration, changes: dict[str, Any]) -> None:
    empty = [name for name, value in changes.items() if value is None and name not in _NULLABLE]
    if empty:
        raise InvalidInput(errors=[FieldError(name, "missing", "必填") for name in empty])
    opened = {each.specialty_code for each in registration.plan.specialties}
    if unknown := sorted(set(changes.get("specialties", ())) - opened):
        message = f"本培训计划没有开设这些专业类别：{'、'.join(unknown)}"
        raise InvalidInput(errors=[FieldError("specialties", "unknown_code", message)])


def _choose(registration: Registration, codes: Sequence[str]) -> None:
    kept = {each.specialty_code: each for each in registration.specialties}
    wanted = list(dict.fromkeys(codes)) if registration.plan.specialties else [NO_SPECIALTY]
    registration.specialties = [kept.get(code) or RegistrationSpecialty(specialty_code=code) for code in wanted]
    registration.version += 1  # the row itself may be as it was, and two editors must not both win (PLAT-03)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    if "recipient_phone" in values:
        values = {**values, "recipient_phone": mask_phone(values["recipient_phone"])}
    return values
