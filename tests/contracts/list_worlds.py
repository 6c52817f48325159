"""The world in which a maker makes rows for a list: who asks, and where the rows are stored."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from ops.catalogue import APPS
from shared.identity import Actor
from shared.roles import Level
from shared.runtime import Runtime
from shared.services import Service
from tests.conftest import ClientFor
from tests.contracts.problems import all_powerful
from tests.services.training.records import add_institution

MANY = 20
# One more than is asked for, so that a page of one and a page of twenty both have a next.
ROWS = MANY + 1


@dataclass
class World:
    """A unit and an office that may do everything, of this test alone."""

    open_app: Callable[[FastAPI], Awaitable[Runtime]]
    client_for: ClientFor
    unit: Actor = field(default_factory=lambda: all_powerful(Level.UNIT))
    office: Actor = field(default_factory=lambda: all_powerful(Level.PROVINCE))

    async def runtime(self, service: Service) -> Runtime:
        return await self.open_app(APPS[service])

    async def client(self, service: Service, actor: Actor) -> httpx.AsyncClient:
        return await self.client_for(APPS[service], actor)

    @asynccontextmanager
    async def rows(self, service: Service) -> AsyncIterator[AsyncSession]:
        async with (await self.runtime(service)).database.unit_of_work() as session:
            if service is Service.TRAINING:
                await add_institution(session, self.unit)
            yield session


# What a maker gives is who asks, and what stands in the braces of the list's address or in its query.
Made = tuple[Actor, dict[str, Any]]
Maker = Callable[[World], Awaitable[Made]]
