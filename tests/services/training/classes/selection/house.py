"""Training's API for a machine whose steps are calls from outside of any loop."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import httpx

from services.training.main import ROUTERS
from services.training.worker import WORKER
from shared.app import create_app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from shared.web.callers import SessionState, cache_key, token_hash
from tests.conftest import make_actor

T = TypeVar("T")


class House:
    """Training's API in a loop of its own, and people signed in to it; a machine's steps are calls from outside of any loop."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.units = [make_actor(Permission.GROUP_REGISTRATION) for _ in range(2)]
        self.run(self._open())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def _open(self) -> None:
        app = create_app(WORKER, ROUTERS, title="技术人员培训")
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        self.runtime: Runtime = app.state.runtime
        office = make_actor(Permission.PROVINCE_REVIEW, Permission.CLASS_SCHEDULING, level=Level.PROVINCE)
        transport = httpx.ASGITransport(app=app)
        self.office = await self._client(transport, office)
        self.clients = [await self._client(transport, unit) for unit in self.units]

    async def _client(self, transport: httpx.ASGITransport, actor: Actor) -> httpx.AsyncClient:
        token = actor.account_id.hex
        state = SessionState(actor=actor).model_dump_json()
        await self.runtime.redis.set(cache_key(token_hash(token)), state, ex=86_400)
        headers = {"Authorization": f"Bearer {token}"}
        client = httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers)
        return await self._stack.enter_async_context(client)

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()
