"""证书到期 over HTTP (BEY-06): a unit reads its own, offices read their region."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.training.desk.expiry import service
from services.training.desk.expiry.repository import ExpiryFilter
from services.training.desk.expiry.schemas import ExpiringQualificationRead
from services.training.desk.expiry.workflow import ExpiryStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import PageOf
from shared.web.route import Session

router = api_router(Service.TRAINING, "expiring-qualifications", "证书到期")
Reader = Annotated[
    Actor, caller(Permission.INSTITUTION_FILING, Permission.GROUP_REGISTRATION, Permission.TRAINING_OVERSIGHT)
]


@router.get("", summary="将到期和已过期的证书、资质")
async def list_expiring_qualifications(
    session: Session,
    actor: Reader,
    page: PageOf,
    days: Annotated[int, Query(ge=1, le=365, description="多少天内到期；已过期的显示一年")] = 90,
    category: Annotated[
        list[Annotated[str, Query(max_length=60)]] | None, Query(max_length=20, description="资质类别，可多选")
    ] = None,
    name: Annotated[str, Query(max_length=50, description="姓名的任意部分或拼音首字母")] = "",
    unit_id: Annotated[UUID | None, Query(description="单位")] = None,
    status: Annotated[list[ExpiryStatus] | None, Query(description="到期状态，可多选")] = None,
) -> Page[ExpiringQualificationRead]:
    wanted = ExpiryFilter(days, category or (), name, unit_id, status or ())
    return await service.expiring_page(session, actor=actor, page=page, wanted=wanted)
