"""What can be chosen in a personal file: codes of the shipped tables, 人员属性, departments and kinds of uploads, and how what people
write is told apart from what they may write. Statuses are not here.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

from pydantic_core import PydanticCustomError

from shared.reference import tables
from shared.workflow.definition import Labelled

EDUCATION = "education_levels"
TITLE = "professional_titles"
TITLE_LEVEL = "professional_title_levels"
DEGREE = "degrees"
ETHNIC_GROUP = "ethnic_groups"
PHYSICIAN_CATEGORY = "physician_qualification_classes"
PHYSICIAN_LEVEL = "physician_qualification_levels"
PRACTICE_CATEGORY = "physician_practice_classes"
DEPARTMENT = "departments"
DUTY = "duties"
ATTRIBUTES = tables.enum_values("人员属性")
SEED_CATEGORIES = tables.enum_values("资质类别(样例)")
SEXES = ("男", "女")

OTHER = "其他"
_EXPERT, _PHYSICIAN = "鉴定专家", "职业病诊断医师"
# Which 人员属性 is chosen together with which (X2).
UNDER = {_EXPERT: _PHYSICIAN}
_MAX_OTHER = 50
_SHOWN = 12


class AttachmentKind(Labelled):
    """The uploads of the form, none of them required (TRN-16); the 证件照 is ours, for the certificate (CERT-06)."""

    PHOTO = "photo", "证件照"
    ID_CARD = "id_card", "身份证复印件"
    TITLE = "title", "职称证书"
    DIPLOMA = "diploma", "毕业证书"
    PHYSICIAN = "physician", "医师资格证书"
    PRACTICE = "practice", "医师执业证书"
    SENIORITY = "seniority", "中级以上任职资格证书"
    APPOINTMENT = "appointment", "任职聘任书"
    EMPLOYMENT = "employment", "劳动关系证明"
    RADIATION_TRAINING = "radiation_training", "放射培训合格证书"
    RADIATION_ASSESSMENT = "radiation_assessment", "放射卫生检测与评价技术考核合格证书"


# The categories of qualification whose 资质范围 is asked for (TRN-27); others may have one, where their plan type has a list.
SCOPED_CATEGORIES = ("职业病诊断医师", "职业病鉴定专家", "放射专业技术人员")


def names(table: str) -> tuple[str, ...]:
    """Every label of a table, in its own order."""
    return tuple(row.name for row in tables.table(table))


@cache
def _codes(table: str) -> dict[str, str]:
    return {_plain(row.name): row.code for row in tables.table(table)}


def code_of_label(table: str, label: str) -> str | None:
    """The code behind a label as people write it (half- or full-width, with blanks); None when the table has no such label."""
    return _codes(table).get(_plain(label))


def check_code(table: str, code: str) -> str:
    """The code itself; raises PydanticCustomError when the table does not have it."""
    if tables.row(table, code) is None:
        raise PydanticCustomError("code_unknown", "不在可选范围内，请从列表中选择")
    return code


@cache
def _headings(table: str) -> frozenset[str]:
    parents = {row.parent for row in tables.table(table)}
    return frozenset(row.name for row in tables.table(table) if row.code in parents)


def is_heading(table: str, name: str) -> bool:
    """Whether the name only stands above others in its table."""
    return name in _headings(table)


def headings(table: str) -> tuple[str, ...]:
    """The names of a table that only stand above others, in its own order."""
    return tuple(row.name for row in tables.table(table) if row.name in _headings(table))


def check_department(name: str) -> str:
    """从事科室: one of the dictionary or one's own words (TRN-28), but not a heading. Raises PydanticCustomError."""
    if is_heading(DEPARTMENT, name):
        raise PydanticCustomError("department_is_group", "“{name}”是分组，请选择其中的科室或直接填写", {"name": name})
    return name


def some_of(choices: Sequence[str]) -> str:
    """The choices for a message, cut short when there are many."""
    return "、".join(choices[:_SHOWN]) + (f"等 {len(choices)} 项（见模板下拉列表）" if len(choices) > _SHOWN else "")


def check_attributes(written: Sequence[str]) -> list[str]:
    """人员属性 in the order of the form, each once (TRN-20, X2): ``其他：…`` carries its text, 鉴定专家 goes with 职业病诊断医师, and
    职业病诊断医师（鉴定专家） means both. Raises PydanticCustomError."""
    chosen: dict[str, None] = {}
    for each in written:
        chosen.update(dict.fromkeys(_attributes_in(each.strip())))
    if _EXPERT in chosen and _PHYSICIAN not in chosen:
        raise PydanticCustomError("expert_is_physician", "选择鉴定专家时须同时选择职业病诊断医师")
    if sum(each.startswith(OTHER) for each in chosen) > 1:
        raise PydanticCustomError("other_twice", "“其他”只能填写一项")
    return sorted(chosen, key=lambda each: ATTRIBUTES.index(OTHER if each.startswith(OTHER) else each))


def _attributes_in(written: str) -> list[str]:
    plain = _plain(written)
    known = {_plain(name): name for name in ATTRIBUTES if name != OTHER}
    if plain in known:
        return [known[plain]]
    if plain == f"{_PHYSICIAN}({_EXPERT})":
        return [_PHYSICIAN, _EXPERT]
    name, colon, said = written.replace(":", "：", 1).partition("：")
    if name.strip() != OTHER:
        raise PydanticCustomError(
            "attribute_unknown",
            "没有“{written}”，可选：{known}",
            {"written": written[:20], "known": "、".join(ATTRIBUTES)},
        )
    if not colon or not said.strip():
        raise PydanticCustomError("other_needs_text", "选择“其他”时须注明，写作“其他：…”")
    if len(said.strip()) > _MAX_OTHER:
        raise PydanticCustomError("text_too_long", "“其他”最多注明 {max} 个字", {"max": _MAX_OTHER})
    return [f"{OTHER}：{said.strip()}"]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
