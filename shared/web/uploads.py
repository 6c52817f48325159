"""A file in a request. It is taken before the unit of work opens, in this order: may this caller send it, is what it costs paid for (a proof,
a limit, a place among the record's files), then what it really is, in a bounded process. So no stranger's bytes are looked into for nothing,
and nobody holds a connection meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request, UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args, request_params_to_args
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Sent

from shared.runtime import Runtime
from shared.uploads import SCANS, CheckedFile, check_upload
from shared.web.bodies import MAX_FIELD_BYTES, MAX_FIELDS, MAX_FILES
from shared.web.callers import CallerRule

Read = Callable[[bytes, str], Awaitable[Any]]
Admit = Callable[[Request, AsyncSession], Awaitable[None]]
FIELD = "file"


@dataclass(frozen=True)
class Upload:
    """The dependency that ``uploaded`` makes, which the route finds."""

    read: Read
    admit: Admit | None

    async def __call__(self, request: Request, file: UploadFile) -> Any:
        return getattr(request.state, "uploaded", None)

    async def take(self, request: Request, route: Dependant) -> None:
        """Raises what the caller's rule, ``admit`` and ``read`` refuse with. A request that the route will refuse, for want of its file or
        for another field, is left to it, which names all that is wrong."""
        for rule in (each.call for each in route.dependencies if isinstance(each.call, CallerRule)):
            await rule(request)
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
        sent = form.get(FIELD)
        if not isinstance(sent, Sent) or await _is_wrong(request, route, form):
            return
        if self.admit is not None:
            runtime: Runtime = request.app.state.runtime
            async with runtime.database.unit_of_work() as session:
                await self.admit(request, session)
        data = await sent.read()
        await form.close()  # the route reads the form for itself
        request.state.uploaded = await self.read(data, sent.filename or "")


async def _is_wrong(request: Request, route: Dependant, form: FormData) -> bool:
    given = (
        (route.path_params, request.path_params),
        (route.query_params, request.query_params),
        (route.header_params, request.headers),
    )
    if any(request_params_to_args(fields, received)[1] for fields, received in given):
        return True
    if not route.body_params:
        return False
    _, errors = await request_body_to_args(route.body_params, form, embed_body_fields=True)
    return bool(errors)


def uploaded(read: Read, *, admit: Admit | None = None) -> Any:
    """``file: Annotated[CheckedFile, uploaded(read)]``: what ``read`` makes of (bytes, name) of the form's ``file``. ``admit`` is for those who
    need not sign in: it raises, and has a unit of work of its own, so that what it counts or uses up stays so."""
    return Depends(Upload(read, admit))


async def scan(data: bytes, name: str) -> CheckedFile:
    """A picture or a PDF, made harmless. Raises what ``check_upload`` raises."""
    return await check_upload(data, name=name, kinds=SCANS)


def size_of(form: FormData) -> int:
    """Bytes of the form's ``file`` as they came."""
    sent = form.get(FIELD)
    return (sent.size or 0) if isinstance(sent, Sent) else 0


def upload_of(route: Dependant) -> Upload | None:
    """What a route takes as a file."""
    return next((each.call for each in route.dependencies if isinstance(each.call, Upload)), None)
