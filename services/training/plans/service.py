"""What the province does with its plans (STAFF-01): draft, change, publish, close. A published plan that people have registered for
changes only where it harms nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import dictionary_repository, repository
from services.training.plans.form import FIELDS
from services.training.plans.form_service import check_groups, check_specialties, check_still_offered
from services.training.plans.models import Plan, PlanSpecialty
from services.training.plans.repository import PlanFilter
from services.training.plans.rules import PlanEnded, PlanListed, check_in_use
from services.training.plans.schemas import (
    PlanCreate,
    PlanFigures,
    PlanListItem,
    PlanRead,
    PlanTypeRead,
    PlanUpdate,
    exam_groups_of,
    list_item,
    plan_read,
)
from services.training.plans.workflow import IN_USE, PLAN, REGISTERED, RESULTS_OUT, SEATS, PlanAction, Registered
from shared.attachments import copy_files, keep_exactly
from shared.clock import is_past, now_utc
from shared.db.history import history_of
from shared.db.paging import Page, PageRequest
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput, Overtaken
from shared.events.log import record as record_event
from shared.events.training import PlanDeadlineChanged
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.storage import Storage
from shared.web.form_tables import words_of_fields
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import page_of
from shared.web.versions import require_version
from shared.wording import files, unsaid
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody, Refusal

PLAN.words.update(**words_of_fields(FIELDS), attachment_ids=files("培训附件"), attachments_of=unsaid("复制附件的计划"))
STAFF = repository.STAFF
_NATURAL_KEY = ("type_code", "name", "registration_deadline")
_NATURAL = frozenset(_NATURAL_KEY)
NOT_REOPENED = Refusal("results_published", "该培训计划已有班次发布成绩，不能撤销结束；请另建培训计划")
_RELATED = frozenset({"specialties", "exam_groups", "attachment_ids"})


async def code_names(session: AsyncSession) -> dict[str, str]:
    """What the codes of types and specialties are called, for whoever reads a history."""
    return await dictionary_repository.names(session)


class PlanExists(Conflict):
    """``existing`` of the problem document is the address of the one that is there."""

    code = "plan_exists"

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"已有同类型、同名称、同报名截止日期的培训计划（{plan.status.label}），请打开它继续办理；确需另建的，请换一个名称或报名截止日期",
            extra={"existing": f"/api/training/plans/{plan.id}"},
        )


async def create_plan(session: AsyncSession, storage: Storage, *, actor: Actor, body: PlanCreate) -> PlanRead:
    """A new draft. Raises ``InvalidInput`` for a type, specialty, bundle, attachment or plan to copy that is not there, and
    ``PlanExists``."""
    given = body.model_dump(exclude={"attachments_of"})
    specialties, groups = given["specialties"], given["exam_groups"]
    await check_still_offered(session, given["type_code"], specialties)
    await check_specialties(session, given["type_code"], specialties)
    await check_groups(session, specialties, groups)
    await _check_alike(session, given, None)
    columns = {name: value for name, value in given.items() if name not in _RELATED}
    plan = Plan(**columns, created_by=actor.account_id, specialties=_opened(specialties, groups))
    session.add(plan)
    with refused_as(
        lambda _: Overtaken()
    ):  # the same was made in this very moment, and is found when the work is done again
        await session.flush()
    await _set_attachments(session, actor, plan, body.attachment_ids)
    if body.attachments_of is not None:
        given["attachment_ids"] += await _copy_attachments(session, storage, actor, plan, body.attachments_of)
    PLAN.note(session, plan.id, "create", actor=actor, after=_plain(given))
    await session.flush()
    return await _shown(session, actor, await repository.require_plan(session, actor, plan.id))


async def _copy_attachments(
    session: AsyncSession, storage: Storage, actor: Actor, plan: Plan, source_id: UUID
) -> list[UUID]:
    source = await repository.get_plan(session, actor, source_id)
    if source is None:
        raise InvalidInput(errors=[FieldError("attachments_of", "plan_unknown", "没有找到要复制附件的培训计划")])
    return await copy_files(session, storage, Service.TRAINING, PLAN, source=source.id, target=plan.id, actor=actor)


async def change_plan(
    session: AsyncSession, *, actor: Actor, plan_id: UUID, body: PlanUpdate, expected_version: int
) -> PlanRead:
    """Changes what was sent. Raises ``VersionMismatch``, ``PlanEnded``, ``PlanInUse`` (with one error per refused field)."""
    plan = await repository.require_plan(session, actor, plan_id, lock=True)
    await require_version(session, PLAN, plan, expected_version, code_names)
    before = _in_order(await _present(session, plan))
    changes = {name: value for name, value in _in_order(body.changes()).items() if value != before[name]}
    await _check_changes(session, plan, changes, before)
    if changes.keys() & _NATURAL:
        await _check_alike(session, {**before, **changes}, plan.id)
    for name in changes.keys() - _RELATED:
        setattr(plan, name, changes[name])
    if changes.keys() & {"specialties", "exam_groups"}:
        _open(plan, **{name: changes.get(name, before[name]) for name in ("specialties", "exam_groups")})
    if changes.keys() & _RELATED:
        plan.version += 1  # the row itself may be as it was, and two editors must not both win (PLAT-03)
    if "registration_deadline" in changes:
        plan.reminders_sent = 0  # the units are reminded of the new day (FAQ-M8)
        _announce_deadline(session, plan, before["registration_deadline"])
    if "attachment_ids" in changes:
        await _set_attachments(session, actor, plan, changes["attachment_ids"])
    if changes:
        old = _plain({name: before[name] for name in changes})
        PLAN.note(session, plan.id, "update", actor=actor, before=old, after=_plain(changes))
    await session.flush()
    return await _shown(session, actor, await repository.require_plan(session, actor, plan.id))


def _announce_deadline(session: AsyncSession, plan: Plan, before: date) -> None:
    """Who has been told of the plan is told of its new day."""
    if plan.status.takes_people:
        day = plan.registration_deadline
        event = PlanDeadlineChanged(
            plan_id=plan.id, plan_name=plan.name, deadline_before=before, registration_deadline=day
        )
        record_event(session, event)


async def _check_alike(session: AsyncSession, values: Mapping[str, Any], own_id: UUID | None) -> None:
    type_code, name, deadline = (values[each] for each in _NATURAL_KEY)
    if alike := await repository.get_alike(session, type_code=type_code, name=name, deadline=deadline, but=own_id):
        raise PlanExists(alike)


async def act_on_plan(
    session: AsyncSession, actor: Actor, plan_id: UUID, action: PlanAction, body: ActionBody
) -> PlanRead:
    """Publish or close, by the table."""
    plan = await repository.require_plan(session, actor, plan_id)
    await apply(session, PLAN, plan, action, actor=actor, body=body)
    if action is PlanAction.PUBLISH:
        plan.published_at = now_utc()
        await session.flush()
    return await _shown(session, actor, plan)


@PLAN.effect("check_reopening")
async def check_reopening(session: AsyncSession, plan: Plan, _actor: Actor, _body: ActionBody) -> None:
    """A plan that was closed goes on while nothing has followed. Raises ``ActionRefused``."""
    if await RESULTS_OUT(session, plan.id):
        raise ActionRefused(NOT_REOPENED)


async def delete_plan(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> None:
    """A draft, of which nobody but its makers knows. Raises ``NotFound`` and ``PlanListed``."""
    plan = await repository.require_plan(session, actor, plan_id, lock=True)
    if not plan.status.is_drafted:
        raise PlanListed(f"培训计划{plan.status.label}，不能删除；不再继续的，请点【结束】")
    await _set_attachments(session, actor, plan, [])
    PLAN.note(session, plan.id, "delete", actor=actor, before={"name": plan.name})
    await session.delete(plan)
    await session.flush()


async def read_plan(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> PlanRead:
    """The plan's page (TRN-36)."""
    return await _shown(session, actor, await repository.require_plan(session, actor, plan_id))


async def plan_types(session: AsyncSession) -> list[PlanTypeRead]:
    """The dictionary of class types."""
    return [
        PlanTypeRead.of(each, specialties=specialties) for each, specialties in await repository.list_types(session)
    ]


async def plans_page(
    session: AsyncSession, *, actor: Actor, page: PageRequest, wanted: PlanFilter
) -> Page[PlanListItem]:
    """One page of the plans that the actor may see."""
    rows = await repository.list_plans(session, actor, page, wanted)
    figures = await _figures(session, actor, [each.id for each in rows.items]) if actor.may(*STAFF) else {}
    now = now_utc()
    return page_of(rows, lambda plan: list_item(plan, now, figures.get(plan.id)))


async def _figures(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, PlanFigures]:
    registered, seats = await REGISTERED(session, actor, ids), await SEATS(session, ids)
    none = Registered(0, 0, 0)
    return {each: PlanFigures(**registered.get(each, none)._asdict(), seats=seats.get(each, 0)) for each in ids}


async def plan_history(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> list[HistoryEntry]:
    """Who changed what, oldest first (PLAT-04)."""
    plan = await repository.require_plan(session, actor, plan_id)
    return history_entries(await history_of(session, PLAN, plan.id), actor, PLAN, names=await code_names(session))


async def _shown(session: AsyncSession, actor: Actor, plan: Plan) -> PlanRead:
    attachments = await repository.attachments_of(session, plan.id)
    in_use = actor.may(Permission.PLAN_MANAGEMENT) and await IN_USE(session, plan.id)
    shown = plan_read(plan, attachments, actor, now_utc(), in_use=in_use)
    if PLAN.transition(PlanAction.REOPEN, plan.status) and await RESULTS_OUT(session, plan.id):
        # What the refusal would say is said before (PLAT-02).
        changed = {"allowed": False, "reason": NOT_REOPENED.reason, "code": NOT_REOPENED.code}
        shown.allowed_actions = [
            each.model_copy(update=changed) if each.action == PlanAction.REOPEN else each
            for each in shown.allowed_actions
        ]
    return shown


async def _present(session: AsyncSession, plan: Plan) -> dict[str, Any]:
    values = {name: getattr(plan, name) for name in PlanUpdate.model_fields.keys() - _RELATED}
    attachments = await repository.attachments_of(session, plan.id)
    return {
        **values,
        "specialties": [each.specialty_code for each in plan.specialties],
        "exam_groups": exam_groups_of(plan),
        "attachment_ids": [each.id for each in attachments],
    }


async def _check_changes(session: AsyncSession, plan: Plan, changes: dict[str, Any], before: dict[str, Any]) -> None:
    if changes and not plan.status.is_editable:
        raise PlanEnded(f"培训计划{plan.status.label}，不能再修改")
    if not plan.status.is_drafted:
        await _check_published(session, plan, changes)
    if changes.keys() & {"type_code", "specialties"}:
        chosen = changes.get("specialties", before["specialties"])
        held = {plan.type_code, *before["specialties"]}
        await check_still_offered(session, changes.get("type_code", plan.type_code), chosen, held)
        await check_specialties(session, changes.get("type_code", plan.type_code), chosen)
    if changes.keys() & {"specialties", "exam_groups"}:
        after = {**before, **changes}
        await check_groups(session, after["specialties"], after["exam_groups"])


async def _check_published(session: AsyncSession, plan: Plan, changes: dict[str, Any]) -> None:
    deadline: date = changes.get("registration_deadline", plan.registration_deadline)
    if await IN_USE(session, plan.id):
        check_in_use(changes.keys(), later=deadline > plan.registration_deadline)
    if "registration_deadline" in changes and is_past(deadline, now_utc()):
        raise InvalidInput(errors=[FieldError("registration_deadline", "deadline_passed", "应为今天或以后的日期")])


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    """Codes in one order, so that another one is no change."""
    ordered = dict(values)
    if "specialties" in values:
        ordered["specialties"] = sorted(set(values["specialties"]))
    if "exam_groups" in values:
        ordered["exam_groups"] = sorted(sorted(set(group)) for group in values["exam_groups"])
    return ordered


def _opened(codes: Iterable[str], groups: Sequence[Sequence[str]]) -> list[PlanSpecialty]:
    number_of = {code: number for number, group in enumerate(groups, 1) for code in group}
    return [PlanSpecialty(specialty_code=code, exam_group=number_of.get(code)) for code in dict.fromkeys(codes)]


def _open(plan: Plan, specialties: list[str], exam_groups: list[list[str]]) -> None:
    kept = {each.specialty_code: each for each in plan.specialties}
    wanted = _opened(specialties, exam_groups)
    for each in wanted:
        if each.specialty_code in kept:
            kept[each.specialty_code].exam_group = each.exam_group
    plan.specialties = [kept.get(each.specialty_code, each) for each in wanted]


async def _set_attachments(session: AsyncSession, actor: Actor, plan: Plan, ids: list[UUID]) -> None:
    await keep_exactly(session, PLAN, plan.id, ids, actor=actor, field="attachment_ids")


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    def simple(value: object) -> object:
        if isinstance(value, list):
            return [simple(each) for each in value]
        return str(value) if isinstance(value, date | Decimal | UUID) else value

    return {name: simple(value) for name, value in values.items()}
