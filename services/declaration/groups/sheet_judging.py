"""What would come of each branch of a sheet, by the same function that checks the form while somebody types (FAQ-D11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.declaration.declarations.checking import check_of, read_typed
from services.declaration.declarations.content import OWN
from services.declaration.declarations.contents import after, situation_of, values_of
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.service import EmployerCancelled, EmployerInactive
from services.declaration.declarations.workflow import edit_refusal
from services.declaration.form.choices import DeclarationKind
from services.declaration.form.filled import Filled, filled
from services.declaration.groups import sheet_columns as c
from services.declaration.groups.filling_service import OWN_BUSINESS
from services.declaration.groups.models import GroupMember
from services.declaration.groups.sheet_rows import Cell, Key, UnitRow
from services.declaration.groups.sheet_schemas import RowOutcome
from shared.reference.pinyin import folded

NOT_A_MEMBER = "不是本集团的成员，或信用代码有误；请核对，或先邀请其加入"


@dataclass(frozen=True)
class Known:
    """What stands of a group: members by code and number, their declarations by employer, codes of industries that nobody knows."""

    members: Mapping[Key, GroupMember]
    open_ones: Mapping[UUID, Declaration]
    last: Mapping[UUID, Declaration]
    unknown_industries: frozenset[str] = frozenset()


@dataclass
class Judged:
    """One branch of the sheet; ``given`` is what its declaration would be sent."""

    unit: UnitRow
    member: GroupMember | None
    outcome: RowOutcome
    problems: int = 0
    standing: Declaration | None = None
    given: dict[str, Any] = field(default_factory=dict)


def stamp_of(standing: Declaration | None, last: Declaration | None) -> str:
    """What a template remembers of the record that it was filled from; another one, or another version of it, has another."""
    if standing is not None:
        return f"{standing.id.hex[-12:]}-{standing.version}"
    return last.id.hex[-12:] if last is not None else "新"


def judge(unit: UnitRow, known: Known, now: datetime) -> Judged:
    """The row, with every bad cell noted on it."""
    member = known.members.get(unit.key)
    if member is None:
        unit.wrong(Cell(c.MAIN.title, unit.row.number, c.CODE), NOT_A_MEMBER, "not_a_member")
        return Judged(unit, None, RowOutcome.WRONG)
    standing, last = known.open_ones.get(member.employer_id), known.last.get(member.employer_id)
    _refused(unit, member, standing, last)
    given = _own_business(unit, standing or last)
    given.setdefault("kind", _kind_of(standing, last))
    base = values_of(standing) if standing else _begun_from(last)
    problems, typed = _check(unit, given, base, standing, last, now)
    if unit.row.values["industry"].split()[:1] and given.get("industry") in known.unknown_industries:
        words = f"没有代码为“{given['industry']}”的行业分类，请从列表中选择"
        unit.wrong(unit.place("industry"), words, "industry_unknown")
    outcome = _outcome(unit, standing, last, base, typed)
    return Judged(unit, member, outcome, problems, standing, given)


def _refused(unit: UnitRow, member: GroupMember, standing: Declaration | None, last: Declaration | None) -> None:
    employer, written = member.employer, unit.row.values[c.NAME]
    if written and folded(written) != folded(employer.name):
        words = f"该信用代码的单位是“{employer.name}”，请核对信用代码与单位名称"
        unit.wrong(Cell(c.MAIN.title, unit.row.number, c.NAME), words, "name_differs")
    if not employer.active:
        unit.wrong(unit.at, EmployerInactive.detail, EmployerInactive.code)
    elif standing is not None and (refusal := edit_refusal(standing)):
        unit.wrong(unit.at, refusal.reason, refusal.code)
    elif standing is None and last is not None and last.kind is DeclarationKind.CANCELLATION:
        unit.wrong(unit.at, EmployerCancelled.detail, EmployerCancelled.code)


def _own_business(unit: UnitRow, base: Declaration | None) -> dict[str, Any]:
    """What is sent, without the products of a secret unit, which stay as they are."""
    given = dict(unit.given)
    if base is None or not base.confidential:
        return given
    if given.pop("products", None):
        unit.wrong(unit.place("products"), OWN_BUSINESS, "confidential_unit")
    if "confidential" in given and given["confidential"] is not True:
        unit.wrong(unit.place("confidential"), OWN_BUSINESS, "confidential_unit")
    return given


def _kind_of(standing: Declaration | None, last: Declaration | None) -> str:
    if standing is not None:
        return standing.kind.value
    return DeclarationKind.INITIAL.value if last is None else DeclarationKind.CHANGE.value


def _begun_from(last: Declaration | None) -> dict[str, Any]:
    """What a new record begins with."""
    return {name: value for name, value in values_of(last).items() if name not in OWN} if last else {}


def _check(
    unit: UnitRow,
    given: Mapping[str, Any],
    base: Mapping[str, Any],
    standing: Declaration | None,
    last: Declaration | None,
    now: datetime,
) -> tuple[int, dict[str, Any]]:
    """(how many places keep it from being submitted, what of it could be read)."""
    typed, errors = read_typed(given)
    for each in errors:
        unit.wrong(unit.place(each.field), each.message, each.code)
    situation = situation_of(standing, now) if standing else after(last.declared_on if last else None, now)
    values = {**base, **typed}
    checked = check_of(values, errors, situation, standing.catalogue if standing else "")
    for problem in checked.problems:
        unit.wrong(unit.place(problem.field), problem.message, problem.code, blocks=False)
    return len(checked.problems), typed


def _outcome(
    unit: UnitRow,
    standing: Declaration | None,
    last: Declaration | None,
    base: Mapping[str, Any],
    typed: Mapping[str, Any],
) -> RowOutcome:
    if any(each.blocks for each in unit.bad):
        return RowOutcome.WRONG
    if standing is not None and _comparable({**base, **typed}) == _comparable(base):
        return RowOutcome.SAME
    return RowOutcome.READY if unit.row.values[c.STAMP] == stamp_of(standing, last) else RowOutcome.CONFLICT


def _comparable(values: Mapping[str, Any]) -> Filled:
    """Which class comes first, and which row of a table with fixed rows, is nothing that a sheet says."""
    form = filled({**values, "kind": values.get("kind") or DeclarationKind.INITIAL})
    hazards = (
        replace(each, factors=tuple(sorted(each.factors, key=lambda factor: (factor.factor_code, factor.own_name))))
        for each in form.hazards
    )
    return replace(
        form,
        confidential=bool(form.confidential),
        sites=tuple({name: value for name, value in each.items() if value} for each in form.sites),
        hazards=tuple(sorted(hazards, key=lambda each: each.class_code.value)),
        tests=tuple(sorted(form.tests, key=lambda each: each.item)),
        exams=tuple(sorted(form.exams, key=lambda each: each.item)),
    )
