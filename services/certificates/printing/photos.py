"""The holder's photo for a page: our own copy, or the one in the person's file at training, made fit for print and kept (CERT-06). A photo
that should be there and is not ends the page with a reason that a person reads: it is never left out in silence.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from httpx import HTTPError, Response

from services.certificates.issue.models import Certificate
from services.certificates.rendering.errors import RenderingRefused
from services.certificates.rendering.photo import printable_photo
from shared.errors import Unavailable
from shared.runtime import Runtime
from shared.services import Service
from shared.storage import FileMissing
from shared.web.callers import internal_headers


class PhotoAway(Unavailable):
    """Training does not answer, or not as one who knows us: tried again until it does."""

    code = "photo_away"
    detail = "暂时无法取得持证人的证件照，稍后会自动重试"


class PhotoGone(RenderingRefused):
    code = "photo_gone"
    detail = (
        "持证人的证件照在制证前已从人员信息中删除。请用人单位补传证件照，再由管理人员点击“重新制作”；"
        "确实不用照片的，重新制作时选择“不印照片”"
    )


@dataclass(frozen=True)
class Photo:
    """``id`` is the upload in training, ``key`` where our copy of it lies, ``data`` the copy: a JPEG in the size of the print."""

    id: UUID
    key: str
    data: bytes


async def photo_of(runtime: Runtime, certificate: Certificate) -> Photo | None:
    """The photo to print; None for a holder without one. Our copy comes first, so that a second try and a reissue need nobody. Where the
    upload was replaced since the result was published, the one in the file now is taken.

    Raises ``PhotoAway``, ``PhotoGone``, ``PhotoUnreadable`` and ``StorageUnavailable``."""
    photo_id = certificate.photo_id
    if photo_id is None:
        return None
    if copy := await _our_copy(runtime, certificate, photo_id):
        return copy
    upload = await _ask(runtime, f"photos/{photo_id}")
    if upload is None and (newer := await _photo_now(runtime, certificate)):
        photo_id, upload = newer, await _ask(runtime, f"photos/{newer}")
    if upload is None:
        raise PhotoGone
    data = await asyncio.to_thread(printable_photo, upload.content)
    photo = Photo(photo_id, _key(certificate, photo_id), data)
    await runtime.storage.put(photo.key, photo.data, "image/jpeg")
    return photo


def _key(certificate: Certificate, photo_id: UUID) -> str:
    return f"certificates/photos/{certificate.id}/{photo_id}.jpg"


async def _our_copy(runtime: Runtime, certificate: Certificate, photo_id: UUID) -> Photo | None:
    """Also that of a try which made the copy and did not come to its end."""
    key = _key(certificate, photo_id)
    try:
        return Photo(photo_id, key, await runtime.storage.get(key))
    except FileMissing:
        return None


async def _photo_now(runtime: Runtime, certificate: Certificate) -> UUID | None:
    """The upload that stands in the person's file now. Training answers this for every registration: a 404 comes from one that does
    not know our credential or this route, and must not pass for a photo that is gone."""
    answer = await _ask(runtime, f"registrations/{certificate.registration_id}/photo")
    if answer is None:
        raise PhotoAway
    photo_id = answer.json()["photo_id"]
    return UUID(photo_id) if photo_id else None


async def _ask(runtime: Runtime, path: str) -> Response | None:
    """Training's answer over its internal routes; None for a 404. Raises ``PhotoAway``."""
    url = f"{runtime.settings.internal_of(Service.TRAINING)}/internal/{Service.TRAINING}/{path}"
    try:
        answer = await runtime.http.get(url, headers=internal_headers(runtime))
    except HTTPError as error:
        raise PhotoAway from error
    if answer.status_code == 404:
        return None
    if not answer.is_success:
        raise PhotoAway
    return answer
