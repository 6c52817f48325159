"""The demo accounts are real enough to sign in with, and the same on every machine."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from ops.client import CodeUnreadable, PlatformClient, Refused
from services.auth import demo
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import POLICIES
from services.auth.access.texts.tasks import send_texts
from services.auth.main import app
from services.notifications.main import app as notifications
from shared.identifiers import mobile_problem, uscc_problem
from shared.passwords import broken_rules
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.records import PASSWORD, add_account

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
NewClient = Callable[[], PlatformClient]


class Demo(httpx.AsyncBaseTransport):
    """auth and the catcher of notifications as the embedded platform joins them; auth's worker looks whenever the catcher is asked."""

    def __init__(self, runtime: Runtime) -> None:
        self.auth = httpx.ASGITransport(app=app, client=("192.0.2.99", 1))
        self.catcher = httpx.ASGITransport(app=notifications)
        self.runtime = replace(runtime, http=httpx.AsyncClient(transport=self.catcher))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith("/dev/messages"):
            return await self.auth.handle_async_request(request)
        await send_texts(self.runtime)
        return await self.catcher.handle_async_request(request)


@pytest.fixture
async def client(runtime: Runtime, open_app: OpenApp) -> Callable[[], PlatformClient]:
    await open_app(notifications)
    return lambda: PlatformClient("http://platform", transport=Demo(runtime))


@pytest.mark.req("AUTH-13", "AUTH-24")
class TestDemo:
    def test_the_password_satisfies_every_policy(self) -> None:
        assert [broken_rules(demo.DEMO_PASSWORD, policy) for policy in POLICIES.values()] == [[], [], []]

    def test_codes_and_phones_are_valid_and_differ(self) -> None:
        codes = {each.organisation.credit_code for each in demo.DEMO}
        mobiles = {each.mobile for each in demo.DEMO}
        assert len(codes) == sum(not each.colleague for each in demo.DEMO)
        assert len(mobiles) == len(demo.DEMO)
        assert not any(map(uscc_problem, codes))
        assert not any(map(mobile_problem, mobiles))

    async def test_seeding_twice_opens_once(self, runtime: Runtime) -> None:
        for _ in range(2):
            async with runtime.database.unit_of_work() as session:
                accounts = await demo.seed_demo(session)
        names = [account.login_name for account in accounts]
        officials = ["province01", "city01", "county01", "province02", "admin01"]
        assert names == ["unit01", "unit02", "unit03", *officials, "employer01"]
        async with runtime.database.unit_of_work() as session:
            found = await session.scalar(select(func.count()).where(Account.login_name.in_(names)))
            unit = await session.get_one(Account, demo.demo_id("unit01"))
        assert found == len(names)
        assert unit.organisation_id == demo.demo_id("unit01/organisation") == accounts[0].organisation_id

    async def test_a_program_signs_in_with_each(self, runtime: Runtime, client: NewClient) -> None:
        async with runtime.database.unit_of_work() as session:
            accounts = await demo.seed_demo(session)
        for account in accounts:
            async with client() as program:
                answer = await program.sign_in(account.login_name, account.password)
                assert answer["organisation"]["name"] == account.organisation_name
                assert (await program.get("/api/auth/me"))["menu"] == answer["menu"] != []
                await program.sign_out()

    async def test_a_program_is_told_why_it_is_refused(self, client: NewClient) -> None:
        async with client() as program:
            with pytest.raises(Refused, match="wrong_credentials") as refused:
                await program.sign_in("nobody-here", "x")
        assert (refused.value.status, refused.value.code) == (401, "wrong_credentials")

    async def test_a_program_is_told_where_nothing_shows_it_the_code(self, runtime: Runtime) -> None:
        # A code that nobody reads keeps its number from another for a minute: an official of this test's own.
        official = await add_account(runtime, Grant.DISEASE_CONTROL, level=Level.CITY, portal=Portal.OFFICIALS)
        transport = httpx.ASGITransport(app=app, client=("192.0.2.98", 1))
        async with PlatformClient("http://platform", transport=transport) as program:
            with pytest.raises(CodeUnreadable, match="only a demo shows its messages") as refused:
                await program.sign_in(official.login_name, PASSWORD)
        assert (refused.value.status, refused.value.code) == (401, "code_required")
