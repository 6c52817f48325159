"""The sample service's tables, beside the real ones of training."""

from collections.abc import Awaitable, Callable

import pytest
from fastapi import FastAPI

from shared.db.session import Database
from shared.runtime import Runtime
from tests.shared.kit.sample import SampleBase, app


@pytest.fixture(scope="session")
async def sample(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> Runtime:
    runtime = await open_app(app)
    async with runtime.database.engine.begin() as connection:
        await connection.run_sync(SampleBase.metadata.create_all)
    return runtime


@pytest.fixture
def database(sample: Runtime) -> Database:
    return sample.database
