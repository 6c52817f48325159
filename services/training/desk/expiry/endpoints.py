"""证书到期 over HTTP (BEY-06): a unit reads its own, offices read their region."""

from typing import Annotated

from fastapi import Query

from services.training.desk.expiry import registering, service
from services.training.desk.expiry.repository import ExpiryFilter
from services.training.desk.expiry.schemas import (
    ExpiringQualificationRead,
    ExpiryGroupCount,
    RenewedTogether,
    RenewTogether,
)
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
Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]


@router.get("", summary="将到期和已过期的证书、资质")
async def list_expiring_qualifications(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[ExpiryFilter, Query()]
) -> Page[ExpiringQualificationRead]:
    return await service.expiring_page(session, actor=actor, page=page, wanted=wanted)


@router.get("/groups", summary="将到期和已过期的证书：各组的数量")
async def count_expiring_qualifications(
    session: Session, actor: Reader, wanted: Annotated[ExpiryFilter, Query()]
) -> list[ExpiryGroupCount]:
    return await service.expiry_groups(session, actor=actor, wanted=wanted)


@router.post("/registrations", summary="多人一起报名复训，逐人返回结果")
async def renew_together(body: RenewTogether, session: Session, actor: Unit) -> RenewedTogether:
    return await registering.renew_together(session, actor=actor, body=body)
