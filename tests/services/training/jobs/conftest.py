"""A table of jobs in which nothing is left to do."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from services.training.main import app
from shared.runtime import Runtime


@pytest.fixture
async def runtime(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    """Training's, and every job of other tests has ended."""
    opened = await open_app(app)
    async with opened.database.unit_of_work() as session:
        await session.execute(text("UPDATE jobs SET done_at = now(), leased_until = NULL WHERE done_at IS NULL"))
    return opened
