"""行业分类 for the forms of employers and of those who look at declarations."""

from typing import Annotated

from fastapi import Query

from services.declaration.industries import service
from services.declaration.industries.schemas import IndustryRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.DECLARATION, "industries", "行业分类")
Reader = Annotated[
    Actor,
    caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT),
]


@router.get("", summary="行业分类的下一级")
async def list_industries(
    session: Session,
    _actor: Reader,
    parent: Annotated[str, Query(max_length=10, description="上级代码，留空为门类")] = "",
) -> list[IndustryRead]:
    return await service.industries_below(session, parent)
