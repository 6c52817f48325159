"""Routes of 更正姓名、身份证号 (STAFF-15)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.desk.identities import repository, service
from services.training.desk.identities.schemas import (
    IdentityCorrectionCreate,
    IdentityCorrectionListItem,
    IdentityCorrectionRead,
)
from services.training.desk.identities.workflow import IDENTITY, PROVINCE, UNIT, IdentityStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, tagged
from shared.web.route import Session

Asker = Annotated[Actor, caller(*sorted(UNIT | PROVINCE))]

router = api_router(Service.TRAINING, "identity-corrections", "更正姓名、身份证号")
add_action_routes(router, IDENTITY, service.act_on_correction, IdentityCorrectionRead)


@router.get("", summary="更正申请列表")
async def list_identity_corrections(
    session: Session,
    actor: Asker,
    page: PageOf,
    status: Annotated[list[IdentityStatus] | None, Query(max_length=20, description="可多选")] = None,
) -> Page[IdentityCorrectionListItem]:
    return service.list_corrections(actor, await repository.list_corrections(session, actor, status or (), page))


@router.post("", status_code=201, summary="申请更正（单位）或更正（省疾控）")
async def open_identity_correction(
    body: IdentityCorrectionCreate, session: Session, response: Response, actor: Asker
) -> IdentityCorrectionRead:
    made = await service.open_correction(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/identity-corrections/{made.id}")


@router.get("/{correction_id}", summary="更正申请")
async def get_identity_correction(
    correction_id: UUID, session: Session, response: Response, actor: Asker
) -> IdentityCorrectionRead:
    return tagged(response, await service.read_correction(session, actor=actor, correction_id=correction_id))


@router.get("/{correction_id}/history", summary="更正申请办理记录")
async def get_identity_correction_history(correction_id: UUID, session: Session, actor: Asker) -> list[HistoryEntry]:
    return await service.correction_history(session, actor=actor, correction_id=correction_id)
