"""The notifications app with its catcher listening, and a worker's runtime whose text messages reach that catcher."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from services.notifications.deliveries import tasks as delivery_tasks
from services.notifications.main import app
from services.notifications.notices import tasks as notice_tasks
from shared.db.session import Database
from shared.runtime import Runtime


@pytest.fixture(scope="session")
async def api(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    """The API's own runtime: here the address of the provider of text messages answers nobody."""
    return await open_app(app)


@pytest.fixture
def database(api: Runtime) -> Database:
    return api.database


@pytest.fixture
async def worker(api: Runtime) -> AsyncIterator[Runtime]:
    """A runtime whose HTTP client reaches the catcher."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        yield replace(api, http=client)


@pytest.fixture(autouse=True)
def _in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a task goes on until nothing is left, however slow the machine; what is put back after a moment has tests of its own."""
    monkeypatch.setattr(notice_tasks, "RUN_SECONDS", 60)
    monkeypatch.setattr(delivery_tasks, "RUN_SECONDS", 60)
