"""The routes by which certificates get the 证件照 of people: by its id, and which one stands in a file now. Only for the platform itself;
people see the photo as any other upload of the file.
"""

from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from services.training.desk.attachments import repository
from shared.services import Service
from shared.web.callers import internal_only
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

router = APIRouter(
    prefix=f"/internal/{Service.TRAINING}",
    include_in_schema=False,
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(internal_only)],
)


class PhotoNow(BaseModel):
    """``photo_id`` is null when there is none in the file."""

    photo_id: UUID | None


@router.get("/photos/{attachment_id}", response_class=Response)
async def download_photo(attachment_id: UUID, session: Session, runtime: RuntimeOf) -> Response:
    row = await repository.require_photo(session, attachment_id)
    return Response(await runtime.storage.get(row.storage_key), media_type=row.content_type)


@router.get("/registrations/{registration_id}/photo")
async def read_photo_now(registration_id: UUID, session: Session) -> PhotoNow:
    return PhotoNow(photo_id=await repository.photo_of_registration(session, registration_id))
