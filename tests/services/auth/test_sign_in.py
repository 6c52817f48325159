"""Signing in: what a right password opens, and how each refusal is told."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.sessions.models import LoginSession
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import OrganisationStatus
from shared.clock import beijing_time, beijing_today, now_utc
from shared.db.history import RecordType, history_of
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, add_account


@pytest.mark.req("AUTH-10", "AUTH-17")
class TestSignIn:
    async def test_the_right_password_opens_a_session(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        answer = await person.sign_in(account.login_name.upper())
        body = answer.json()
        assert answer.status_code == 201
        assert body["account"]["login_name"] == account.login_name
        assert body["permissions"] == ["group_registration", "institution_filing"]
        assert body["last_sign_in"] is None
        assert body["must_change_password"] is False
        assert (await person.me()).json()["account"]["id"] == str(account.id)

    async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        cookie = (await visitor().sign_in((await add_account(runtime)).login_name)).headers["set-cookie"].lower()
        assert cookie.startswith("session=")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "path=/;" in cookie

    async def test_a_program_uses_the_token_of_the_answer(self, runtime: Runtime, visitor: NewVisitor) -> None:
        token = (await visitor().sign_in((await add_account(runtime)).login_name)).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert (await visitor().client.get("/api/auth/me", headers=headers)).status_code == 200

    async def test_a_token_is_kept_as_its_hash_alone(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        token = (await person.sign_in(account.login_name)).json()["token"]
        await person.me()
        async with runtime.database.unit_of_work() as session:
            row = await session.scalar(select(LoginSession).where(LoginSession.account_id == account.id))
        assert row is not None
        assert token not in str({column.key: getattr(row, column.key) for column in LoginSession.__table__.columns})
        cached = {key: await runtime.redis.get(key) for key in await runtime.redis.keys("session:*")}
        assert token not in str(cached)

    async def test_each_sign_in_has_a_token_of_its_own(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        tokens = {(await person.sign_in(account.login_name, take_over=True)).json()["token"] for _ in range(3)}
        assert len(tokens) == 3

    async def test_the_last_sign_in_is_shown(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first = await add_account(runtime), visitor()
        await first.sign_in(account.login_name)
        last = (await visitor().sign_in(account.login_name, take_over=True)).json()["last_sign_in"]
        assert (last["device"], last["address"]) == ("Windows 10/11 上的 Edge", first.address)

    async def test_another_site_cannot_sign_its_visitor_in(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person = visitor()
        name = (await add_account(runtime)).login_name
        body = {"account": name, "password": PASSWORD, "proof": await person.proof()}
        person.client.headers["Sec-Fetch-Site"] = "cross-site"
        answer = await person.client.post("/api/auth/sessions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")

    async def test_a_hash_of_other_costs_is_made_anew(self, runtime: Runtime, visitor: NewVisitor) -> None:
        old = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1).hash(PASSWORD)
        account = await add_account(runtime, password_hash=old)
        assert (await visitor().sign_in(account.login_name)).status_code == 201
        async with runtime.database.unit_of_work() as session:
            stored = (await session.get_one(Account, account.id)).password_hash
        assert stored is not None
        assert stored.startswith("$argon2id$")
        assert "m=64,t=1" in stored
        assert (await visitor().sign_in(account.login_name, take_over=True)).status_code == 201


@pytest.mark.req("AUTH-27", "PLAT-01")
class TestWrongCredentials:
    async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account = await add_account(runtime)
        nobody = await add_account(runtime, password_hash=None)
        answers = [
            await visitor().sign_in(account.login_name, "Wrong#20x"),
            await visitor().sign_in("no-such-name-here", "Wrong#20x"),
            await visitor().sign_in(nobody.login_name, "Wrong#20x"),
        ]
        assert {answer.status_code for answer in answers} == {401}
        bodies = [{k: v for k, v in answer.json().items() if k != "correlation_id"} for answer in answers]
        assert bodies[0]["code"] == "wrong_credentials"
        assert bodies[0] == bodies[1] == bodies[2]

    async def test_an_unknown_name_is_locked_like_a_known_one(self, visitor: NewVisitor) -> None:
        person, name = visitor(), f"ghost-{now_utc().timestamp()}"
        codes = [(await person.sign_in(name, "Wrong#20x")).json()["code"] for _ in range(6)]
        assert codes == ["wrong_credentials"] * 5 + ["account_locked"]


@pytest.mark.req("AUTH-05")
class TestUnusableAccount:
    async def test_an_expired_account_is_told_whom_to_ask(self, runtime: Runtime, visitor: NewVisitor) -> None:
        region = "320400"
        manager = await add_account(
            runtime,
            Grant.ACCOUNT_MANAGEMENT,
            level=Level.CITY,
            region=region,
            portal=Portal.OFFICIALS,
            office_phone="0519-86682514",
        )
        account = await add_account(runtime, region="320402", valid_days=-1)
        answer = await visitor().sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_expired")
        async with runtime.database.unit_of_work() as session:
            name = (await session.get_one(Organisation, manager.organisation_id)).name
        assert name in answer.json()["detail"]
        assert "0519-86682514" in answer.json()["detail"]

    async def test_the_last_day_still_counts(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime, valid_days=0)
        assert (await visitor().sign_in(account.login_name)).status_code == 201

    async def test_an_account_is_refused_before_its_first_day(self, runtime: Runtime, visitor: NewVisitor) -> None:
        tomorrow = beijing_today(now_utc()) + timedelta(days=1)
        account = await add_account(runtime, valid_from=tomorrow)
        answer = await visitor().sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_not_started")

    async def test_nothing_of_it_is_told_without_the_password(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime, valid_days=-1)
        assert (await visitor().sign_in(account.login_name, "Wrong#20x")).json()["code"] == "wrong_credentials"

    async def test_an_account_of_a_closed_organisation_is_refused(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account = await add_account(runtime, region="650102")
        async with runtime.database.unit_of_work() as session:
            organisation = await session.get_one(Organisation, account.organisation_id)
            organisation.status = OrganisationStatus.DISABLED
        answer = await visitor().sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")
        assert "所在地市疾控中心" in answer.json()["detail"]


@pytest.mark.req("AUTH-09", "BEY-08")
class TestOneLiveSession:
    async def test_a_second_sign_in_is_told_of_the_first(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor("python-httpx/0.28")
        await first.sign_in(account.login_name)
        answer = await second.sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_signed_in")
        assert "Windows 10/11 上的 Edge" in answer.json()["detail"]
        assert f"{beijing_time(now_utc()):%m月%d日}" in answer.json()["detail"]
        assert (await first.me()).status_code == 200

    async def test_taking_over_ends_the_first_and_tells_it_why(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor("python-httpx/0.28")
        await first.sign_in(account.login_name)
        assert (await first.me()).status_code == 200
        assert (await second.sign_in(account.login_name, take_over=True)).status_code == 201
        told = await first.me()
        assert (told.status_code, told.json()["code"]) == (401, "session_ended")
        assert "在另一台设备（程序 python-httpx）登录" in told.json()["detail"]
        assert (await second.me()).status_code == 200

    async def test_a_session_that_timed_out_stands_in_nobodys_way(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first = await add_account(runtime), visitor()
        await first.sign_in(account.login_name)
        async with runtime.database.unit_of_work() as session:
            ago = now_utc() - timedelta(hours=3)
            await session.execute(
                update(LoginSession).where(LoginSession.account_id == account.id).values(last_seen_at=ago)
            )
        assert (await visitor().sign_in(account.login_name)).status_code == 201
        assert "超时" in (await first.me()).json()["detail"]


@pytest.mark.req("AUTH-09", "AUTH-12")
class TestWhatItsHolderIsShown:
    async def test_the_session_and_the_one_before_at_any_time(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor("python-httpx/0.28")
        begun = (await first.sign_in(account.login_name)).json()
        shown = (await first.me()).json()
        assert shown["last_sign_in"] is None
        assert shown["session"] == begun["session"]
        assert (shown["session"]["device"], shown["session"]["address"]) == ("Windows 10/11 上的 Edge", first.address)
        await first.client.delete("/api/auth/sessions/current")
        signed_in = (await second.sign_in(account.login_name)).json()
        for later in (signed_in, (await second.me()).json()):
            assert later["session"]["device"] == "程序 python-httpx"
            assert later["last_sign_in"] == {
                "at": shown["session"]["begun_at"],
                "device": "Windows 10/11 上的 Edge",
                "address": first.address,
            }

    async def test_somebody_elses_sign_in_is_not_shown(self, runtime: Runtime, visitor: NewVisitor) -> None:
        await visitor().sign_in((await add_account(runtime)).login_name)
        person = visitor()
        await person.sign_in((await add_account(runtime)).login_name)
        assert (await person.me()).json()["last_sign_in"] is None


@pytest.mark.req("PLAT-04", "PLAT-05")
class TestHistory:
    async def test_sign_in_failure_and_end_are_remembered_without_secrets(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name, "Wrong#20x")
        token = (await person.sign_in(account.login_name)).json()["token"]
        await visitor().sign_in(account.login_name, take_over=True)
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert [row.action for row in rows] == ["open", "wrong_password", "sign_in", "end_session", "sign_in"]
        assert rows[1].address == rows[2].address == person.address
        everything = str([(row.reason, row.before, row.after) for row in rows])
        for secret in (PASSWORD, "Wrong#20x", token, account.phone, str(account.password_hash)):
            assert secret not in everything
