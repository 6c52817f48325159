"""How often a password may be guessed, whoever guesses how fast."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.auth.access.accounts import passwords
from services.auth.access.guesses import tasks
from services.auth.access.guesses.models import Guesses, name_index
from services.auth.main import app
from shared.clock import beijing_time, now_utc
from shared.db.history import RecordType, history_of
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, Visitor, add_account

WRONG = "Wrong#20x"


async def guess(person: Visitor, name: str, times: int, password: str = WRONG) -> list[str]:
    answers = [await person.sign_in(name, password, take_over=True) for _ in range(times)]
    return [answer.json().get("code", "signed_in") for answer in answers]


async def change_guesses(runtime: Runtime, name: str, **values: object) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(update(Guesses).where(Guesses.name_index == name_index(name)).values(**values))


@pytest.mark.req("AUTH-27", "FAQ-D12")
class TestLock:
    async def test_five_wrong_passwords_lock_for_six_hours(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        assert await guess(person, account.login_name, 5) == ["wrong_credentials"] * 5
        answer = await person.sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (423, "account_locked")
        until = beijing_time(now_utc() + timedelta(hours=6))
        for words in (f"{until:%m月%d日 %H:}", "密码连续输错 5 次", "用短信验证码解锁", "账号管理人员解除锁定"):
            assert words in answer.json()["detail"]
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert [row.action for row in rows] == ["open", *["wrong_password"] * 5, "lock"]
        assert rows[-1].after is not None
        assert rows[-1].after["locked_until"]

    async def test_a_right_password_begins_the_count_anew(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await guess(person, account.login_name, 4)
        assert await guess(person, account.login_name, 1, PASSWORD) == ["signed_in"]
        assert await guess(person, account.login_name, 4) == ["wrong_credentials"] * 4
        assert await guess(person, account.login_name, 1, PASSWORD) == ["signed_in"]

    async def test_a_right_password_counts_even_when_the_account_is_in_use(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        codes = [(await person.sign_in(account.login_name)).json()["code"] for _ in range(6)]
        assert codes == ["already_signed_in"] * 6

    async def test_an_overseer_ends_the_lock(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await guess(person, account.login_name, 5)
        overseer = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        client = await client_for(app, overseer)
        assert (await client.post(f"/api/auth/accounts/{account.id}/unlock")).status_code == 200
        assert await guess(person, account.login_name, 1, PASSWORD) == ["signed_in"]

    async def test_the_lock_ends_after_its_time(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await guess(person, account.login_name, 5)
        await change_guesses(runtime, account.login_name, locked_until=now_utc() - timedelta(seconds=1))
        assert await guess(person, account.login_name, 1) == ["wrong_credentials"]
        assert await guess(person, account.login_name, 1, PASSWORD) == ["signed_in"]

    @pytest.mark.req("X20")
    async def test_two_hundred_guesses_at_once_are_five(
        self, runtime: Runtime, visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account, person = await add_account(runtime), visitor()
        proofs = [await person.proof() for _ in range(200)]
        evaluated, matches = Counter[str](), passwords._matches

        def counted(clear: str, hashed: str) -> bool:
            evaluated[clear] += 1
            return matches(clear, hashed)

        monkeypatch.setattr(passwords, "_matches", counted)

        async def one(proof: str) -> int:
            body = {"account": account.login_name, "password": WRONG, "proof": proof}
            return (await person.client.post("/api/auth/sessions", json=body)).status_code

        statuses = Counter(await asyncio.gather(*map(one, proofs)))
        assert statuses == {401: 5, 423: 195}
        assert evaluated == {WRONG: 5}
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert Counter(row.action for row in rows) == {"open": 1, "wrong_password": 5, "lock": 1}

    async def test_twenty_right_passwords_at_once_are_none_refused(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """Four wrong ones before leave one place for all of them, one after the other."""
        account, person = await add_account(runtime), visitor()
        await guess(person, account.login_name, 4)
        proofs = [await person.proof() for _ in range(20)]

        async def one(proof: str) -> int:
            body = {"account": account.login_name, "password": PASSWORD, "proof": proof, "take_over": True}
            return (await person.client.post("/api/auth/sessions", json=body)).status_code

        assert Counter(await asyncio.gather(*map(one, proofs))) == {201: 20}

    async def test_a_place_that_a_dead_process_left_is_free_again(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await guess(person, account.login_name, 4)
        lost = now_utc() - timedelta(minutes=3)
        await change_guesses(runtime, account.login_name, held=1, changed_at=lost)
        assert await guess(person, account.login_name, 1, PASSWORD) == ["signed_in"]

    async def test_old_counts_are_let_go_and_locks_are_not(self, runtime: Runtime, visitor: NewVisitor) -> None:
        person, names = visitor(), [(await add_account(runtime)).login_name for _ in range(3)]
        long_ago = now_utc() - timedelta(days=3)
        for name in names:
            await guess(person, name, 1)
        await change_guesses(runtime, names[0], changed_at=long_ago)
        await change_guesses(runtime, names[1], changed_at=long_ago, locked_until=now_utc() + timedelta(hours=1))
        await tasks.sweep(runtime)
        async with runtime.database.unit_of_work() as session:
            left = set(await session.scalars(select(Guesses.name_index)))
        assert [name_index(name) in left for name in names] == [False, True, True]


@pytest.mark.req("X20")
class TestAddress:
    async def test_thirty_failures_slow_an_address_down_whatever_the_account(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        for number in range(30):
            assert await guess(person, f"{account.login_name}-{number}", 1) == ["wrong_credentials"]
        answer = await person.sign_in(account.login_name)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_failures")
        assert 0 < int(answer.headers["retry-after"]) <= 3600
        assert (await visitor().sign_in(account.login_name)).status_code == 201

    async def test_a_slowed_address_locks_nobody(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for number in range(30):
            await guess(person, f"{account.login_name}-{number}", 1)
        assert await guess(person, account.login_name, 6) == ["too_many_failures"] * 6
        assert await guess(visitor(), account.login_name, 1, PASSWORD) == ["signed_in"]
