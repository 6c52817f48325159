"""Where a region may stand in the tree: the codes themselves say what lies in what, and every scope of an official is read from them
(PLAT-06). Pure functions of codes and days.
"""

from datetime import date

from services.auth.directory.regions.models import Region
from shared.errors import FieldError
from shared.reference.regions import CITY, PROVINCE, ZONE

# By the level of the parent: what a region below it is called.
KINDS = {PROVINCE: "地级市", CITY: ZONE}


def place_problem(code: str, parent: Region | None, valid_from: date, valid_until: date | None) -> FieldError | None:
    """Why a region with this code cannot stand below this parent from that day on; None when it can."""
    if parent is None:
        return FieldError("parent", "parent_unknown", "没有这个上级行政区划，请核对上级代码")
    if parent.level not in KINDS:
        return FieldError("parent", "parent_too_low", f"{parent.name}是区县级，下面不能再增设行政区划")
    if not _lies_in(code, parent):
        shape = (
            f"{parent.code[:2]} 开头、00 结尾" if parent.level == PROVINCE else f"{parent.code[:4]} 开头、不以 00 结尾"
        )
        return FieldError("code", "code_outside_parent", f"{parent.name}下的代码应为 {shape}的六位数字")
    if parent.valid_from > valid_from or (parent.valid_until is not None and parent.valid_until < valid_from):
        return FieldError("valid_from", "parent_not_valid", f"上级{parent.name}在该日期不是有效的行政区划")
    return end_problem(valid_from, valid_until)


def end_problem(valid_from: date, valid_until: date | None) -> FieldError | None:
    """Why a region cannot end on that day; None when it can."""
    if valid_until is not None and valid_until < valid_from:
        return FieldError("valid_until", "before_start", f"停用日期不能早于启用日期 {valid_from:%Y-%m-%d}")
    return None


def _lies_in(code: str, parent: Region) -> bool:
    if parent.level == PROVINCE:
        return code.startswith(parent.code[:2]) and code.endswith("00") and code != parent.code
    return code.startswith(parent.code[:4]) and not code.endswith("00")
