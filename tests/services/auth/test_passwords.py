"""Changing one's password: both policies, every broken rule at once, no return of the last five."""

from collections.abc import Callable

import pytest

from services.auth.access.accounts import passwords
from services.auth.access.accounts.repository import require_for_change
from services.auth.access.accounts.service import set_password
from shared.identity import SYSTEM
from shared.roles import Grant, Portal
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import PASSWORD, Visitor, add_account
from tests.services.auth.sms import sign_in_by_code

NEW = "Zp%58Wqk!"


async def change(person: Visitor, new: str, old: str = PASSWORD) -> tuple[int, list[tuple[str, str]]]:
    answer = await person.client.post("/api/auth/password", json={"old": old, "new": new})
    body = answer.json() if answer.content else {"errors": []}
    return answer.status_code, [(error["field"], error["code"]) for error in body["errors"]]


@pytest.mark.req("AUTH-13", "AUTH-14", "AUTH-15")
class TestPolicy:
    async def test_every_broken_rule_is_told_at_once(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        status, errors = await change(person, "aaa123?")
        assert status == 422
        assert errors == [("new", code) for code in ("length", "classes", "charset", "repeat", "sequence", "common")]

    @pytest.mark.req("X17", "AUTH-24")
    async def test_employers_need_no_special_and_others_do(self, runtime: Runtime, visitor: NewVisitor) -> None:
        for portal, grant, expected in (
            (Portal.ENTERPRISE, Grant.HAZARD_DECLARATION, 204),
            (Portal.TRAINING, Grant.GROUP_REGISTRATION, 422),
            (Portal.OFFICIALS, Grant.DISEASE_CONTROL, 422),
        ):
            account, person = await add_account(runtime, grant, portal=portal), visitor()
            signed_in = await (
                sign_in_by_code(runtime, person, account)
                if portal is Portal.OFFICIALS
                else person.sign_in(account.login_name)
            )
            assert signed_in.status_code == 201
            assert (await change(person, "Axbd1937"))[0] == expected

    async def test_every_portal_has_a_policy(self) -> None:
        assert passwords.POLICIES.keys() == set(Portal)


@pytest.mark.req("AUTH-12")
class TestFirstSignIn:
    async def test_a_password_set_by_another_must_be_changed_before_anything_else(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime, must_change_password=True), visitor()
        assert (await person.sign_in(account.login_name)).json()["must_change_password"] is True
        refused = await person.client.get("/api/auth/accounts")
        assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
        assert (await person.me()).json()["must_change_password"] is True
        assert await change(person, NEW) == (204, [])
        assert (await person.me()).json()["must_change_password"] is False
        assert (await person.client.get("/api/auth/accounts")).json()["code"] == "forbidden"

    async def test_a_reset_by_another_asks_for_a_change_again(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        hashed = await passwords.hash_password(NEW)
        async with runtime.database.unit_of_work() as session:
            held = await require_for_change(session, account.id)
            await set_password(session, actor=SYSTEM, account=held, password_hash=hashed, by_its_holder=False)
        assert (await person.sign_in(account.login_name, NEW)).json()["must_change_password"] is True


@pytest.mark.req("AUTH-18")
class TestChange:
    async def test_the_new_password_counts_and_the_old_one_no_more(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        assert await change(person, NEW) == (204, [])
        assert (await person.me()).status_code == 200
        assert (await visitor().sign_in(account.login_name, PASSWORD, take_over=True)).status_code == 401
        assert (await visitor().sign_in(account.login_name, NEW, take_over=True)).status_code == 201

    async def test_the_last_five_do_not_come_back(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        used = [PASSWORD, *(f"Zp%58Wqk!{number}" for number in range(5))]
        for old, new in zip(used, used[1:], strict=False):
            assert await change(person, new, old) == (204, [])
        for reused in used[1:]:
            assert await change(person, reused, used[-1]) == (422, [("new", "reused")])
        assert await change(person, PASSWORD, used[-1]) == (204, [])

    async def test_a_wrong_old_password_is_a_counted_guess(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        for _ in range(5):
            assert await change(person, NEW, "Wrong#20x") == (422, [("old", "wrong_password")])
        assert (await change(person, NEW))[0] == 423
        assert (await visitor().sign_in(account.login_name, take_over=True)).status_code == 423

    async def test_nobody_changes_a_password_without_a_session(self, visitor: NewVisitor) -> None:
        assert (await change(visitor(), NEW))[0] == 401


@pytest.mark.req("AUTH-27")
class TestHashing:
    async def test_a_hash_is_argon2id_with_a_salt_of_its_own(self) -> None:
        first, second = await passwords.hash_password(PASSWORD), await passwords.hash_password(PASSWORD)
        assert first != second
        assert first.startswith("$argon2id$")

    async def test_without_a_hash_a_password_is_checked_against_nobodys(
        self, monkeypatch: pytest.MonkeyPatch, runtime: Runtime
    ) -> None:
        seen: list[str] = []
        check: Callable[[str, str], bool] = passwords._matches

        def watched(clear: str, hashed: str) -> bool:
            seen.append(hashed)
            return check(clear, hashed)

        monkeypatch.setattr(passwords, "_matches", watched)
        assert not await passwords.check_password(PASSWORD, None)
        assert seen == [passwords._nobodys_hash()]
        assert not await passwords.check_password(PASSWORD, "no hash at all")
