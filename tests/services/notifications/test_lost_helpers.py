"""Beat says nothing for a day, Redis is emptied with messages under way: everything due is done once, and what has lost its sense is not
done at all. Rows are the truth; whoever says "look" may be away (PLAT-11).
"""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.notifications.deliveries import repository
from services.notifications.deliveries.digest_service import DIGEST
from services.notifications.deliveries.digest_tasks import send_digests
from services.notifications.deliveries.service import claim_batch
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.notices.tasks import expand_notices
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import sms_route
from tests.length import at_length
from tests.services.notifications.arrivals import a_phone, an_account, arrive, returned
from tests.services.notifications.outbox import caught, delivery_of, waiting

pytestmark = pytest.mark.req("PLAT-11", "BEY-12")
UNDER_WAY = at_length(20, 5000)


async def done(worker: Runtime, statement: str, **values: Any) -> None:
    async with worker.database.unit_of_work() as session:
        await session.execute(text(statement), values)


async def dies_with_some(worker: Runtime) -> None:
    """A worker claims, writes down who is to carry what it has, and is gone."""
    async with worker.database.unit_of_work() as session:
        rows = await claim_batch(session)
        await repository.hand_over_texts(session, sms_route(worker.settings, Service.NOTIFICATIONS), rows[::2])


async def test_an_emptied_redis_loses_nothing_and_doubles_nothing(worker: Runtime) -> None:
    phones, unit = [a_phone() for _ in range(UNDER_WAY)], new_id()
    await arrive(worker.database, [an_account(phone=phone, organisation_id=unit) for phone in phones])
    await arrive(worker.database, [returned(unit)])
    await expand_notices(worker)
    await dies_with_some(worker)
    await worker.redis.flushdb()
    await asyncio.gather(*(send_due(worker) for _ in range(2)))
    await done(worker, "UPDATE deliveries SET leased_until = now() - interval '1 s' WHERE done_at IS NULL")
    await asyncio.gather(*(send_due(worker) for _ in range(2)))
    assert {len(await caught(worker, phone)) for phone in phones} == {1}


class TestADayWithoutBeat:
    async def test_what_was_due_leaves_once_and_what_lost_its_sense_does_not(self, worker: Runtime) -> None:
        phones = [a_phone(), a_phone()]
        useful, useless = [await waiting(worker, phone=phone) for phone in phones]
        late = "UPDATE deliveries SET due_at = now() - interval '1 day' WHERE done_at IS NULL"
        await done(worker, late)
        over = "UPDATE deliveries SET useless_at = now() - interval '20 hours' WHERE id = :id"
        await done(worker, over, id=(await delivery_of(worker, useless)).id)
        await asyncio.gather(*(send_due(worker) for _ in range(3)))
        assert [len(await caught(worker, phone)) for phone in phones] == [1, 0]
        statuses = [(await delivery_of(worker, account)).status for account in (useful, useless)]
        assert statuses == [DeliveryStatus.SENT, DeliveryStatus.EXPIRED]

    async def test_a_mail_of_the_day_is_made_once(self, worker: Runtime) -> None:
        account = await waiting(worker, email=f"{new_id().hex}@hospital.example.cn")
        waits = (
            "INSERT INTO digest_lines (message_id, account_id, due_at)"
            " SELECT id, account_id, now() - interval '26 hours' FROM messages WHERE account_id = :account"
        )
        await done(worker, waits, account=account.account_id)
        await done(worker, "DELETE FROM deliveries WHERE id = :id", id=(await delivery_of(worker, account)).id)
        await asyncio.gather(*(send_digests(worker) for _ in range(2)))
        await send_digests(worker)
        assert (await delivery_of(worker, account)).kind == DIGEST
