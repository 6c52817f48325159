"""Rows for the lists of notifications that officials have."""

from datetime import timedelta
from unittest.mock import patch

from services.auth.access.texts.service import send_text
from services.notifications.notices import tasks as notice_tasks
from shared.clock import beijing_today, now_utc
from shared.services import Service
from tests.contracts.list_worlds import ROWS, Made, World
from tests.services.notifications.arrivals import a_phone, an_account, arrive, returned


async def deliveries(world: World) -> Made:
    runtime = await world.runtime(Service.NOTIFICATIONS)
    account = an_account(phone=a_phone())
    await arrive(runtime.database, [account])
    await arrive(runtime.database, [returned(account.organisation_id) for _ in range(ROWS)])
    with patch.object(notice_tasks, "RUN_SECONDS", 60):
        await notice_tasks.expand_notices(runtime)
    return world.office, {}


async def own_texts(world: World) -> Made:
    """Auth's own messages, to numbers that nobody has."""
    async with world.rows(Service.AUTH) as session:
        for _ in range(ROWS):
            send_text(session, about="code_sign_in", phone=a_phone(), words="验证码")
    return world.office, {}


async def unreached(world: World) -> Made:
    """Accounts that have closed their notices."""
    runtime = await world.runtime(Service.NOTIFICATIONS)
    await arrive(runtime.database, [an_account(phone=a_phone(), sms_notices=False) for _ in range(ROWS)])
    return world.office, {}


async def broadcasts(world: World) -> Made:
    client = await world.client(Service.NOTIFICATIONS, world.office)
    body = {"title": "通知", "body": "内容", "to": "registering"}
    body |= {"last_day": str(beijing_today(now_utc()) + timedelta(days=1))}
    for _ in range(ROWS):
        made = await client.post("/api/notifications/broadcasts", json=body)
        assert made.status_code == 201, made.text
    return world.office, {"broadcast_id": made.json()["id"]}


async def recipients(world: World) -> Made:
    runtime = await world.runtime(Service.NOTIFICATIONS)
    await arrive(runtime.database, [an_account(phone=a_phone()) for _ in range(ROWS)])
    return await broadcasts(world)
