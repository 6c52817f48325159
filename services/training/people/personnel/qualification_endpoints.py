"""添加资质 over HTTP (TRN-25…27): rows of a personal file. The ETag of every answer is the file's."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.training.people.personnel import qualifications
from services.training.people.personnel.qualification_schemas import (
    QualificationCreate,
    QualificationRead,
    QualificationUpdate,
)
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, tag
from shared.web.route import Session

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]

router = api_router(Service.TRAINING, "personnel/{staff_id}/qualifications", "人员信息")


@router.post("", status_code=201, summary="添加资质")
async def add_qualification(
    staff_id: UUID, body: QualificationCreate, session: Session, response: Response, actor: Unit
) -> QualificationRead:
    added, version = await qualifications.add_qualification(session, actor=actor, staff_id=staff_id, body=body)
    response.headers["Location"] = f"/api/training/personnel/{staff_id}/qualifications/{added.id}"
    tag(response, version)
    return added


@router.patch("/{qualification_id}", summary="修改资质")
async def change_qualification(
    staff_id: UUID,
    qualification_id: UUID,
    body: QualificationUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
) -> QualificationRead:
    changed, version = await qualifications.change_qualification(
        session, actor=actor, staff_id=staff_id, qualification_id=qualification_id, expected=expected, body=body
    )
    tag(response, version)
    return changed


@router.delete("/{qualification_id}", status_code=204, summary="删除资质")
async def remove_qualification(
    staff_id: UUID, qualification_id: UUID, session: Session, response: Response, actor: Unit
) -> None:
    version = await qualifications.remove_qualification(
        session, actor=actor, staff_id=staff_id, qualification_id=qualification_id
    )
    tag(response, version)
