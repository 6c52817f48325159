"""Sign-ins go when the law no longer asks for them, but for each account's newest (PLAT-19)."""

from datetime import timedelta
from secrets import token_hex
from uuid import UUID

import pytest
from sqlalchemy import select

from services.auth.access.sessions.models import LoginSession
from services.auth.access.sessions.repository import forget_old
from services.auth.retention import RULES
from shared.clock import now_utc
from shared.identifiers import first_of, new_id
from shared.runtime import Runtime
from tests.services.auth.records import add_account

pytestmark = pytest.mark.req("PLAT-19", "AUTH-09")
YEAR = timedelta(days=365)


async def add_session(runtime: Runtime, account_id: UUID, *, days_ago: int, ended: bool = True) -> LoginSession:
    at = now_utc() - timedelta(days=days_ago)
    row = LoginSession(
        id=UUID(int=first_of(at).int + new_id().int % 2**60),
        account_id=account_id,
        token_hash=token_hex(32),
        created_at=at,
        expires_at=at,
        ended_at=at if ended else None,
        user_agent="",
        address="",
    )
    async with runtime.database.unit_of_work() as session:
        session.add(row)
    return row


async def left(runtime: Runtime, account_id: UUID) -> set[UUID]:
    async with runtime.database.unit_of_work() as session:
        await forget_old(session, YEAR)
        return set(await session.scalars(select(LoginSession.id).where(LoginSession.account_id == account_id)))


async def test_the_old_go_and_the_newest_stays(runtime: Runtime) -> None:
    busy, quiet = await add_account(runtime), await add_account(runtime)
    await add_session(runtime, busy.id, days_ago=900)
    young = await add_session(runtime, busy.id, days_ago=300)
    live = await add_session(runtime, busy.id, days_ago=0, ended=False)
    await add_session(runtime, quiet.id, days_ago=900)
    last = await add_session(runtime, quiet.id, days_ago=800)
    assert await left(runtime, busy.id) == {young.id, live.id}
    assert await left(runtime, quiet.id) == {last.id}


def test_nobody_can_set_less_than_the_law_asks_for() -> None:
    [rule] = RULES
    assert rule.days() >= 180
