"""The directory follows auth, in whatever order the news comes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifications.contacts.audience import Audience
from services.notifications.contacts.models import Account, Organisation
from services.notifications.contacts.repository import list_recipients
from shared.clock import now_utc
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.identifiers import new_id
from shared.roles import Level, Permission
from tests.services.notifications.arrivals import a_phone, an_account, an_organisation, arrive


class TestKeepContacts:
    @pytest.mark.req("PLAT-11")
    async def test_older_news_never_replaces_newer(self, database: Database) -> None:
        now, unit = now_utc(), new_id()
        account = an_account(organisation_id=unit, person_name="新名")
        await arrive(database, [account, an_organisation(unit, name="新名称")], at=now)
        older = account.model_copy(update={"person_name": "旧名"})
        await arrive(database, [older, an_organisation(unit, name="旧名称")], at=now - timedelta(hours=1))
        async with database.unit_of_work() as session:
            assert (await session.get_one(Account, account.account_id)).person_name == "新名"
            assert (await session.get_one(Organisation, unit)).name == "新名称"

    async def test_newer_news_replaces_all(self, database: Database) -> None:
        account = an_account(phone=a_phone())
        await arrive(database, [account])
        await arrive(database, [account.model_copy(update={"phone": None, "active": False})])
        async with database.unit_of_work() as session:
            kept = await session.get_one(Account, account.account_id)
            assert (kept.phone_sealed, kept.active) == (None, False)

    @pytest.mark.req("PLAT-05")
    async def test_a_phone_is_kept_sealed(self, database: Database) -> None:
        phone = a_phone()
        account = an_account(phone=phone)
        await arrive(database, [account])
        async with database.unit_of_work() as session:
            sealed = (await session.get_one(Account, account.account_id)).phone_sealed
        assert sealed is not None
        assert phone not in sealed
        assert field_cipher().decrypt(sealed.encode()) == phone


@pytest.mark.req("NOTE-01", "NOTE-03")
class TestRecipients:
    async def test_only_active_accounts_with_the_permission_are_told(self, database: Database) -> None:
        unit, closed = new_id(), new_id()
        told = an_account(organisation_id=unit)
        others = [
            an_account(organisation_id=unit, active=False),
            an_account(organisation_id=unit, permissions=frozenset({Permission.INSTITUTION_FILING})),
            an_account(organisation_id=closed),
            an_account(),
        ]
        await arrive(database, [an_organisation(closed, active=False), told, *others])
        async with database.unit_of_work() as session:
            everywhere = Audience(permission=Permission.GROUP_REGISTRATION)
            there = replace(everywhere, organisation_ids=[unit, closed])
            found = await list_recipients(session, there, after=None, limit=10)
            everyone = await list_recipients(session, everywhere, after=None, limit=100_000)
        assert [account.id for account in found] == [told.account_id]
        ids = {account.id for account in everyone}
        assert {told.account_id, others[3].account_id} <= ids
        assert ids.isdisjoint(account.account_id for account in others[:3])

    @pytest.mark.req("AUTH-07")
    async def test_a_body_is_told_of_every_region_that_its_own_covers(self, database: Database) -> None:
        manager = frozenset({Permission.ACCOUNT_MANAGEMENT})
        at = {
            (level, region): an_account(level=level, region_code=region, permissions=manager)
            for level, region in (
                (Level.CITY, "469000"),
                (Level.CITY, "469100"),
                (Level.COUNTY, "469005"),
                (Level.PROVINCE, "460000"),
            )
        }
        other = an_account(level=Level.CITY, region_code="469000")
        await arrive(database, [*at.values(), other])

        async def told(level: Level, region_code: str) -> list[str]:
            audience = Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=level, region_code=region_code)
            async with database.unit_of_work() as session:
                found = {account.id for account in await list_recipients(session, audience, after=None, limit=1000)}
            return [region for (_, region), account in at.items() if account.account_id in found]

        assert await told(Level.CITY, "469005") == ["469000"]
        assert await told(Level.CITY, "469000") == ["469000"]
        assert await told(Level.COUNTY, "469005") == ["469005"]
        assert await told(Level.COUNTY, "469006") == []
        assert await told(Level.PROVINCE, "469005") == ["460000"]

    async def test_these_accounts_and_no_others(self, database: Database) -> None:
        unit = new_id()
        one, other = an_account(organisation_id=unit), an_account(organisation_id=unit)
        await arrive(database, [one, other])
        async with database.unit_of_work() as session:
            found = await list_recipients(session, Audience(account_ids=[one.account_id]), after=None, limit=10)
        assert [account.id for account in found] == [one.account_id]
