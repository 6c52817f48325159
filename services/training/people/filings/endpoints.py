"""资质申报 over HTTP (ORG-01…06, ORG-14)."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.training.people.filings import repository, service
from services.training.people.filings.schemas import FilingCreate, FilingListItem, FilingRead, FilingSave
from services.training.people.filings.workflow import FILING
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, tag, tagged
from shared.web.route import Session

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]
Reader = Annotated[
    Actor, caller(Permission.INSTITUTION_FILING, Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)
]

router = api_router(Service.TRAINING, "filings", "资质申报")
add_action_routes(router, FILING, service.act_on_filing, FilingRead)


@router.get("", summary="本单位的资质申报（三类机构）")
async def list_filings(session: Session, actor: Unit) -> list[FilingListItem]:
    return await service.list_kinds(session, actor)


@router.post("", status_code=201, summary="首次保存资质申报")
async def create_filing(body: FilingCreate, session: Session, response: Response, actor: Unit) -> FilingRead:
    filing = await service.create_filing(session, actor=actor, body=body)
    return tagged(response, filing, at=f"/api/training/filings/{filing.id}")


@router.get("/{filing_id}", summary="资质申报")
async def get_filing(filing_id: UUID, session: Session, response: Response, actor: Reader) -> FilingRead:
    filing = await repository.require_filing(session, actor, filing_id)
    tag(response, filing.version)
    return await service.read_filing(session, filing, actor)


@router.patch("/{filing_id}", summary="保存资质申报")
async def save_filing(
    filing_id: UUID, body: FilingSave, session: Session, response: Response, actor: Unit, expected: ExpectedVersion
) -> FilingRead:
    filing = await service.save_filing(session, actor=actor, filing_id=filing_id, expected=expected, body=body)
    return tagged(response, filing)
