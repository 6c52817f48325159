"""The province keeps its dictionaries itself: class types, their numbers and specialties are data (STAFF-01, TRN-45). What published plans
and certificates already carry stays as it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.plans import dictionary_repository as repository
from services.training.plans.dictionary_actions import PLAN_TYPES, SPECIALTIES
from services.training.plans.dictionary_codes import unused_number
from services.training.plans.dictionary_repository import SPECIALTY, TYPE
from services.training.plans.dictionary_schemas import (
    PlanTypeCreate,
    PlanTypeDetail,
    PlanTypeUpdate,
    SpecialtyCreate,
    SpecialtyDetail,
    SpecialtyUpdate,
)
from services.training.plans.models import NO_SPECIALTY, PlanType, Specialty
from shared.db.dictionaries import behind, record_id, unused_code, versions_of
from shared.db.history import RecordType
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.wording import Word, words_of

TYPE.words.update(words_of(PlanTypeCreate))
SPECIALTY.words.update(words_of(SpecialtyCreate))
# What may be left out of a new entry, and is written all the same.
_MADE = {"code": Word("代码"), "position": Word("排列顺序"), "number_code": Word("证书编号中的类别代码")}
TYPE.words.update(_MADE)
SPECIALTY.words.update(_MADE)

_IN_USE = "已有已发布的培训计划使用，证书上也用此名称和代码，不能再修改；可以新增一项"


class EntryInUse(Conflict):
    code = "dictionary_entry_in_use"
    detail = "该项已被培训计划使用，只能修改排列顺序或新增"


async def read_type(session: AsyncSession, actor: Actor, code: str) -> PlanTypeDetail:
    """One class type. Raises ``NotFound``."""
    found = await repository.require_type(session, code)
    offered, version = await repository.specialties_of(session, code), await versions_of(session, TYPE, [code])
    carried = {"label", "number_code"} if await repository.is_type_published(session, code) else set()
    editable = sorted(PlanTypeUpdate.model_fields.keys() - carried)
    more = {"editable_fields": editable, "allowed_actions": await PLAN_TYPES.actions_of(session, actor, found)}
    return PlanTypeDetail.of(found, specialties=offered, version=version[code], **more)


async def create_type(session: AsyncSession, *, actor: Actor, body: PlanTypeCreate) -> PlanTypeDetail:
    """A class type more. Raises ``InvalidInput`` for a code, label or number that is taken, and for unknown specialties."""
    await repository.hold_plans_dictionaries(session)
    known = await repository.list_types(session)
    if body.code in {each.code for each in known}:
        raise InvalidInput(errors=[FieldError("code", "code_taken", "该代码已被使用，请换一个")])
    code = body.code or unused_code(body.label, {each.code for each in known})
    number = body.number_code or unused_number(body.label, {each.number_code for each in known})
    given = {**body.model_dump(), "code": code, "number_code": number, "position": body.position or behind(known)}
    await _check_type(session, code, body.label, number)
    await _check_codes(session, body.specialties)
    session.add(PlanType(**{name: value for name, value in given.items() if name != "specialties"}))
    await session.flush()
    await repository.link(session, code, body.specialties)
    _remember(session, TYPE, code, actor, None, given)
    await session.flush()
    return await read_type(session, actor, code)


async def change_type(
    session: AsyncSession, *, actor: Actor, code: str, body: PlanTypeUpdate, expected_version: int
) -> PlanTypeDetail:
    """Changes what was sent. Raises ``NotFound``, ``VersionMismatch``, ``InvalidInput``, and ``EntryInUse`` for what published plans
    carry."""
    await repository.hold_plans_dictionaries(session)
    found = await repository.require_type(session, code)
    await PLAN_TYPES.require_version(session, code, expected_version)
    offered = [each.code for each in await repository.specialties_of(session, code)]
    before = {"label": found.label, "position": found.position, "number_code": found.number_code}
    before |= {"specialties": sorted(offered)}
    sent = body.changes()
    if "specialties" in sent:
        sent["specialties"] = sorted(set(sent["specialties"]))
    changes = {name: value for name, value in sent.items() if value != before[name]}
    after = {**before, **changes}
    await _check_type(session, code, after["label"], after["number_code"])
    await _check_codes(session, after["specialties"])
    await _check_in_use(session, code, changes, set(offered))
    for name in changes.keys() - {"specialties"}:
        setattr(found, name, changes[name])
    await repository.link(session, code, after["specialties"])
    if changes:
        _remember(session, TYPE, code, actor, {name: before[name] for name in changes}, changes)
    await session.flush()
    return await read_type(session, actor, code)


async def list_specialties(session: AsyncSession, actor: Actor) -> list[SpecialtyDetail]:
    """Every specialty, for whoever puts a type together."""
    rows = await repository.list_specialties(session)
    return [await _specialty(session, actor, each) for each in rows]


async def read_specialty(session: AsyncSession, actor: Actor, code: str) -> SpecialtyDetail:
    """One specialty. Raises ``NotFound``."""
    return await _specialty(session, actor, await repository.require_specialty(session, code))


async def _specialty(session: AsyncSession, actor: Actor, found: Specialty) -> SpecialtyDetail:
    version = await versions_of(session, SPECIALTY, [found.code])
    carried = {"label"} if await repository.is_specialty_published(session, found.code) else set()
    editable = sorted(SpecialtyUpdate.model_fields.keys() - carried)
    return SpecialtyDetail.of(
        found,
        version=version[found.code],
        editable_fields=editable,
        allowed_actions=await SPECIALTIES.actions_of(session, actor, found),
    )


async def create_specialty(session: AsyncSession, *, actor: Actor, body: SpecialtyCreate) -> SpecialtyDetail:
    """A specialty more, in no type yet. Raises ``InvalidInput`` for a code or label that is taken."""
    await repository.hold_plans_dictionaries(session)
    known = await repository.list_specialties(session)
    taken = {*(each.code for each in known), NO_SPECIALTY}
    if body.code in taken:
        raise InvalidInput(errors=[FieldError("code", "code_taken", "该代码已被使用，请换一个")])
    code = body.code or unused_code(body.label, taken)
    given = {"code": code, "label": body.label, "position": body.position or behind(known)}
    await _check_specialty(session, code, body.label)
    session.add(Specialty(**given))
    _remember(session, SPECIALTY, code, actor, None, given)
    await session.flush()
    return await read_specialty(session, actor, code)


async def change_specialty(
    session: AsyncSession, *, actor: Actor, code: str, body: SpecialtyUpdate, expected_version: int
) -> SpecialtyDetail:
    """Another place, or another name as long as no published plan carries it. Raises as ``change_type`` does."""
    await repository.hold_plans_dictionaries(session)
    found = await repository.require_specialty(session, code)
    await SPECIALTIES.require_version(session, code, expected_version)
    before = {"label": found.label, "position": found.position}
    changes = {name: value for name, value in body.changes().items() if value != before[name]}
    if "label" in changes:
        await _check_specialty(session, code, changes["label"])
        if await repository.is_specialty_published(session, code):
            raise EntryInUse(errors=[FieldError("label", EntryInUse.code, _IN_USE)])
    for name, value in changes.items():
        setattr(found, name, value)
    if changes:
        _remember(session, SPECIALTY, code, actor, {name: before[name] for name in changes}, changes)
    await session.flush()
    return await read_specialty(session, actor, code)


async def _check_type(session: AsyncSession, code: str, label: str, number_code: str) -> None:
    other = await repository.other_type_with(session, code, label=label, number_code=number_code)
    if other and other.label == label:
        raise InvalidInput(errors=[FieldError("label", "label_taken", "已有同名的培训班类型")])
    if other:
        reason = f"“{other.label}”已使用该类别代码，请换一个"
        raise InvalidInput(errors=[FieldError("number_code", "number_code_taken", reason)])


async def _check_specialty(session: AsyncSession, code: str, label: str) -> None:
    if await repository.other_specialty_with(session, code, label):
        raise InvalidInput(errors=[FieldError("label", "label_taken", "已有同名的专业类别")])


async def _check_codes(session: AsyncSession, codes: Sequence[str]) -> None:
    known = {each.code for each in await repository.list_specialties(session)}
    if unknown := sorted(set(codes) - known):
        raise InvalidInput(
            errors=[FieldError("specialties", "unknown_code", f"没有这些专业类别：{'、'.join(unknown)}")]
        )


async def _check_in_use(session: AsyncSession, code: str, changes: dict[str, Any], offered: set[str]) -> None:
    errors = []
    if changes.keys() & {"label", "number_code"} and await repository.is_type_published(session, code):
        errors += [FieldError(name, EntryInUse.code, _IN_USE) for name in ("label", "number_code") if name in changes]
    gone = offered - set(changes.get("specialties", offered))
    if gone and (opened := await repository.opened_of_type(session, code, gone)):
        reason = f"已有该类型的培训计划开设：{'、'.join(opened)}，不能去掉"
        errors.append(FieldError("specialties", EntryInUse.code, reason))
    if errors:
        raise EntryInUse(errors=errors)


def _remember(
    session: AsyncSession,
    kind: RecordType,
    code: str,
    actor: Actor,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    action = "create" if before is None else "update"
    identity = record_id(kind, code)
    kind.note(session, identity, action, actor=actor, before=before, after=after)
