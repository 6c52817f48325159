"""The end of a validity: warned of three times, over on the day after the last, ended once and told, extended by the city."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.sessions.lookup import fill_cache
from services.auth.access.sessions.models import LoginSession
from services.auth.desks.oversight.tasks import expire_accounts
from services.auth.main import app
from services.auth.worker import WORKER
from shared.clock import beijing_today, now_utc, years_after
from shared.db.history import RecordType, broken_history, history_of
from shared.events.log import EventRow
from shared.roles import Grant, Level, Permission, Portal
from shared.runtime import Runtime
from shared.tasks.spec import Lane
from shared.web.callers import cache_key, token_hash
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account
from tests.services.auth.test_sessions import OpenApp, ask_another_service

ACCOUNTS = "/api/auth/accounts"
TODAY = beijing_today(now_utc())


async def fresh(runtime: Runtime, account: Account) -> Account:
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(Account, account.id)


async def let_end(runtime: Runtime, account: Account, days: int) -> None:
    """The account's last day is so many days from today."""
    async with runtime.database.unit_of_work() as session:
        ends = update(Account).where(Account.id == account.id).values(valid_until=TODAY + timedelta(days=days))
        await session.execute(ends)


async def told(runtime: Runtime, kind: str, account_id: UUID) -> list[dict[str, Any]]:
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(
            select(EventRow.payload)
            .where(EventRow.type == kind, EventRow.payload["account_id"].astext == str(account_id))
            .order_by(EventRow.seq)
        )
        return list(rows)


async def actions(runtime: Runtime, account: Account) -> list[str]:
    async with runtime.database.unit_of_work() as session:
        return [row.action for row in await history_of(session, RecordType("account"), account.id)]


async def city_with_phone(runtime: Runtime, region: str = "321100") -> Account:
    grants = (Grant.ACCOUNT_MANAGEMENT,)
    phone = "0511-84405678"
    return await add_account(
        runtime, *grants, level=Level.CITY, region=region, portal=Portal.OFFICIALS, office_phone=phone
    )


@pytest.mark.req("AUTH-05")
class TestNightlyJob:
    def test_beat_says_it_every_ten_minutes_to_the_slow_worker(self) -> None:
        task = next(task for task in WORKER.tasks if task.name == "auth.expire_accounts")
        assert (task.every, task.lane, task.body()) == (600, Lane.SLOW, expire_accounts)

    @pytest.mark.req("PLAT-04")
    async def test_an_account_ends_on_the_day_after_its_last(self, runtime: Runtime) -> None:
        last_day, over = await add_account(runtime), await add_account(runtime)
        await let_end(runtime, last_day, 0)
        await let_end(runtime, over, -1)
        before = (await fresh(runtime, over)).version
        await expire_accounts(runtime)
        assert (await fresh(runtime, last_day)).status is AccountStatus.ACTIVE
        ended = await fresh(runtime, over)
        assert (ended.status, ended.version) == (AccountStatus.EXPIRED, before + 1)
        assert (await actions(runtime, over))[-1] == "expire"
        assert [event["active"] for event in await told(runtime, "auth.account.changed.v1", over.id)] == [True, False]
        async with runtime.database.unit_of_work() as session:
            assert [place for place in await broken_history(session) if place[1] == over.id] == []

    async def test_a_second_run_changes_nothing(self, runtime: Runtime) -> None:
        over = await add_account(runtime)
        await let_end(runtime, over, -1)
        await expire_accounts(runtime)
        first = await actions(runtime, over)
        await expire_accounts(runtime)
        assert await actions(runtime, over) == first

    async def test_disabled_accounts_stay_disabled(self, runtime: Runtime, client_for: ClientFor) -> None:
        over = await add_account(runtime)
        await let_end(runtime, over, -1)
        client = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100"))
        await client.post(f"{ACCOUNTS}/{over.id}/disable", json={"reason": "离职"})
        await expire_accounts(runtime)
        assert (await fresh(runtime, over)).status is AccountStatus.DISABLED

    async def test_more_than_one_batch_is_ended(self, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("services.auth.desks.oversight.validity.BATCH", 2)
        accounts = [await add_account(runtime) for _ in range(5)]
        for account in accounts:
            await let_end(runtime, account, -1)
        await expire_accounts(runtime)
        assert {(await fresh(runtime, account)).status for account in accounts} == {AccountStatus.EXPIRED}

    async def test_whoever_is_signed_in_is_told_why_and_whom_to_ask(
        self, runtime: Runtime, visitor: NewVisitor, open_app: OpenApp
    ) -> None:
        city = await city_with_phone(runtime)
        people = []
        for _ in range(2):
            account, person = await add_account(runtime, region="321102"), visitor()
            token = (await person.sign_in(account.login_name)).json()["token"]
            await fill_cache(runtime, token_hash(token))
            assert (await ask_another_service(open_app, token)).status_code == 422
            people.append((account, person, token))
            await let_end(runtime, account, -1)
        await expire_accounts(runtime)
        for account, person, token in people:
            assert await runtime.redis.get(cache_key(token_hash(token)))  # the tombstone, before anybody asks
            refused = await ask_another_service(open_app, token)
            assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
            for words in ("到期", city.organisation.name, "0511-84405678", "延期"):
                assert words in refused.json()["detail"]
            again = await person.sign_in(account.login_name)
            assert (again.status_code, again.json()["code"]) == (403, "account_expired")
            assert city.organisation.name in again.json()["detail"]
            assert "end_session" in await actions(runtime, account)
            async with runtime.database.unit_of_work() as session:
                open_ones = select(func.count()).where(
                    LoginSession.account_id == account.id, LoginSession.ended_at.is_(None)
                )
                assert await session.scalar(open_ones) == 0

    async def test_nobody_gets_in_before_the_job_has_run(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime)
        await let_end(runtime, account, -1)
        refused = await visitor().sign_in(account.login_name)
        assert (refused.status_code, refused.json()["code"]) == (403, "account_expired")


@pytest.mark.req("AUTH-05")
class TestWarnings:
    @pytest.mark.parametrize(("days", "warned"), [(31, []), (30, [30]), (7, [7]), (6, [6]), (1, [1]), (0, [0])])
    async def test_a_threshold_warns_once(self, runtime: Runtime, days: int, warned: list[int]) -> None:
        account = await add_account(runtime)
        await let_end(runtime, account, days)
        for _ in range(2):
            await expire_accounts(runtime)
        events = await told(runtime, "auth.account.expiring.v1", account.id)
        assert [event["days"] for event in events] == warned
        assert all("账号管理人员" in event["contact"] for event in events)
        assert (await actions(runtime, account)).count("warn") == len(warned)

    async def test_each_threshold_warns_again(self, runtime: Runtime) -> None:
        account = await add_account(runtime)
        for days in (30, 12, 7, 3, 1, 0):
            await let_end(runtime, account, days)
            await expire_accounts(runtime)
        events = await told(runtime, "auth.account.expiring.v1", account.id)
        assert [event["days"] for event in events] == [30, 7, 1]

    async def test_an_extended_account_is_warned_anew(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        await let_end(runtime, account, 5)
        await expire_accounts(runtime)
        client = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100"))
        until = {"valid_until": years_after(TODAY, 1).isoformat()}
        await client.post(f"{ACCOUNTS}/{account.id}/extend", json=until)
        await let_end(runtime, account, 30)
        await expire_accounts(runtime)
        events = await told(runtime, "auth.account.expiring.v1", account.id)
        assert [event["days"] for event in events] == [5, 30]


@pytest.mark.req("AUTH-05", "STAFF-11")
class TestExtension:
    async def test_the_city_brings_an_expired_account_back(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account = await add_account(runtime)
        await let_end(runtime, account, -1)
        await expire_accounts(runtime)
        city = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100"))
        until = years_after(TODAY, 2).isoformat()
        answer = await city.post(f"{ACCOUNTS}/{account.id}/extend", json={"valid_until": until})
        assert (answer.status_code, answer.json()["status"], answer.json()["valid_until"]) == (200, "active", until)
        assert (await visitor().sign_in(account.login_name)).status_code == 201
        history = (await city.get(f"{ACCOUNTS}/{account.id}/history")).json()
        (line,) = [row for row in history if row["action"] == "extend"]
        assert (line["before"]["status"], line["after"]["valid_until"]) == ("expired", until)

    async def test_it_is_one_to_three_years(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime, valid_until=TODAY + timedelta(days=30))
        city = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100"))
        first, last = years_after(TODAY, 1), years_after(TODAY, 3)
        for until, status in (
            (first - timedelta(days=1), 422),
            (last + timedelta(days=1), 422),
            (first, 200),
            (last, 200),
        ):
            body = {"valid_until": until.isoformat()}
            assert (await city.post(f"{ACCOUNTS}/{account.id}/extend", json=body)).status_code == status

    async def test_the_county_asks_the_city(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        county = await client_for(app, make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.COUNTY, region="320102"))
        body = {"valid_until": years_after(TODAY, 1).isoformat()}
        answer = await county.post(f"{ACCOUNTS}/{account.id}/extend", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "needs_city")
