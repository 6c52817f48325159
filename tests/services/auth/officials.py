"""The desks on which what people file in the tests lies: the province's, one city's and one county's, once for the whole run; and officials
who come and go.
"""

from typing import Any

from sqlalchemy import select

from services.auth.access.accounts.models import Account
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.records import add_account

BOTH = (Grant.ACCOUNT_MANAGEMENT, Grant.HEALTH_ADMINISTRATION)
# Where most tests play, and where none but the province has anybody: Suzhou's Xiangcheng.
SEATED = ((Level.PROVINCE, "320000"), (Level.CITY, "320100"), (Level.COUNTY, "320102"))
EMPTY_COUNTY, EMPTY_CITY = "320507", "320500"
OFFICE = "025-83000000"


async def add_official(runtime: Runtime, level: Level, region: str, *grants: Grant, **changes: Any) -> Account:
    """Somebody who manages accounts and reviews, unless other grants are given."""
    return await add_account(
        runtime, *(grants or BOTH), level=level, region=region, portal=Portal.OFFICIALS, office_phone=OFFICE, **changes
    )


async def seat_officials(runtime: Runtime) -> None:
    """Somebody at each of ``SEATED``, unless an earlier test had them seated."""
    for level, region in SEATED:
        async with runtime.database.unit_of_work() as session:
            known = await session.scalar(select(Account.id).where(Account.login_name == f"seat{region}"))
        if known is None:
            await add_official(runtime, level, region, login_name=f"seat{region}")


async def seat_reviewer(runtime: Runtime) -> None:
    """Somebody who reviews people at the province, unless an earlier test had one seated."""
    async with runtime.database.unit_of_work() as session:
        known = await session.scalar(select(Account.id).where(Account.login_name == "reviewer320000"))
    if known is None:
        await add_official(runtime, Level.PROVINCE, "320000", Grant.DISEASE_CONTROL, login_name="reviewer320000")
