"""How many codes a sign-in is sent, who uses them up, and who lifts the limit."""

import pytest

from services.auth.access.challenges.actions import Action
from services.auth.main import app
from shared.db.history import RecordType, history_of
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import post_proven
from tests.services.auth.records import PASSWORD, add_account
from tests.services.auth.sms import sign_in_by_code
from tests.services.auth.test_sign_in_codes import add_official, age_codes


@pytest.mark.req("AUTH-28", "STAFF-11")
class TestUsedUp:
    async def test_a_superior_is_shown_it_and_lifts_it(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_official(runtime), visitor()
        for _ in range(10):
            await person.sign_in(account.login_name)
            await age_codes(runtime, account.phone)
        refused = await person.sign_in(account.login_name)
        assert (refused.json()["code"], "上级机构" in refused.json()["detail"]) == ("too_many_codes", True)
        superior = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.PROVINCE, region="320000")
        client = await client_for(app, superior)
        (unit,) = (await client.get("/api/auth/access-checks", params={"q": account.login_name})).json()
        (shown,) = [check for check in unit["accounts"][0]["checks"] if check["name"] == "codes"]
        assert (unit["can_sign_in"], shown["ok"]) == (False, False)
        assert (await client.post(shown["action"]["url"])).status_code == 200
        assert (await sign_in_by_code(runtime, person, account)).status_code == 201
        async with runtime.database.unit_of_work() as session:
            rows = await history_of(session, RecordType("account"), account.id)
        assert "lift_code_limit" in {row.action for row in rows}

    async def test_an_equal_does_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_official(runtime)
        equal = make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region="320100")
        refused = await (await client_for(app, equal)).post(f"/api/auth/accounts/{account.id}/lift_code_limit")
        assert (refused.status_code, "上级机构" in refused.json()["detail"]) == (409, True)

    async def test_what_strangers_ask_for_keeps_no_official_out(self, runtime: Runtime, visitor: NewVisitor) -> None:
        """A recovery, which officials are never sent, and a change of somebody's phone to theirs."""
        account, other = await add_official(runtime), await add_account(runtime)
        for _ in range(6):
            person = visitor()
            await post_proven(person, "/api/auth/recovery/codes", Action.RECOVERY, phone=account.phone)
            change = {"account": other.login_name, "password": PASSWORD, "old_phone": other.phone}
            await post_proven(person, "/api/auth/phone-changes", Action.CHANGE_PHONE, new_phone=account.phone, **change)
        assert (await sign_in_by_code(runtime, visitor(), account)).status_code == 201
