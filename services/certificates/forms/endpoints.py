"""The route by which another service gets the PDF of a form that it prepared; who may have it is decided there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse

from services.certificates.forms import service
from shared.services import Service
from shared.web.callers import internal_only
from shared.web.downloads import stored_file
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

router = APIRouter(
    prefix=f"/internal/{Service.CERTIFICATES}/forms",
    include_in_schema=False,
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(internal_only)],
)


@router.get("/{kind}/{source_id}/{revision}", response_class=StreamingResponse)
async def download_form(
    kind: str,
    source_id: UUID,
    revision: Annotated[service.Revision, Path()],
    session: Session,
    runtime: RuntimeOf,
) -> StreamingResponse:
    key = await service.file_of(session, kind=kind, source_id=source_id, revision=revision)
    return await stored_file(runtime.storage, key, f"{kind}.pdf")
