"""What an employer corrects itself in declaration, and how the directory, its people's accounts and their sessions follow (ORG-11)."""

from typing import Any

import pytest
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.sessions.lookup import fill_cache
from services.auth.consumers import HANDLERS
from services.auth.directory.organisations.models import Organisation
from shared.events.auth import AccountChanged, OrganisationChanged
from shared.events.declaration import EmployerChanged
from shared.events.log import EventRow
from shared.runtime import Runtime
from shared.web.callers import cache_key, token_hash
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account
from tests.services.news import written


def correction(account: Account, **changes: Any) -> EmployerChanged:
    """What declaration tells when the account's unit corrects itself."""
    organisation = account.organisation
    values = {
        "employer_id": organisation.id,
        "name": organisation.name,
        "region_code": organisation.region_code,
        "address": "",
        "legal_representative": "",
        "contact_name": "",
        "contact_phone": None,
    }
    return EmployerChanged.model_validate({**values, **changes})


async def hear(runtime: Runtime, event: EmployerChanged, *, later: int = 0) -> None:
    with written(event, later=later):
        async with runtime.database.unit_of_work() as session:
            await HANDLERS[EmployerChanged](session, event)


async def regions_told(runtime: Runtime, account: Account) -> list[str]:
    """Where the others were told that the account stands, oldest first."""
    async with runtime.database.unit_of_work() as session:
        found = await session.scalars(
            select(EventRow.payload["region_code"].astext)
            .where(EventRow.type == AccountChanged.type, EventRow.payload["account_id"].astext == str(account.id))
            .order_by(EventRow.seq)
        )
        return list(found)


async def names_told(runtime: Runtime, account: Account) -> list[str]:
    """By which names the others were told of the account's organisation, oldest first."""
    async with runtime.database.unit_of_work() as session:
        owner = EventRow.payload["organisation_id"].astext == str(account.organisation_id)
        found = await session.scalars(
            select(EventRow.payload["name"].astext)
            .where(EventRow.type == OrganisationChanged.type, owner)
            .order_by(EventRow.seq)
        )
        return list(found)


@pytest.mark.req("ORG-11")
class TestOwnCorrection:
    async def test_late_news_is_passed_over(self, runtime: Runtime) -> None:
        unit = await add_account(runtime, region="320613")
        await hear(runtime, correction(unit, name="第二次", address="新址"), later=60)
        await hear(runtime, correction(unit, name="第一次", region_code="320681"), later=30)
        async with runtime.database.unit_of_work() as session:
            found = await session.get_one(Organisation, unit.organisation_id)
        assert (found.name, found.address, found.region_code) == ("第二次", "新址", "320613")
        told = await names_told(runtime, unit)
        assert told[1:] == ["第二次"]
        await hear(runtime, correction(unit, name="第三次"), later=90)
        assert (await names_told(runtime, unit))[-1] == "第三次"

    @pytest.mark.req("ORG-13", "FAQ-D20", "PLAT-06")
    async def test_a_new_region_is_its_people_s_too_and_told(self, runtime: Runtime, visitor: NewVisitor) -> None:
        unit, neighbour = await add_account(runtime, region="320613"), await add_account(runtime, region="320613")
        token = (await visitor().sign_in(unit.login_name)).json()["token"]
        await fill_cache(runtime, token_hash(token))
        await hear(runtime, correction(unit, address="只改地址"))
        assert await regions_told(runtime, unit) == ["320613"]
        await hear(runtime, correction(unit, region_code="320681"), later=5)
        assert await regions_told(runtime, unit) == ["320613", "320681"]
        assert await regions_told(runtime, neighbour) == ["320613"]
        assert await runtime.redis.get(cache_key(token_hash(token))) is None
