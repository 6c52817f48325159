"""资质申报 over HTTP (ORG-01…06, ORG-14)."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Path, Response

from services.training.people.filings import repository, service
from services.training.people.filings.form import form_definition
from services.training.people.filings.schemas import FilingCreate, FilingListItem, FilingRead, FilingUpdate
from services.training.people.filings.workflow import FILING
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.attached import AttachmentsUpdate
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.histories import HistoryEntry
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


@router.get("/form-definition", summary="资质申报的栏目、选项与规则")
async def read_filing_form(_actor: Unit) -> RecordFormRead:
    return form_definition()


@router.post("/check", summary="资质申报边填边查，不保存")
async def check_filing(given: Annotated[dict[str, object], Body(max_length=100)], _actor: Unit) -> RecordFormCheckRead:
    return service.check_form(given)


@router.get("/{filing_id}", summary="资质申报")
async def get_filing(filing_id: UUID, session: Session, response: Response, actor: Reader) -> FilingRead:
    filing = await repository.require_filing(session, actor, filing_id)
    tag(response, filing.version)
    return await service.read_filing(session, filing, actor)


@router.patch("/{filing_id}", summary="保存资质申报")
async def save_filing(
    filing_id: UUID, body: FilingUpdate, session: Session, response: Response, actor: Unit, expected: ExpectedVersion
) -> FilingRead:
    filing = await service.save_filing(session, actor=actor, filing_id=filing_id, expected=expected, body=body)
    return tagged(response, filing)


@router.put("/{filing_id}/attachments/{kind}", summary="某一类资质附件")
async def keep_filing_attachments(
    filing_id: UUID,
    kind: Annotated[str, Path(max_length=40, description="附件类别，取自资质申报的 attachments")],
    body: AttachmentsUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
) -> FilingRead:
    filing = await service.keep_attachments(
        session, actor=actor, filing_id=filing_id, kind=kind, expected=expected, ids=body.attachment_ids
    )
    return tagged(response, filing)


@router.get("/{filing_id}/history", summary="资质申报的修改记录")
async def list_filing_changes(filing_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await service.history_of_filing(session, actor=actor, filing_id=filing_id)
