"""What happens to one registration: read, corrected, deleted, moved along its table (TRN-41…50, STAFF-03, STAFF-04, STAFF-13). Who is
added to a plan is in ``group_service``; the reviewer's queue is in ``review``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.late_entries.rules import window_problem
from services.training.enrolment.registrations import form, repository
from services.training.enrolment.registrations.announcements import details_changed
from services.training.enrolment.registrations.batches import BatchRead, one_by_one
from services.training.enrolment.registrations.bodies import CorrectionBody
from services.training.enrolment.registrations.changes import changes_since, standing_return
from services.training.enrolment.registrations.decisions import told_apart
from services.training.enrolment.registrations.form import NEVER_BLANK, SPECIALTIES
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.rules import (
    DETAILS_IN_WORDS,
    DetailsOnly,
    delete_refusal,
    edit_refusal,
    editable_fields,
    form_errors,
)
from services.training.enrolment.registrations.schemas import (
    FieldChange,
    RegistrantRow,
    RegistrationRead,
    RegistrationUpdate,
    chosen_codes,
    registrant_row,
    registration_read,
)
from services.training.enrolment.registrations.stamps import stamp
from services.training.enrolment.registrations.stepper import OWN_UNIT, progress_of
from services.training.enrolment.registrations.wording import FORM_LABELS, field_label
from services.training.enrolment.registrations.workflow import (
    EXPORTED,
    REGISTRATION,
    SELECTION_IS_OPEN,
    RegistrationAction,
    RegistrationStatus,
)
from services.training.people.personnel.workflow import EMPLOYMENT
from services.training.plans.models import NO_SPECIALTY
from services.training.plans.service import code_names
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import changes_of, history_of
from shared.errors import FieldError, InvalidInput
from shared.events.log import record as record_event
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.web.form_tables import words_of_fields
from shared.web.histories import HistoryEntry, history_entries
from shared.web.versions import require_version
from shared.wording import Word
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.buttons import allowed_actions, button
from shared.workflow.definition import ActionBody, Refusal, refusal_of

REGISTRATION.words.update(
    **words_of_fields(form.FIELDS),
    until=Word("截止日期"),
    open_until=Word("补报截止日期"),
    fields=Word("需要修改的内容", field_label),
    plan_id=Word("培训计划"),
    staff_id=Word("人员"),
    unit_name=Word("单位"),
)
OPEN_LATE = "open_late"
_REMOVED = "将从本次报名中删除该人员及其报名表；人员信息不受影响，之后可以重新添加。"


def shown_row(registration: Registration, actor: Actor, now: datetime, *, selection_open: bool) -> RegistrantRow:
    """A row with its buttons; a unit has [修改] and [删除] beside those of the table (TRN-42, TRN-52, FAQ-M6)."""
    actions = allowed_actions(REGISTRATION, registration, actor, now)
    complete = not form_errors(registration)
    if actor.may(Permission.GROUP_REGISTRATION):
        approved = registration.status is RegistrationStatus.APPROVED
        words = f"修改{DETAILS_IN_WORDS}" if approved else "修改"
        actions.append(button("edit", words, edit_refusal(registration, now, selection_open=selection_open)))
        actions.append(button("delete", "删除", delete_refusal(registration), consequence=_REMOVED))
    unit = OWN_UNIT if actor.organisation_id == registration.unit_id else registration.unit_name
    return registrant_row(
        registration,
        complete=complete,
        editable_fields=list(editable_fields(registration, now, selection_open=selection_open)),
        progress=progress_of(registration, now, complete=complete, selection_open=selection_open, unit=unit),
        actions=actions,
    )


async def shown(session: AsyncSession, actor: Actor, registration: Registration, *, full: bool) -> RegistrationRead:
    """The whole form; with ``full`` the resident id and the phone are in clear, and the view is logged (PLAT-05)."""
    now = now_utc()
    if full:
        REGISTRATION.note_shown(session, registration.id, actor=actor)
    selection_open = await SELECTION_IS_OPEN(session, registration.plan_id, now)
    return registration_read(
        registration,
        shown_row(registration, actor, now, selection_open=selection_open),
        categories=await repository.qualification_categories(session, registration.staff_id),
        changes=await _changes(session, registration),
        full=full,
    )


async def _changes(session: AsyncSession, registration: Registration) -> list[FieldChange]:
    own = await changes_of(session, REGISTRATION, registration.id)
    returned = standing_return(own)
    if returned is None:
        return []
    of_file = await changes_of(session, EMPLOYMENT, registration.staff_id)
    return changes_since(returned, [*own, *of_file], registration)


async def read_registration(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> RegistrationRead:
    """The form at the right (TRN-43): in full for the unit and the reviewer, masked for those who only oversee."""
    registration = await repository.require_registration(session, actor, registration_id)
    full = actor.level is Level.UNIT or actor.may(Permission.PROVINCE_REVIEW)
    return await shown(session, actor, registration, full=full)


async def registration_history(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> list[HistoryEntry]:
    """Who did what and when, oldest first (PLAT-04). Raises ``NotFound``."""
    registration = await repository.require_registration(session, actor, registration_id)
    rows = await history_of(session, REGISTRATION, registration.id)
    names = {str(registration.plan_id): registration.plan.name, str(registration.staff_id): registration.staff.name}
    return history_entries(
        rows,
        actor,
        REGISTRATION,
        {"create": "添加", OPEN_LATE: "同意补报", "transfer": "人员调动", EXPORTED: "导出名册（含完整号码）"},
        {**await code_names(session), **names},
    )


async def change_registration(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, body: RegistrationUpdate, expected_version: int
) -> RegistrationRead:
    """Changes what was sent. Raises ``VersionMismatch``, ``ActionRefused`` and ``DetailsOnly`` (409), ``InvalidInput``."""
    registration = await repository.require_registration(session, actor, registration_id, lock=True)
    await require_version(session, REGISTRATION, registration, expected_version, code_names)
    now = now_utc()
    selection_open = await SELECTION_IS_OPEN(session, registration.plan_id, now)
    if refusal := edit_refusal(registration, now, selection_open=selection_open):
        raise ActionRefused(refusal)
    before = {name: getattr(registration, name) for name in FORM_LABELS if name != "specialties"}
    before["specialties"] = chosen_codes(registration)
    changes = {name: value for name, value in body.changes().items() if value != before[name]}
    _check_changes(registration, changes, editable_fields(registration, now, selection_open=selection_open))
    for name in changes.keys() - {"specialties"}:
        setattr(registration, name, changes[name])
    if "specialties" in changes:
        _choose(registration, changes["specialties"])
    if changes:
        registration.edited_at = now
        _note_changes(session, actor, registration, {name: before[name] for name in changes}, changes)
    await session.flush()
    fresh = await repository.require_registration(session, actor, registration_id)
    return await shown(session, actor, fresh, full=False)


def _note_changes(
    session: AsyncSession, actor: Actor, registration: Registration, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The history row; and of an approved person the province is told (FAQ-M6). Raises ``InvalidInput`` where an approved form would
    lose what it was approved with."""
    REGISTRATION.note(session, registration.id, "update", actor=actor, before=_plain(before), after=_plain(after))
    if registration.status is RegistrationStatus.APPROVED:
        if errors := [each for each in form_errors(registration) if each.field in after]:
            raise InvalidInput(errors=errors)
        changed = "、".join(label for name, label in FORM_LABELS.items() if name in after)
        record_event(session, details_changed(registration, changed))


async def delete_registration(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> None:
    """TRN-42. Raises ``ActionRefused`` for one that is 已报名 or 审核通过."""
    registration = await repository.require_registration(session, actor, registration_id)
    if refusal := delete_refusal(registration):
        raise ActionRefused(refusal)
    gone = {"plan_id": str(registration.plan_id), "staff_id": str(registration.staff_id)}
    status = {"status": registration.status.value}
    REGISTRATION.note(session, registration.id, "delete", actor=actor, before={**gone, **status})
    await session.delete(registration)
    await session.flush()


async def move(
    session: AsyncSession, actor: Actor, registration_id: UUID, action: RegistrationAction, body: ActionBody
) -> Registration:
    """One step along the table. A form that is sent must be whole: else ``InvalidInput`` with one error per field."""
    registration = await repository.require_registration(session, actor, registration_id)
    now = now_utc()
    if refusal_of(REGISTRATION, registration, action, actor, now) is None:
        _check_step(registration, action, body, now)
    try:
        await apply(session, REGISTRATION, registration, action, actor=actor, body=body, now=now)
    except ActionRefused as refused:
        told = await told_apart(session, actor, action, {registration: Refusal(refused.code, refused.detail)})
        raise ActionRefused(told[registration.id]) from refused
    await stamp(session, registration, action, actor, body, now)
    return registration


def _check_step(registration: Registration, action: RegistrationAction, body: ActionBody, now: datetime) -> None:
    """What the table's guards cannot say per field."""
    if action is RegistrationAction.SUBMIT and (errors := form_errors(registration)):
        raise InvalidInput("报名信息不完整，请补全后再报名", errors=errors)
    if isinstance(body, CorrectionBody) and (problem := window_problem(body.until, now)):
        raise InvalidInput(errors=[problem])


async def act_on_registration(
    session: AsyncSession, actor: Actor, registration_id: UUID, action: RegistrationAction, body: ActionBody
) -> RegistrationRead:
    """Every step that stands in the table, with the form as it is afterwards."""
    registration = await move(session, actor, registration_id, action, body)
    return await shown(session, actor, registration, full=False)


async def submit_registrations(session: AsyncSession, *, actor: Actor, ids: Sequence[UUID]) -> BatchRead:
    """[报名] for several people at once, one result per person."""
    return await one_by_one(
        session, actor, ids, lambda each: move(session, actor, each, RegistrationAction.SUBMIT, ActionBody())
    )


def _check_changes(registration: Registration, changes: dict[str, Any], editable: Sequence[str]) -> None:
    if refused := [name for name in FORM_LABELS if name in changes and name not in editable]:
        reason = f"已审核通过，不能修改此项；选班开放前只能修改{DETAILS_IN_WORDS}"
        raise DetailsOnly(errors=[FieldError(name, DetailsOnly.code, reason) for name in refused])
    empty = [name for name, value in changes.items() if value is None and name in (*NEVER_BLANK, SPECIALTIES)]
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
