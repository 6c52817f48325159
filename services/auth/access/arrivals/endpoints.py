"""Auth's own messages over HTTP, a part of 发送记录 and open to the same (STAFF-06, BEY-12): who keeps accounts sees those of the region,
the administration all, anybody else none.
"""

from typing import Annotated

from fastapi import Query

from services.auth.access.arrivals import service
from services.auth.access.arrivals.filters import TextFilter
from services.auth.access.arrivals.schemas import TextFigures, TextListItem
from shared.addresses import BY_NAME
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import MAY_BE_LATE, Session

router = api_router(Service.AUTH, "texts", "发送记录")
Overseer = Annotated[Actor, caller(*sorted(BY_NAME["deliveries"].by))]


@router.get("", summary="验证码等短信是否送达", dependencies=[MAY_BE_LATE])
async def list_texts(
    session: Session, actor: Overseer, page: PageOf, wanted: Annotated[TextFilter, Query()]
) -> Page[TextListItem]:
    return await service.list_texts(session, actor=actor, wanted=wanted, page=page)


@router.get("/figures", summary="近 24 小时各短信服务商的送达情况", dependencies=[MAY_BE_LATE])
async def read_text_figures(session: Session, actor: Overseer) -> TextFigures:
    return await service.read_figures(session, actor=actor)
