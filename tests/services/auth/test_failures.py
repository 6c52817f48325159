"""Whatever is guessed at, a wrong guess counts for the address that it came from."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from services.auth.access.challenges.actions import Action
from services.auth.failures import GUESSES
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.enterprise_forms import form
from tests.services.auth.proofs import post_proven
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_credit_code, new_mobile

Guess = Callable[[Runtime, Visitor], Awaitable[httpx.Response]]


async def at_a_code(runtime: Runtime, person: Visitor) -> httpx.Response:
    phone = new_mobile()
    await post_proven(person, "/api/auth/recovery/codes", Action.RECOVERY, phone=phone)
    return await person.client.post("/api/auth/recovery/accounts", json={"phone": phone, "code": "000000"})


async def at_an_old_phone(runtime: Runtime, person: Visitor) -> httpx.Response:
    account = await add_account(runtime)
    body = {"account": account.login_name, "password": PASSWORD, "old_phone": new_mobile(), "new_phone": new_mobile()}
    return await post_proven(person, "/api/auth/phone-changes", Action.CHANGE_PHONE, **body)


async def at_a_sign_up(runtime: Runtime, person: Visitor) -> httpx.Response:
    return await person.client.post("/api/auth/enterprises", json={**form(), "code": "000000"})


async def at_an_old_account(runtime: Runtime, person: Visitor) -> httpx.Response:
    body = {"legacy_account": "nobody01", "credit_code": new_credit_code()}
    return await post_proven(person, "/api/auth/enterprises/legacy-matches", Action.LOOKUP, **body)


async def at_an_application(runtime: Runtime, person: Visitor) -> httpx.Response:
    return await person.client.get("/api/auth/applications/by-number/SQ-9999-AAAA-BBBB")


async def at_a_case(runtime: Runtime, person: Visitor) -> httpx.Response:
    return await person.client.get("/api/auth/cases/by-number/BL-9999-AAAA-BBBB")


async def at_a_password(runtime: Runtime, person: Visitor) -> httpx.Response:
    return await person.sign_in((await add_account(runtime)).login_name, "Wrong#20x")


TRIED: list[Guess] = [
    at_a_code,
    at_an_old_phone,
    at_a_sign_up,
    at_an_old_account,
    at_an_application,
    at_a_case,
    at_a_password,
]


@pytest.mark.req("X20")
class TestFailures:
    @pytest.mark.parametrize("guess", TRIED)
    async def test_a_wrong_guess_counts(self, runtime: Runtime, visitor: NewVisitor, guess: Guess) -> None:
        person = visitor()
        assert (await guess(runtime, person)).status_code in {401, 404, 422}
        assert await runtime.redis.get(f"sign-in-failures:{person.address}") == "1"

    def test_each_of_them_is_tried_here(self) -> None:
        assert len(TRIED) == len(GUESSES) + 1

    @pytest.mark.parametrize("guess", [at_an_application, at_a_case])
    async def test_numbers_are_tried_thirty_times_an_hour(
        self, runtime: Runtime, visitor: NewVisitor, guess: Guess
    ) -> None:
        person = visitor()
        await runtime.redis.set(f"sign-in-failures:{person.address}", 30, ex=60)
        refused = await guess(runtime, person)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_failures")
