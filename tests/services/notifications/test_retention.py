"""What was sent goes before the message, the message before its notice, and nothing that is still on its way (PLAT-19)."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.deliveries.models import Delivery
from services.notifications.messages.models import Message
from services.notifications.notices.models import Notice
from services.notifications.retention import RULES
from shared.runtime import Runtime
from tests.services.notifications.outbox import delivery_of, waiting

pytestmark = pytest.mark.req("PLAT-19")
# As if tomorrow were long ago: everything is old enough.
ALL = timedelta(days=-1)
ENDED = "UPDATE deliveries SET done_at = now() WHERE id = :id"


class Undone(Exception):
    """Rows of other tests are given back."""


async def forget(session: AsyncSession, age: timedelta) -> None:
    for rule in RULES:
        while await rule.batch(session, age):
            pass
    session.expire_all()


async def test_what_is_on_its_way_stays_and_the_rest_goes_whole(worker: Runtime) -> None:
    delivery = await delivery_of(worker, await waiting(worker, phone="13900009876"))

    async def left(session: AsyncSession) -> list[bool]:
        message = await session.get(Message, delivery.message_id)
        notice = await session.scalar(text("SELECT 1 FROM notices WHERE id = :id"), {"id": notice_id})
        return [await session.get(Delivery, delivery.id) is not None, message is not None, notice is not None]

    async with worker.database.unit_of_work() as session:
        notice_id = (await session.get_one(Message, delivery.message_id)).notice_id
        assert (await session.get_one(Notice, notice_id)).done_at
    with pytest.raises(Undone):
        async with worker.database.unit_of_work() as session:
            await forget(session, ALL)
            assert await left(session) == [True, True, True]
            await session.execute(text(ENDED), {"id": delivery.id})
            await forget(session, timedelta(days=30))
            assert await left(session) == [True, True, True]
            await forget(session, ALL)
            assert await left(session) == [False, False, False]
            raise Undone


def test_addresses_go_before_messages() -> None:
    days = {rule.what: rule.days() for rule in RULES}
    assert list(days) == ["deliveries", "messages", "notices"]
    assert 0 < days["deliveries"] <= days["messages"] == days["notices"]
