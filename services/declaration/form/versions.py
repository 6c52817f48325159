"""The versions of the form. A record keeps the one that it was filled with; a draft of an older one is brought over, and whoever fills it
in is told what has changed. Of a version that is gone only the names and labels of its fields are kept.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from services.declaration.form.table import LABELS, TITLES, VERSION, part_of

_FIRST: Final[Mapping[str, str]] = {
    "kind": "申报类型",
    "change_reason": "变更原因",
    "contact_name": "职业卫生管理联系人",
    "contact_phone": "手机号码",
    "staff_count": "本单位在册职工总数",
    "outsourced_count": "外委人员总数",
    "exposed_count": "接害总人数（含外委）",
    "disease_count": "职业病累计人数",
    "leader_trained": "主要负责人培训",
    "manager_trained": "职业卫生管理人员培训",
    "trained_count": "接触职业病危害因素年度培训总人数",
    "surveillance_done": "职业健康监护开展情况",
    "hazards": "危害因素种类",
}
VERSIONS: Final[Mapping[int, Mapping[str, str]]] = {1: _FIRST, VERSION: LABELS}
"""{version: {field: label}}, oldest first."""


class DeclarationFormChange(BaseModel):
    """One difference between two versions of the form: ``what`` is added, removed or renamed."""

    section: str
    field: str
    label: str
    what: str
    words: str


def changes_between(old: Mapping[str, str], new: Mapping[str, str]) -> list[DeclarationFormChange]:
    """In the order of the new form; what is gone comes last."""
    found = [_added(name, label) for name, label in new.items() if name not in old]
    found += [
        _change(name, label, "renamed", f"“{old[name]}”改称“{label}”")
        for name, label in new.items()
        if name in old and old[name] != label
    ]
    return found + [
        _change(name, label, "removed", f"不再填写“{label}”") for name, label in old.items() if name not in new
    ]


def changes_since(version: int) -> list[DeclarationFormChange]:
    """What the form of today asks otherwise than that version; empty for today's own."""
    return changes_between(VERSIONS.get(version, _FIRST), LABELS) if version != VERSION else []


def _added(name: str, label: str) -> DeclarationFormChange:
    return _change(name, label, "added", f"新增“{label}”（{TITLES[part_of(name)]}）")


def _change(name: str, label: str, what: str, words: str) -> DeclarationFormChange:
    return DeclarationFormChange(section=part_of(name), field=name, label=label, what=what, words=words)
