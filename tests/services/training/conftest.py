"""What the tests of training share: a unit that has saved its 资质申报, as every unit must before it keeps people (ORG-04)."""

from collections.abc import Awaitable, Callable
from functools import partial

import httpx
import pytest
from fastapi import FastAPI

from services.training.main import app
from services.training.people.filings.repository import get_own
from services.training.people.filings.workflow import FilingKind
from services.training.people.institutions.service import ensure_own_unit
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.training.records import add_filing

BASICS = {
    "kind": "examination",
    "name": "测试单位",
    "contact_name": "周晓慧",
    "contact_mobile": "13851420617",
    "unfiled": True,
}


@pytest.fixture(name="client_for")
def _client_for(
    client_for: ClientFor, open_app: Callable[[FastAPI], Awaitable[Runtime]]
) -> Callable[..., Awaitable[httpx.AsyncClient]]:
    """``filed=False`` is a unit that has saved nothing yet."""

    async def make(asked: FastAPI, actor: Actor | None, *, filed: bool = True) -> httpx.AsyncClient:
        if filed and actor and actor.level is Level.UNIT and actor.may(Permission.INSTITUTION_FILING):
            async with (await open_app(app)).database.unit_of_work() as session:
                await ensure_own_unit(session, actor)
                if await get_own(session, actor, FilingKind.EXAMINATION) is None:
                    await add_filing(session, actor, name=BASICS["name"])
        return await client_for(asked, actor)

    return make


@pytest.fixture
def unfiled_client_for(client_for: Callable[..., Awaitable[httpx.AsyncClient]]) -> ClientFor:
    """A client of a unit that has saved nothing yet."""
    return partial(client_for, filed=False)
