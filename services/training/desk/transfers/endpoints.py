"""Routes of 人员调动, and of a person's training record over all units (BEY-14)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.desk.transfers import record, repository, service, units
from services.training.desk.transfers.schemas import PersonRecord, ReceivingUnit, TransferCreate, TransferRead
from services.training.desk.transfers.workflow import TRANSFER
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.histories import HistoryEntry
from shared.web.lists import PageOf, tagged
from shared.web.route import Session

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]

router = api_router(Service.TRAINING, "transfers", "人员调动")
records = api_router(Service.TRAINING, "personnel", "人员信息")
add_action_routes(router, TRANSFER, service.act_on_transfer, TransferRead)


@router.get("", summary="人员调动列表")
async def list_transfers(
    session: Session, actor: Unit, page: PageOf, wanted: Annotated[repository.TransferFilter, Query()]
) -> Page[TransferRead]:
    rows = await repository.list_transfers(session, actor, wanted, page)
    return await service.list_transfers(session, actor, rows)


@router.post("", status_code=201, summary="发起人员调动")
async def propose_transfer(body: TransferCreate, session: Session, response: Response, actor: Unit) -> TransferRead:
    made = await service.propose_transfer(session, actor=actor, body=body)
    return tagged(response, made, at=f"/api/training/transfers/{made.id}")


@router.get("/units", summary="查找可以调入的单位")
async def find_receiving_units(
    session: Session,
    actor: Unit,
    name: Annotated[str, Query(min_length=2, max_length=100, description="单位名称的任意部分、首字母，或完整的代码")],
) -> list[ReceivingUnit]:
    return await units.find_units(session, actor=actor, wanted=name)


@router.get("/{transfer_id}", summary="人员调动")
async def get_transfer(transfer_id: UUID, session: Session, response: Response, actor: Unit) -> TransferRead:
    return tagged(response, await service.read_transfer(session, actor=actor, transfer_id=transfer_id))


@router.get("/{transfer_id}/history", summary="人员调动办理记录")
async def get_transfer_history(transfer_id: UUID, session: Session, actor: Unit) -> list[HistoryEntry]:
    return await service.transfer_history(session, actor=actor, transfer_id=transfer_id)


@records.get("/{staff_id}/record", summary="个人培训记录（含其他单位）")
async def get_training_record(staff_id: UUID, session: Session, actor: Unit) -> PersonRecord:
    return await record.read_record(session, actor=actor, staff_id=staff_id)
