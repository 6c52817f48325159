"""The runtime of training."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from services.training.main import app
from shared.runtime import Runtime


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    return await open_app(app)
