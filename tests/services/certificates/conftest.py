"""The runtime of certificates, the fonts of its pages, and clients with addresses of their own for the public check."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from services.certificates.main import app
from services.certificates.rendering.fonts import Fonts, load_fonts
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.certificates.pages import CACHE


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return load_fonts(CACHE)


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    return await open_app(app)


@pytest.fixture
async def public(runtime: Runtime) -> AsyncIterator[Callable[[], Awaitable[httpx.AsyncClient]]]:
    """``await public()``: nobody signed in, calling from an address that nobody else has."""
    async with AsyncExitStack() as stack:

        async def make() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=app, client=(new_id().hex, 1), raise_app_exceptions=False)
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://platform"))

        yield make
