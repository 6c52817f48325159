"""证书到期 over HTTP (BEY-06): a unit reads its own, offices read their region."""

from typing import Annotated

from fastapi import Query

from services.training.desk.expiry import service
from services.training.desk.expiry.repository import ExpiryFilter
from services.training.desk.expiry.schemas import ExpiringQualificationRead
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
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[ExpiryFilter, Query()]
) -> Page[ExpiringQualificationRead]:
    return await service.expiring_page(session, actor=actor, page=page, wanted=wanted)
