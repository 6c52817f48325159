"""Two beats double nothing: whatever is said twice at once is done once (PLAT-11, PLAT-19)."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from ops.up.workers import SPECS
from services.notifications.deliveries.tasks import send_due
from services.notifications.main import app
from services.notifications.notices.tasks import expand_notices
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.tasks.spec import TaskSpec, WorkerSpec
from tests.services.notifications.arrivals import a_phone, an_account, arrive, returned
from tests.services.notifications.outbox import caught

pytestmark = pytest.mark.req("PLAT-11", "PLAT-19")
PERIODIC = [(spec, task) for spec in SPECS for task in spec.all_tasks() if task.every]
# Who would tell somebody something twice, if it were done twice.
_TELLING = text("SELECT count(*) FROM events")
RUNS_TO_REST = 4


async def twice(first: Runtime, second: Runtime, task: TaskSpec) -> None:
    await asyncio.gather(task.body()(first), task.body()(second))


@pytest.mark.parametrize(("spec", "task"), PERIODIC, ids=[task.name for _, task in PERIODIC])
async def test_a_task_bears_a_second_that_begins_with_it(platform: Any, spec: WorkerSpec, task: TaskSpec) -> None:
    """Neither fails, and after a few runs nothing is left that the next two would do, or tell anybody, again."""
    async with (
        open_runtime(spec.service, pool_size=2, lanes={}) as first,
        open_runtime(spec.service, pool_size=2, lanes={}) as second,
    ):
        # Work that both reached for at once may be left by both to the next run, and other tests leave much; a task that did something
        # twice would never come to rest.
        told, before = await _told_after(first, second, task), -1
        for _ in range(RUNS_TO_REST):
            told, before = await _told_after(first, second, task), told
            if told == before:
                break
        assert told == before


async def _told_after(first: Runtime, second: Runtime, task: TaskSpec) -> int:
    await twice(first, second, task)
    async with first.database.unit_of_work() as session:
        told: int = (await session.execute(_TELLING)).scalar_one()
    return told


async def test_each_text_message_goes_out_once(open_app: Any) -> None:
    await open_app(app)
    transport = httpx.ASGITransport(app=app)
    async with (
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes={}) as first,
        open_runtime(Service.NOTIFICATIONS, pool_size=2, lanes={}) as second,
        httpx.AsyncClient(transport=transport) as client,
    ):
        workers = [replace(each, http=client) for each in (first, second)]
        phones = [a_phone() for _ in range(12)]
        accounts = [an_account(phone=phone) for phone in phones]
        await arrive(first.database, accounts)
        await arrive(first.database, [returned(each.organisation_id) for each in accounts])
        for _ in range(100):  # a run ends after a moment, and beat says it again
            await asyncio.gather(*(expand_notices(each) for each in workers))
            await asyncio.gather(*(send_due(each) for each in workers))
            if all([await caught(first, phone) for phone in phones]):
                break
        await asyncio.gather(*(send_due(each) for each in workers))
        assert [len(await caught(first, phone)) for phone in phones] == [1] * len(phones)
