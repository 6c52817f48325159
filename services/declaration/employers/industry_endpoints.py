"""行业分类 (GB/T 4754) for the drop-downs of the forms, level by level from the shipped table (ORG-13, FAQ-D13). A code that nobody knows
is refused rather than answered with a blank list.
"""

from typing import Annotated

from fastapi import Query

from services.declaration.employers.schemas import IndustryRead
from shared.app import api_router
from shared.errors import NotFound
from shared.identity import Actor
from shared.reference.tables import Row, row, table
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller

router = api_router(Service.DECLARATION, "industries", "行业分类")
Reader = Annotated[
    Actor,
    caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT),
]


class IndustryUnknown(NotFound):
    code = "industry_unknown"


def industries_below(parent: str) -> list[IndustryRead]:
    """The next level, in the order of the standard; the 门类 for "". Raises IndustryUnknown."""
    if parent and row("industries", parent) is None:
        raise IndustryUnknown(f"没有代码为 {parent} 的行业分类，请重新选择")
    parents = {entry.parent for entry in table("industries")}
    return [_read(entry, entry.code in parents) for entry in table("industries") if entry.parent == parent]


def _read(entry: Row, has_children: bool) -> IndustryRead:
    return IndustryRead(
        code=entry.code, name=entry.name, pinyin=entry.pinyin, parent=entry.parent, has_children=has_children
    )


@router.get("", summary="行业分类的下一级")
async def list_industries(
    _actor: Reader, parent: Annotated[str, Query(max_length=10, description="上级代码，留空为门类")] = ""
) -> list[IndustryRead]:
    return industries_below(parent)
