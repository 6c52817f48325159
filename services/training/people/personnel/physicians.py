"""What a file must hold when its 人员属性 make the person a physician (X5, TRN-21, TRN-22, TRN-24). Pure functions; ``schemas`` and
``service`` apply them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.training.people.personnel.form import FIELDS, LABELS, Need
from shared.errors import FieldError

ATTRIBUTES = ("检查医生", "职业病诊断医师", "鉴定专家")
REQUIRED = tuple(field.name for field in FIELDS if field.need is Need.OF_PHYSICIANS)
CODE = "required_for_physician"
WHEN = f"人员属性含{'、'.join(ATTRIBUTES)}"


def are_physicians(attributes: Sequence[str]) -> bool:
    """Whether these 人员属性 name a physician (X5)."""
    return any(each in ATTRIBUTES for each in attributes)


def asked_for(attributes: Sequence[str]) -> list[str]:
    """The fields that a file with these 人员属性 must have, in the order of the form."""
    needs = {Need.STARRED, Need.OF_PHYSICIANS} if are_physicians(attributes) else {Need.STARRED}
    return [field.name for field in FIELDS if field.need in needs]


def advice(attributes: Sequence[str], practice_number: str | None) -> list[FieldError]:
    """X24: what a physician may lack, and is better looked at."""
    if practice_number or not are_physicians(attributes):
        return []
    message = f"未填写{LABELS['practice_number']}，请核对后补充；不影响保存"
    return [FieldError("practice_number", "practice_number_missing", message)]


def told(field: str) -> str:
    """Why the field is asked for."""
    return f"{WHEN}之一时，{LABELS[field]}必填"


def missing(values: Mapping[str, Any]) -> list[FieldError]:
    """One error per field that a physician's file lacks; ``values`` are those of the whole file, ``attributes`` among them."""
    if not are_physicians(values["attributes"]):
        return []
    return [FieldError(field, CODE, told(field)) for field in REQUIRED if not values[field]]
