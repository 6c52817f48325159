"""The officers of one's own office, to be chosen by name where one of them has to be named (DECL-07: who may see confidential products)."""

from typing import Annotated

from fastapi import Query

from services.auth.access.colleagues.repository import list_colleagues
from services.auth.access.colleagues.schemas import ColleagueRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission, permissions_of
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.AUTH, "me", "个人设置")
_DECLARATIONS = frozenset({Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT})
Officer = Annotated[Actor, caller(*_DECLARATIONS)]


@router.get("/colleagues", summary="本单位查看申报的人员，按姓名或账号查找")
async def find_colleagues(
    session: Session,
    actor: Officer,
    q: Annotated[str, Query(max_length=50, description="姓名的任一部分、拼音首字母，或账号")] = "",
) -> list[ColleagueRead]:
    found = await list_colleagues(session, actor, q)
    return [ColleagueRead.of(each) for each in found if permissions_of(each.granted, actor.level) & _DECLARATIONS]
