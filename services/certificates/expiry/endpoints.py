"""The HTTP face of expiry (BEY-06)."""

from typing import Annotated

from services.certificates.expiry import service
from services.certificates.expiry.schemas import ExpiryRead
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

router = api_router(Service.CERTIFICATES, "expiry", "证书到期情况")
Official = Annotated[Actor, caller(Permission.CERTIFICATE_MANAGEMENT, Permission.TRAINING_OVERSIGHT)]


@router.get("", summary="各地区证书到期情况")
async def read_certificate_expiry(session: Session, actor: Official) -> ExpiryRead:
    return await service.expiry(session, actor=actor)
