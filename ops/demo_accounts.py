"""Adds the demo accounts, once, and prints them. Only where ``PLATFORM_DEMO`` is set."""

import asyncio

from services.auth.demo import DemoAccount, seed_demo
from shared.runtime import open_runtime
from shared.services import Service
from shared.settings import platform_settings


async def add_accounts() -> list[DemoAccount]:
    if not platform_settings().demo:
        raise SystemExit("demo accounts are added only where PLATFORM_DEMO=1")
    async with open_runtime(Service.AUTH, pool_size=2, lanes={}) as runtime, runtime.database.unit_of_work() as session:
        return await seed_demo(session)


def listing(accounts: list[DemoAccount]) -> str:
    """One line an account: name, password, who it is."""
    return "\n".join(f"  {a.login_name:<12} {a.password:<12} {a.role}" for a in accounts)


if __name__ == "__main__":
    print(listing(asyncio.run(add_accounts())))
