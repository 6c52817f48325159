"""Files that records of training refer to, over HTTP: put up unclaimed, fetched by who may see the record (PLAT-07). The rows and the
checks are the kit's.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.training.desk.attachments.repository import require_attachment
from services.training.plans.workflow import PLAN
from shared.app import api_router
from shared.attachments import store
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.uploads import CheckedFile
from shared.web.answers import Read
from shared.web.callers import caller
from shared.web.downloads import shown_attachment
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import scan, uploaded

_P = Permission
# Who decides on names and ids brings evidence too (STAFF-15).
_DECIDES = (_P.PROVINCE_REVIEW, _P.CERTIFICATE_MANAGEMENT)
Sender = Annotated[Actor, caller(_P.GROUP_REGISTRATION, _P.INSTITUTION_FILING, _P.PLAN_MANAGEMENT, *_DECIDES)]
Reader = Annotated[
    Actor,
    caller(_P.GROUP_REGISTRATION, _P.INSTITUTION_FILING, _P.PLAN_MANAGEMENT, *_DECIDES, _P.TRAINING_OVERSIGHT),
]
Scan = Annotated[CheckedFile, uploaded(scan)]

router = api_router(Service.TRAINING, "attachments", "附件")


class UploadRead(Read):
    """``size`` in bytes, as stored: a picture is encoded anew."""

    id: UUID
    name: str
    content_type: str
    size: int


@router.post("", status_code=201, summary="上传附件")
async def upload_training_attachment(
    session: Session, runtime: RuntimeOf, response: Response, actor: Sender, file: Scan
) -> UploadRead:
    row = await store(session, runtime.storage, runtime.service, file, actor)
    response.headers["Location"] = f"/api/training/attachments/{row.id}"
    return UploadRead.of(row)


@router.get("/{attachment_id}", summary="附件内容", response_class=Response)
async def read_training_attachment(
    attachment_id: UUID, session: Session, runtime: RuntimeOf, actor: Reader
) -> Response:
    row = await require_attachment(session, actor, attachment_id)
    return await shown_attachment(session, runtime.storage, row, actor, personal=row.record_type != PLAN.name)
