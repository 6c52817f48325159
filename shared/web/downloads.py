"""Answers that are files: named in Chinese, sent in pieces. What may be fetched by whom is decided before; that a personal document was
fetched is remembered here, so that no route can leave it out.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import IO
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments import Attachment, remember_look
from shared.identity import Actor
from shared.storage import CHUNK_BYTES, Storage
from shared.uploads import CONTENT_TYPES, FileKind, content_type_of, safe_download_name
from shared.web.headers import FRAMED

_PDF = CONTENT_TYPES[FileKind.PDF]


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The header that names a download in Chinese for every browser (RFC 6266, RFC 8187)."""
    clean = safe_download_name(name)
    plain = re.sub(r"[^A-Za-z0-9._\- ]", "_", clean)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


async def shown_attachment(
    session: AsyncSession, storage: Storage, file: Attachment, actor: Actor, *, personal: bool = True
) -> Response:
    """An uploaded file, to be looked at in the browser, also beside its record; the look is remembered unless it names nobody, as a
    plan's does."""
    if personal:
        remember_look(session, file, actor)
    data = await storage.get(file.storage_key)
    headers = {"Content-Disposition": content_disposition(file.name, inline=True), "Cache-Control": "no-store"}
    return Response(data, headers=headers | FRAMED, media_type=file.content_type)


async def stored_file(storage: Storage, key: str, name: str, *, inline: bool = False) -> StreamingResponse:
    """A file of the store, to be shown in its place where it is ``inline``. Its length is told beforehand, so that one that cannot be read to its end does not pass for whole.
    Raises ``FileMissing``, ``StorageUnavailable`` before the answer begins."""
    file = await storage.open(key)
    first = await anext(file.pieces, b"")
    return _answer(_joined(first, file.pieces), name, file.size, inline=inline)


def temporary_file(file: IO[bytes], name: str) -> StreamingResponse:
    """An open file from its beginning; it is closed at the end, however that comes."""
    size = file.seek(0, 2)
    file.seek(0)
    return _answer(_pieces(file), name, size)


def _answer(
    pieces: AsyncIterator[bytes] | Iterator[bytes], name: str, size: int, *, inline: bool = False
) -> StreamingResponse:
    headers = {"Content-Disposition": content_disposition(name, inline=inline), "Content-Length": str(size)}
    kind = content_type_of(name)
    return StreamingResponse(pieces, headers=headers | (FRAMED if kind == _PDF else {}), media_type=kind)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
