"""How long the nightly run takes that ends 10,000 accounts, a fifth of them signed in: histories, events and ended sessions included
(AUTH-05). The servers are durable ones of its own.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.figure import Figure
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.guesses.models import name_index
from services.auth.access.sessions.models import LoginSession
from services.auth.desks.oversight.tasks import expire_accounts
from services.auth.directory.organisations.models import Organisation
from shared.clock import beijing_today, now_utc
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from shared.web.callers import token_hash

ACCOUNTS = 10_000
SIGNED_IN = ACCOUNTS // 5
# One unit for so many accounts, spread over the cities of a province.
PER_UNIT = 4
CITIES = 13


def figures() -> Iterator[Figure]:
    """Seconds of the one run that ends them all."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        servers.create_database(Service.AUTH)
        migrate(Service.AUTH)
        seconds = asyncio.run(_measure())
    yield Figure("expiry_10000_accounts_s", seconds, "s", 30)


async def _measure() -> float:
    async with open_runtime(Service.AUTH, pool_size=2, lanes={}) as runtime:
        async with runtime.database.unit_of_work() as session:
            await _prepare(session)
        started = time.perf_counter()
        await expire_accounts(runtime)
        taken = time.perf_counter() - started
        await _make_sure(runtime)
        return taken


async def _prepare(session: AsyncSession) -> None:
    units = [_unit(number) for number in range(ACCOUNTS // PER_UNIT)]
    session.add_all(units)
    await session.flush()
    accounts = [_account(units[number // PER_UNIT], number) for number in range(ACCOUNTS)]
    session.add_all(accounts)
    await session.flush()
    session.add_all(_session(account) for account in accounts[:SIGNED_IN])


def _unit(number: int) -> Organisation:
    region = f"32{number % CITIES + 1:02}02"
    return Organisation(
        id=new_id(),
        name=f"单位{number}",
        short_name="单位",
        credit_code=f"{number:018}",
        level=Level.UNIT,
        region_code=region,
    )


def _account(unit: Organisation, number: int) -> Account:
    name, phone, yesterday = f"bench{number}", f"139{number:08}", beijing_today(now_utc()) - timedelta(days=1)
    return Account(
        id=new_id(),
        login_name=name,
        name_index=name_index(name),
        person_name="张三",
        phone=phone,
        phone_index=field_cipher().blind_index(phone),
        email=f"{name}@platform.invalid",
        portal=Portal.TRAINING,
        organisation=unit,
        grants=[Grant.GROUP_REGISTRATION.value],
        valid_from=yesterday - timedelta(days=365),
        valid_until=yesterday,
    )


def _session(account: Account) -> LoginSession:
    later = now_utc() + timedelta(hours=12)
    hashed = token_hash(account.login_name)
    return LoginSession(account_id=account.id, token_hash=hashed, expires_at=later, user_agent="", address="")


async def _make_sure(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        expired = await session.scalar(select(func.count()).where(Account.status == AccountStatus.EXPIRED))
        live = await session.scalar(select(func.count()).where(LoginSession.ended_at.is_(None)))
    if (expired, live) != (ACCOUNTS, 0):
        raise RuntimeError(f"{expired} expired, {live} sessions still open")
