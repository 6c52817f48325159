"""What the tests of training share: a unit that has saved its 资质申报, as every unit must before it keeps people (ORG-04)."""

from collections.abc import Awaitable, Callable
from functools import partial

import httpx
import pytest
from fastapi import FastAPI

from shared.identity import Actor
from shared.roles import Level, Permission
from tests.conftest import ClientFor

BASICS = {
    "kind": "examination",
    "name": "测试单位",
    "contact_name": "周晓慧",
    "contact_mobile": "13851420617",
    "unfiled": True,
}


@pytest.fixture(name="client_for")
def _client_for(client_for: ClientFor) -> Callable[..., Awaitable[httpx.AsyncClient]]:
    """``filed=False`` is a unit that has saved nothing yet."""

    async def make(app: FastAPI, actor: Actor | None, *, filed: bool = True) -> httpx.AsyncClient:
        client = await client_for(app, actor)
        if filed and actor and actor.level is Level.UNIT and actor.may(Permission.INSTITUTION_FILING):
            await client.post("/api/training/filings", json=BASICS)
        return client

    return make


@pytest.fixture
def unfiled_client_for(client_for: Callable[..., Awaitable[httpx.AsyncClient]]) -> ClientFor:
    """A client of a unit that has saved nothing yet."""
    return partial(client_for, filed=False)
