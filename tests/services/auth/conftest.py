"""What the tests of auth share: cheap hashing and cheap proofs, and visitors who each come from an address of their own."""

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.auth.access.accounts import passwords
from services.auth.main import app
from services.auth.settings import auth_settings
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.applicants import Applicant, manager, whole_form
from tests.services.auth.officials import seat_officials
from tests.services.auth.records import Visitor

CHEAP = {
    "AUTH_ARGON2_PASSES": "1",
    "AUTH_ARGON2_MEMORY_KIB": "64",
    "AUTH_PROOF_COST": "1",
    "AUTH_PROOF_COUNTER": "4",
    "AUTH_PROOF_DEAREST": "1",
}
NewVisitor = Callable[..., Visitor]
Submitted = Callable[..., Awaitable[Applicant]]
_addresses = itertools.count(1)


def _forget_settings() -> None:
    for cached in (auth_settings, passwords._hasher, passwords._threads, passwords._nobodys_hash):
        cached.cache_clear()


@pytest.fixture(scope="package", autouse=True)
def _cheap() -> Iterator[None]:
    os.environ.update(CHEAP)
    _forget_settings()
    yield
    for name in CHEAP:
        del os.environ[name]
    _forget_settings()


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    opened = await open_app(app)
    await seat_officials(opened)
    return opened


@pytest.fixture
async def visitor(runtime: Runtime) -> AsyncIterator[NewVisitor]:
    """``visitor()`` is somebody with a browser, at an address that nobody else has."""
    clients: list[httpx.AsyncClient] = []

    def make(agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0") -> Visitor:
        number = next(_addresses)
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
        headers = {"User-Agent": agent}
        client = httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers, timeout=60)
        clients.append(client)
        return Visitor(client, address)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def submitted(runtime: Runtime, visitor: NewVisitor) -> Submitted:
    async def make(**form: Any) -> Applicant:
        person = Applicant(runtime, visitor())
        assert (await person.create(**(form or whole_form()))).status_code == 201
        answer = await person.submit()
        assert answer.status_code == 200, answer.text
        return person

    return make


@pytest.fixture
async def city(client_for: ClientFor) -> httpx.AsyncClient:
    return await client_for(app, manager())
