"""从事科室 and 职务 are kept by the administration (AUTH-31, TRN-28): added by their names, renamed, put in order, taken out of use;
deleted only what stands in nobody's file.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import choices
from services.training.people.personnel import dictionary_repository as repository
from services.training.people.personnel.dictionary_models import Department, Duty
from services.training.people.personnel.dictionary_repository import E, Used
from services.training.people.personnel.dictionary_schemas import (
    DepartmentCreate,
    DepartmentDetail,
    DutyCreate,
    DutyDetail,
    DutyUpdate,
)
from services.training.people.personnel.form import LABELS
from shared.db.dictionaries import behind, created_of, hold, record_id, unused_code, versions_of
from shared.db.history import RecordType
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.web.dictionaries import Dictionary
from shared.wording import Word, words_of
from shared.workflow.definition import Refusal

_WORDS = {
    "disable": "停用后填写人员信息时不再列出；已填写的人员信息不变，可以重新启用。理由记入变更记录。",
    "enable": "启用后填写人员信息时可以选择。",
    "delete": "删除后不能恢复；没有人员信息填写该项。",
}
_SHIPPED = "该项随平台提供，不能删除；不再使用的请停用"
D = TypeVar("D", bound=DutyDetail)
_USED = Refusal("dictionary_entry_in_use", "已有人员信息填写该项，不能删除；不再使用的请停用")


@dataclass(frozen=True)
class Kept(Generic[E, D]):
    """One of the two: its table, what is answered about an entry, and which names stand in files."""

    model: type[E]
    answer: type[D]
    used: Used
    dictionary: Dictionary[E]


def _kept(model: type[E], answer: type[D], used: Used, kind: RecordType, field: str, at: str) -> Kept[E, D]:
    async def in_use(session: AsyncSession, entry: E) -> Refusal | None:
        return _USED if await used(session, [entry.label]) else None

    async def lock(session: AsyncSession) -> None:
        await hold(session, model)

    async def require(session: AsyncSession, code: str) -> E:
        return await repository.require_entry(session, model, code)

    dictionary = Dictionary(
        kind,
        LABELS[field],
        f"/api/training/{at}",
        _WORDS,
        _SHIPPED,
        hold=lock,
        require=require,
        in_use=in_use,
        delete=repository.delete_entry,
    )
    return Kept(model, answer, used, dictionary)


# What may be left out of a new entry, and is written all the same.
_MADE = {"code": Word("代码"), "position": Word("排列顺序")}
DEPARTMENT = RecordType("department", words={**words_of(DepartmentCreate), **_MADE})
DUTY = RecordType("duty", words={**words_of(DutyCreate), **_MADE})
DEPARTMENTS = _kept(
    Department, DepartmentDetail, repository.departments_in_files, DEPARTMENT, "departments", "departments"
)
DUTIES = _kept(Duty, DutyDetail, repository.duties_in_files, DUTY, "duty", "duties")


async def list_entries(session: AsyncSession, kept: Kept[E, D]) -> list[D]:
    """All of them in their order, each with what its keeper can do with it."""
    rows = await repository.entries_of(session, kept.model)
    codes = [each.code for each in rows]
    kind = kept.dictionary.kind
    versions, created = await versions_of(session, kind, codes), await created_of(session, kind, codes)
    own = {each.label for each in rows if each.code in created}
    used = await kept.used(session, own) if own else set()

    def refusal(entry: E) -> Refusal | None:
        if entry.code not in created:
            return Refusal("dictionary_entry_shipped", _SHIPPED)
        return _USED if entry.label in used else None

    return [
        kept.answer.of(each, version=versions[each.code], allowed_actions=kept.dictionary.buttons(each, refusal(each)))
        for each in rows
    ]


async def read_entry(session: AsyncSession, kept: Kept[E, D], actor: Actor, code: str) -> D:
    """One entry. Raises ``NotFound``."""
    found = await repository.require_entry(session, kept.model, code)
    version = await versions_of(session, kept.dictionary.kind, [code])
    actions = await kept.dictionary.actions_of(session, actor, found)
    return kept.answer.of(found, version=version[code], allowed_actions=actions)


async def create_entry(session: AsyncSession, kept: Kept[E, D], *, actor: Actor, body: DutyCreate) -> D:
    """One more. Raises ``InvalidInput`` for a name that is taken or an unknown group."""
    await hold(session, kept.model)
    known = await repository.entries_of(session, kept.model)
    code = unused_code(body.label, {each.code for each in known})
    given = {**body.model_dump(), "code": code, "position": body.position or behind(known)}
    await _check(session, kept, code, given)
    session.add(kept.model(**given))
    kept.dictionary.kind.note(session, record_id(kept.dictionary.kind, code), "create", actor=actor, after=given)
    await session.flush()
    return await read_entry(session, kept, actor, code)


async def change_entry(
    session: AsyncSession, kept: Kept[E, D], *, actor: Actor, code: str, body: DutyUpdate, expected: int
) -> D:
    """Another name, group or place; files keep the words that were chosen. Raises ``NotFound``, ``VersionMismatch``, ``InvalidInput``."""
    await hold(session, kept.model)
    found = await repository.require_entry(session, kept.model, code)
    await kept.dictionary.require_version(session, code, expected)
    changes = {name: value for name, value in body.changes().items() if value != getattr(found, name)}
    await _check(session, kept, code, changes)
    before = {name: getattr(found, name) for name in changes}
    for name, value in changes.items():
        setattr(found, name, value)
    if changes:
        kind = kept.dictionary.kind
        kind.note(session, record_id(kind, code), "update", actor=actor, before=before, after=changes)
    await session.flush()
    return await read_entry(session, kept, actor, code)


async def _check(session: AsyncSession, kept: Kept[E, D], code: str, given: dict[str, Any]) -> None:
    label, group = given.get("label"), given.get("group")
    errors = []
    if label and choices.is_heading(choices.DEPARTMENT, label):
        errors.append(FieldError("label", "label_taken", "这是分组的名称，请换一个"))
    elif label and await repository.other_with(session, kept.model, code, label):
        errors.append(FieldError("label", "label_taken", f"已有同名的{kept.dictionary.label}"))
    if group and not choices.is_heading(choices.DEPARTMENT, group):
        named = "、".join(choices.headings(choices.DEPARTMENT))
        errors.append(FieldError("group", "unknown_group", f"没有该分组，可选：{named}"))
    if errors:
        raise InvalidInput(errors=errors)
