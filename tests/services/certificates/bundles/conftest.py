"""A unit and the province's staff."""

from collections.abc import Callable

import pytest
from httpx import AsyncClient

from services.certificates.main import app
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor


@pytest.fixture
def unit(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.GROUP_REGISTRATION)


@pytest.fixture
def staff(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor(Permission.CERTIFICATE_MANAGEMENT, level=Level.PROVINCE, region="320000")


@pytest.fixture
async def client(client_for: ClientFor, unit: Actor, runtime: Runtime) -> AsyncClient:
    return await client_for(app, unit)
