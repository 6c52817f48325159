"""One unit of work per request. The route, not a dependency, opens and commits it, because FastAPI runs what follows a dependency's
``yield`` after the answer has left: a failing commit would then have said 200. Also keeps answers under their Idempotency-Key (PLAT-03).
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime import Runtime
from shared.web.callers import current_actor
from shared.web.idempotency import keep_answer, kept_answer

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class UnitOfWorkRoute(APIRoute):
    """Reads the body before it takes a connection, so that a slow sender holds none."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            runtime: Runtime = request.app.state.runtime
            await request.body()
            async with runtime.database.unit_of_work() as session:
                request.state.session = session
                key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
                if key is None:
                    return await inner(request)
                owner = (await current_actor(request)).account_id
                if (answer := await kept_answer(session, owner, key, request)) is not None:
                    return answer
                answer = await inner(request)
                await keep_answer(session, owner, key, answer)
                return answer

        return handle


async def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


Session = Annotated[AsyncSession, Depends(_session)]
RuntimeOf = Annotated[Runtime, Depends(_runtime)]
