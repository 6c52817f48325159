"""One unit of work per request. The route, not a dependency, opens and commits it, because FastAPI runs what follows a dependency's
``yield`` after the answer has left: a failing commit would then have said 200. Also keeps answers under their Idempotency-Key (PLAT-03),
and does a unit of work again that was overtaken by another.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Message

from shared.errors import AppError, FieldError, InvalidInput, Overtaken, Unavailable
from shared.identity import SYSTEM_ID, Actor
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.web.callers import current_actor, token_of
from shared.web.idempotency import forget_key, has_answer, keep_answer, kept_answer
from shared.web.uploads import upload_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
# How often a unit of work is tried: each time that it is overtaken, another one has got on.
TRIES = 5
log = get_logger(__name__)


class UnitOfWorkRoute(APIRoute):
    """Reads the body, and the file that it may hold, before it takes a connection, so that neither a slow sender nor a file that takes
    long to be read holds one."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()
        upload = upload_of(self.dependant)
        may_be_late = any(each.call is _late for each in self.dependant.dependencies)

        async def handle(request: Request) -> Response:
            body = await request.body()
            refuse_unstorable(request)
            if may_be_late and (answer := await _from_replica(inner, request, body)) is not None:
                return answer
            if upload is not None and not await _is_answered(request):
                await upload.take(request, self.dependant)
            asked = request
            for _ in range(TRIES - 1):
                try:
                    return await _in_unit_of_work(inner, asked)
                except Overtaken:
                    asked = _from_the_beginning(request, body)
            try:
                return await _in_unit_of_work(inner, asked)
            except Overtaken as error:
                log.warning("overtaken_each_time", error=repr(error.__cause__))
                raise

        return handle


async def _is_answered(request: Request) -> bool:
    """Whether this is a repetition, whose file has been taken already and whose proof is used up."""
    if not (key := request.headers.get("Idempotency-Key")):
        return False
    runtime: Runtime = request.app.state.runtime
    owner = await _owner(request)
    async with runtime.database.unit_of_work() as session:
        return await has_answer(session, owner, key)


async def _owner(request: Request) -> UUID:
    """Whoever is not signed in is known by the key alone, which is a secret of its sender like any other."""
    return (await current_actor(request)).account_id if token_of(request)[0] else SYSTEM_ID


def _from_the_beginning(request: Request, body: bytes) -> Request:
    """The request as if nothing of it had been read: an uploaded file is at its end, or closed, once somebody has."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


async def _from_replica(inner: Handler, request: Request, body: bytes) -> Response | None:
    """A list as the service's copy has it; None where there is none that serves this caller, or it fails: the primary is asked then."""
    runtime: Runtime = request.app.state.runtime
    if runtime.replica is None or not token_of(request)[0]:
        return None
    if not await runtime.replica.serves((await current_actor(request)).account_id):
        return None
    asked = _from_the_beginning(request, body)
    try:
        async with runtime.replica.reading() as session:
            asked.state.session = session
            return await inner(asked)
    except (Unavailable, DBAPIError) as error:
        log.warning("replica_failed", error=repr(error.__cause__))
        return None


async def _note_write(request: Request) -> None:
    """Whoever wrote reads his own from the primary at first."""
    runtime: Runtime = request.app.state.runtime
    actor: Actor | None = getattr(request.state, "actor", None)
    if runtime.replica is not None and actor is not None and request.method not in {"GET", "HEAD"}:
        await runtime.replica.note_write(actor.account_id)


async def _in_unit_of_work(inner: Handler, request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.unit_of_work() as session:
        request.state.session = session
        try:
            answer = await _answer(inner, request, session)
            refusal = None
        except AppError as error:
            if not error.keeps:
                raise
            refusal = error
    await _note_write(request)
    if refusal is not None:
        raise refusal
    return answer


async def _answer(inner: Handler, request: Request, session: AsyncSession) -> Response:
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is None:
        return await inner(request)
    owner = await _owner(request)
    if (kept := await kept_answer(session, owner, key, request)) is not None:
        return kept
    try:
        answer = await inner(request)
    except AppError as error:
        if error.keeps:  # what it keeps is not an answer; any other refusal takes the key back with all the rest
            await forget_key(session, owner, key)
        raise
    await keep_answer(session, owner, key, answer)
    return answer


def refuse_unstorable(request: Request) -> None:
    """No text column holds U+0000; said here for every filter of every list, by its name."""
    bad = sorted({name for name, value in request.query_params.multi_items() if "\0" in value or "\0" in name})
    if bad:
        message = "含有不可见字符（U+0000），请删除后重新输入"
        raise InvalidInput(errors=[FieldError(name or "query", "text_invisible_character", message) for name in bad])


async def _late() -> None:
    """Says of a list that it may be some seconds late."""


async def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


Session = Annotated[AsyncSession, Depends(_session)]
# ``@router.get("", dependencies=[MAY_BE_LATE])``: read from the service's copy where it has one (shared.db.replicas).
MAY_BE_LATE = Depends(_late)
RuntimeOf = Annotated[Runtime, Depends(_runtime)]
