"""A case's file as bytes, once it is decided that the caller may have it (PLAT-07)."""

from fastapi import Response

from shared.attachments import Attachment
from shared.runtime import Runtime
from shared.web.downloads import content_disposition


async def download(runtime: Runtime, row: Attachment) -> Response:
    """The file under its own name, to be looked at in the browser."""
    data = await runtime.storage.get(row.storage_key)
    headers = {"Content-Disposition": content_disposition(row.name, inline=True), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type=row.content_type)
