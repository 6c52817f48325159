"""What becomes of a row, by what the directory, the rest of the file and earlier imports say of its unit (DECL-09). A unit is matched by
credit code and name together; a code that matches with another name is refused with both names, because one of them is wrong and nobody
but people can say which. Pure functions of facts that are read a batch at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from unicodedata import normalize
from uuid import UUID

from services.declaration.legacy.models import LegacyRow
from services.declaration.legacy.reading import UNLESS_KNOWN
from services.declaration.legacy.workflow import LegacyOutcome
from shared.reference.pinyin import folded


class KnownUnit(NamedTuple):
    """An employer of the directory. ``declared`` when it has any declaration here."""

    employer_id: UUID
    name: str
    region_code: str
    active: bool
    declared: bool


class Twin(NamedTuple):
    """Another row of the same file with the same code."""

    line: int
    name: str


class Earlier(NamedTuple):
    """A row of another import that came over, or waits."""

    row_id: UUID
    name: str
    outcome: LegacyOutcome
    cells: dict[str, str]
    phone: str | None


@dataclass(frozen=True)
class Facts:
    """By credit code."""

    units: Mapping[str, Sequence[KnownUnit]] = field(default_factory=dict)
    twins: Mapping[str, Sequence[Twin]] = field(default_factory=dict)
    earlier: Mapping[str, Sequence[Earlier]] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """``replaces`` are waiting rows of earlier imports in whose place this one waits or comes over."""

    outcome: LegacyOutcome
    words: str = ""
    problem: tuple[str, str, str] | None = None
    unit: KnownUnit | None = None
    replaces: tuple[UUID, ...] = ()


_O: Final = LegacyOutcome
INACTIVE: Final = "单位账号已停用，不能导入；请联系单位所在区县卫生健康部门"
DECLARED: Final = "该单位已在本系统申报（或有未提交的草稿），原系统的数据不再导入"


def same_name(one: str, other: str) -> bool:
    """Brackets, width, case and blanks do not count."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(folded(normalize("NFKC", name)).split())


def judge(row: LegacyRow, facts: Facts) -> Judged:
    """What becomes of this row. A refusal that is not the row's own comes as ``problem`` (key, code, why)."""
    units = facts.units.get(row.credit_code, ())
    unit = next((each for each in units if same_name(each.name, row.name)), None)
    if any(each["refuses"] and not (unit and each["code"] in UNLESS_KNOWN) for each in row.problems):
        return Judged(_O.REFUSED)
    refused = _in_the_file(row, facts, unit) or _by_name(row, units, unit)
    if refused is not None:
        return Judged(_O.REFUSED, problem=refused)
    earlier = [each for each in facts.earlier.get(row.credit_code, ()) if same_name(each.name, row.name)]
    waiting = tuple(each.row_id for each in earlier if each.outcome is _O.WAITING)
    if unit is not None:
        return _known(row, unit, earlier, waiting)
    if any(each.outcome is _O.WAITING and _same_content(row, each) for each in earlier):
        return Judged(_O.SAME, "此前的导入中已有该单位，内容相同，正等待其注册")
    return Judged(_O.WILL_WAIT, "单位还没有注册；注册时匹配原账号后，其基础信息自动导入", replaces=waiting)


def _known(row: LegacyRow, unit: KnownUnit, earlier: Sequence[Earlier], waiting: tuple[UUID, ...]) -> Judged:
    if any(each.outcome is not _O.WAITING for each in earlier):
        return Judged(_O.SAME, "此前已导入该单位的数据，本次不再改动", unit=unit)
    if unit.declared:
        return Judged(_O.DECLARED, DECLARED, unit=unit)
    if not unit.active:
        return Judged(_O.REFUSED, problem=("credit_code", "employer_inactive", INACTIVE), unit=unit)
    place = "" if row.region_code in {"", unit.region_code} else "；所属地区以单位在本系统登记的为准"
    return Judged(_O.READY, f"按信用代码和名称与已注册单位一致{place}", unit=unit, replaces=waiting)


def _in_the_file(row: LegacyRow, facts: Facts, unit: KnownUnit | None) -> tuple[str, str, str] | None:
    twins = [each for each in facts.twins.get(row.credit_code, ()) if each.line != row.line]
    same = next((each for each in twins if same_name(each.name, row.name)), None)
    if same is not None and same.line < row.line:
        return "credit_code", "row_repeated", f"与第 {same.line} 行是同一单位，请删除其中一行"
    other = next((each for each in twins if not same_name(each.name, row.name)), None)
    if other is not None and unit is None:
        return (
            "credit_code",
            "code_of_two_units",
            f"第 {other.line} 行“{other.name}”使用同一信用代码，与本行“{row.name}”不是同一单位；请核对后改正，"
            "没有独立代码的分支机构请先在本系统注册",
        )
    return None


def _by_name(row: LegacyRow, units: Sequence[KnownUnit], unit: KnownUnit | None) -> tuple[str, str, str] | None:
    if unit is not None or not units:
        return None
    names = "、".join(f"“{each.name}”" for each in units[:3])
    return (
        "name",
        "name_differs",
        f"该信用代码在本系统登记的单位是{names}，文件中是“{row.name}”，名称不一致；请核对后改正文件，"
        "或请单位在“注册信息”中更新名称",
    )


def _same_content(row: LegacyRow, other: Earlier) -> bool:
    return _content(row.cells, row.phone) == _content(other.cells, other.phone)


def _content(cells: Mapping[str, Any], phone: str | None) -> tuple[object, ...]:
    return tuple(sorted(cells.items())), phone or ""
