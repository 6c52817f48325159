"""Idempotency-Key for routes that are no unit of work, because they hold no connection while a password is hashed: the earlier answer comes
first, the key is taken in the unit of work that makes what is answered (PLAT-03).
"""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import Conflict
from shared.identity import SYSTEM_ID
from shared.runtime import Runtime
from shared.web.idempotency import earlier_answer, keep_answer, kept_answer


class AnsweredMeanwhile(Conflict):
    code = "answered_meanwhile"
    detail = "同一请求刚刚已办理，请用同一 Idempotency-Key 再次提交以取得结果"


class Once:
    """One request of somebody who is not signed in, known by its key alone, which is a secret of its sender."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._key = request.headers.get("Idempotency-Key")

    async def earlier(self, runtime: Runtime) -> Response | None:
        """What it was answered before; None for a first one. Raises KeyUsedOtherwise, InvalidInput."""
        if self._key is None:
            return None
        async with runtime.database.unit_of_work() as session:
            return await earlier_answer(session, SYSTEM_ID, self._key, self._request)

    async def keep(self, session: AsyncSession, answer: BaseModel, location: str) -> None:
        """The answer stands beside what it answers. Raises AnsweredMeanwhile where another was faster."""
        if self._key is None:
            return
        if await kept_answer(session, SYSTEM_ID, self._key, self._request) is not None:
            raise AnsweredMeanwhile
        headers = {"Location": location}
        kept = Response(answer.model_dump_json(), 201, headers, "application/json")
        await keep_answer(session, SYSTEM_ID, self._key, kept)


async def _once(request: Request) -> Once:
    return Once(request)


OnceOf = Annotated[Once, Depends(_once)]
