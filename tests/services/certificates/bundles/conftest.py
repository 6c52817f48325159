"""A unit, the province's staff, and a table of jobs in which nothing is left to do."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from services.certificates.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    """Certificates', and every job of other tests has ended."""
    opened = await open_app(app)
    async with opened.database.unit_of_work() as session:
        await session.execute(text("UPDATE jobs SET done_at = now(), leased_until = NULL WHERE done_at IS NULL"))
    return opened


@pytest.fixture
def unit(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


@pytest.fixture
def staff(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")


@pytest.fixture
async def client(client_for: ClientFor, unit: Actor, runtime: Runtime) -> AsyncClient:
    return await client_for(app, unit)
