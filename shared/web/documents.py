"""A document that this service has prepared, fetched as PDF from certificates, and each reason why it cannot be had now. Who may have it,
and what stands on it, is the business of the service that prepared it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Response
from httpx import HTTPError
from httpx import Response as Answer
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import AppError, Conflict, Unavailable
from shared.runtime import Runtime
from shared.services import Service
from shared.web.callers import internal_headers
from shared.web.downloads import content_disposition
from shared.web.headers import FRAMED
from shared.uploads import CONTENT_TYPES, FileKind

_TIMEOUT = 5
# What a route that answers with a PDF says in the OpenAPI document.
PDF_RESPONSES: dict[int | str, dict[str, object]] = {200: {"content": {CONTENT_TYPES[FileKind.PDF]: {}}}}


@dataclass(frozen=True)
class PreparedKind:
    """``code`` is what certificates knows the kind by, ``name`` what people call the document."""

    code: str
    name: str


class FormNotPrepared(Conflict):
    code = "form_not_prepared"

    def __init__(self, kind: PreparedKind) -> None:
        super().__init__(f"尚未生成{kind.name}，请先点击“生成{kind.name}”")


class FormNotPrintable(Conflict):
    """The detail names what cannot be printed."""

    code = "form_not_printable"


class FormInTheMaking(Unavailable):
    code = "form_in_the_making"

    def __init__(self, kind: PreparedKind) -> None:
        super().__init__(f"{kind.name}正在生成，请稍候")


class FormServiceAway(Unavailable):
    code = "form_service_away"

    def __init__(self, kind: PreparedKind) -> None:
        super().__init__(f"{kind.name}暂时无法下载，请稍后再试；已填写并保存的内容不受影响")


async def prepared_pdf(runtime: Runtime, kind: PreparedKind, source_id: UUID, revision: int) -> bytes:
    """The PDF of one prepared state; no session is open meanwhile. Raises ``FormInTheMaking``, ``FormNotPrintable`` and
    ``FormServiceAway``."""
    base = runtime.settings.internal_of(Service.CERTIFICATES)
    url = f"{base}/internal/certificates/forms/{kind.code}/{source_id}/{revision}"
    try:
        answer = await runtime.http.get(url, headers=internal_headers(runtime), timeout=_TIMEOUT)
    except HTTPError as error:
        raise FormServiceAway(kind) from error
    if answer.status_code == 404:
        raise _missing(kind, answer)
    if not answer.is_success:
        raise FormServiceAway(kind)
    return answer.content


@dataclass(frozen=True)
class Prepared:
    """One prepared state that somebody may have, and the name of its file."""

    kind: PreparedKind
    source_id: UUID
    revision: int
    file_name: str


async def page_answer(runtime: Runtime, read: Callable[[AsyncSession], Awaitable[Prepared]]) -> Response:
    """The PDF of what ``read`` finds for the caller, fetched after the unit of work that it reads in, which holds no connection meanwhile.
    Raises what ``read`` and ``prepared_pdf`` raise."""
    async with runtime.database.unit_of_work() as session:
        page = await read(session)
    return pdf_answer(await prepared_pdf(runtime, page.kind, page.source_id, page.revision), page.file_name)


def _missing(kind: PreparedKind, answer: Answer) -> AppError:
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return FormNotPrintable(problem["detail"]) if problem.get("code") == "form_failed" else FormInTheMaking(kind)


def pdf_answer(data: bytes, name: str) -> Response:
    """The PDF, to be looked at in the browser and kept as ``name``; no cache keeps it, as it names people (PLAT-05)."""
    headers = {"Content-Disposition": content_disposition(name, inline=True), "Cache-Control": "no-store"}
    return Response(data, headers=headers | FRAMED, media_type=CONTENT_TYPES[FileKind.PDF])
