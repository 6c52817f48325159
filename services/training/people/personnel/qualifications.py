"""添加资质 (TRN-25…27): what a unit writes into its own file of a person. Certificates earned here come by themselves (``service``) and are
nobody's to write.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings.service import require_open
from services.training.people.personnel import presentation, repository
from services.training.people.personnel.choices import SCOPED_CATEGORIES, SEED_CATEGORIES
from services.training.people.personnel.models import Qualification, StaffMember
from services.training.people.personnel.parts import touch
from services.training.people.personnel.qualification_schemas import (
    QualificationCreate,
    QualificationRead,
    QualificationUpdate,
)
from services.training.people.personnel.standing import read_qualification, refusal_of
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.clock import now_utc
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.web.versions import require_version
from shared.wording import Word, words_of
from shared.workflow.apply import ActionRefused

EMPLOYMENT.words.update(words_of(QualificationCreate, issued_on=Word("发证日期"), expires_on=Word("失效日期")))
_COLUMNS = ("category", "number", "issued_on", "expires_on", "scope")


class QualificationExists(Conflict):
    code = "qualification_exists"
    detail = "该人员已有同类别、同编号的资质，请直接修改原有的一条"


async def categories(session: AsyncSession) -> list[str]:
    """资质类别: those of the sources, then what the plan types add (TRN-26)."""
    return list(dict.fromkeys((*SEED_CATEGORIES, *await repository.plan_type_labels(session))))


async def add_qualification(
    session: AsyncSession, *, actor: Actor, staff_id: UUID, body: QualificationCreate
) -> tuple[QualificationRead, int]:
    """The new row, and the file's version after it. Raises ``InvalidInput``."""
    staff = await repository.require_staff(session, actor, staff_id, lock=True)
    await require_open(session, actor)
    values = body.model_dump()
    await _check(session, values)
    _check_once(staff, values, None)
    row = Qualification(id=new_id(), person_id=staff.person_id, staff_id=staff.id, certificate_id=None, **values)
    session.add(row)
    _remember(session, actor, staff, "add_qualification", after=values)
    return await _written(session, staff, row)


async def change_qualification(
    session: AsyncSession,
    *,
    actor: Actor,
    staff_id: UUID,
    qualification_id: UUID,
    expected: int,
    body: QualificationUpdate,
) -> tuple[QualificationRead, int]:
    """Changes what is given; ``expected`` is the file's version. Raises ``ActionRefused`` for one that was earned here, ``InvalidInput``
    for what the whole row would then be."""
    staff, row = await _own(session, actor, staff_id, qualification_id)
    await require_version(session, EMPLOYMENT, staff, expected)
    now = {name: getattr(row, name) for name in _COLUMNS}
    values = {**now, **body.changes()}
    if "scope" not in body.model_fields_set and _loses_scope(row.category, values["category"]):
        values["scope"] = []
    await _check(session, values)
    changed = {name: value for name, value in values.items() if now[name] != value}
    if changed:
        _check_once(staff, values, row.id)
        before = {name: now[name] for name in changed}
        _remember(session, actor, staff, "change_qualification", before=before, after=changed)
        for name, value in changed.items():
            setattr(row, name, value)
        return await _written(session, staff, row)
    return _read(row), staff.version


def _loses_scope(before: str, category: str) -> bool:
    """What another category covers is asked for anew where it must be said, and nothing otherwise."""
    return category != before and category not in SCOPED_CATEGORIES


async def remove_qualification(session: AsyncSession, *, actor: Actor, staff_id: UUID, qualification_id: UUID) -> int:
    """Takes the row out; gives the file's version after it. Raises ``ActionRefused`` for one that was earned here."""
    staff, row = await _own(session, actor, staff_id, qualification_id)
    before = {name: getattr(row, name) for name in _COLUMNS}
    _remember(session, actor, staff, "remove_qualification", before=before)
    await repository.delete_qualification(session, row.id)
    touch(staff)
    await session.flush()
    return staff.version


async def _own(
    session: AsyncSession, actor: Actor, staff_id: UUID, qualification_id: UUID
) -> tuple[StaffMember, Qualification]:
    staff = await repository.require_staff(session, actor, staff_id, lock=True)
    row = next((each for each in staff.qualifications if each.id == qualification_id), None)
    if row is None:
        raise NotFound
    if (refusal := refusal_of(row)) is not None:
        raise ActionRefused(refusal)
    await require_open(session, actor)
    return staff, row


def _check_once(staff: StaffMember, values: Mapping[str, Any], own_id: UUID | None) -> None:
    """The file is locked: of two who add the same at once the second finds the first's (PLAT-03). Raises ``QualificationExists``."""
    key = (values["category"], values["number"])
    if any((each.category, each.number) == key for each in staff.qualifications if each.id != own_id):
        raise QualificationExists


async def _written(session: AsyncSession, staff: StaffMember, row: Qualification) -> tuple[QualificationRead, int]:
    touch(staff)
    await session.flush()
    return _read(row), staff.version


def _read(row: Qualification) -> QualificationRead:
    return read_qualification(row, now_utc(), closed=None, may_write=True)


async def _check(session: AsyncSession, values: dict[str, Any]) -> None:
    errors = []
    known = await categories(session)
    if values["category"] not in known:
        errors.append(FieldError("category", "code_unknown", f"没有该资质类别，可选：{'、'.join(known)}"))
    if values["expires_on"] is not None and values["expires_on"] <= values["issued_on"]:
        errors.append(FieldError("expires_on", "expires_before_issue", "失效日期应晚于发证日期"))
    offered = [scope for _, scope in await repository.scopes_of(session, [values["category"]])]
    if (wrong := _scope_problem(values["category"], values["scope"], offered)) is not None:
        errors.append(wrong)
    if errors:
        raise InvalidInput(errors=errors)
    values["scope"] = [each for each in offered if each in values["scope"]]


def _scope_problem(category: str, scope: Sequence[str], offered: Sequence[str]) -> FieldError | None:
    if category not in SCOPED_CATEGORIES:
        # Which skill it is may be said, and is in nobody's way when it is not (M7Q3).
        if not set(scope) - set(offered):
            return None
        only = (
            f"“{category}”只能选择：{'、'.join(offered)}"
            if offered
            else f"只有{'、'.join(SCOPED_CATEGORIES)}填写资质范围"
        )
        return FieldError("scope", "scope_not_asked", f"{only}，请清空后重新选择")
    if not scope:
        return FieldError("scope", "scope_missing", f"资质类别为“{category}”时，资质范围至少选择一项")
    if set(scope) - set(offered):
        return FieldError("scope", "scope_unknown", f"不在“{category}”的资质范围内，可选：{'、'.join(offered)}")
    return None


def _remember(
    session: AsyncSession,
    actor: Actor,
    staff: StaffMember,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    EMPLOYMENT.note(
        session,
        staff.id,
        action,
        actor=actor,
        before=presentation.for_history(before) if before else None,
        after=presentation.for_history(after) if after else None,
    )
