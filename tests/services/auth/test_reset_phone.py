"""Official without phone and password (AUTH-29, STAFF-11): the superior gives the account its new phone and a new link in one step; the
old link, the old password, the old sessions and codes to the old phone are dead.
"""

import re
from typing import Any

import httpx
import pytest

from services.auth.access.accounts.models import Account
from services.auth.access.activations.service import begin_activation
from services.auth.main import app
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.auth.case_records import events_about, fresh, history_of_record, manager, texts_to
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.officials import add_official
from tests.services.auth.records import PASSWORD, Visitor, add_account, new_mobile
from tests.services.auth.sms import last_code, sign_in_by_code
from tests.services.auth.test_activations import LINKS, NEW, ask_code

ACCOUNTS = "/api/auth/accounts"


async def reset(client_for: ClientFor, account: Account, phone: str | None, **more: Any) -> httpx.Response:
    actor = more.pop("actor", None) or manager(Level.PROVINCE, "320000")
    body = {"reason": "手机和密码均已丢失，当面核实", "phone": phone, **more}
    return await (await client_for(app, actor)).post(f"{ACCOUNTS}/{account.id}/reset", json=body)


async def token_to(runtime: Runtime, phone: str) -> str:
    found = re.search(r"/activate#(\S+)", (await texts_to(runtime, phone))[-1])
    assert found
    return found[1]


async def set_by(person: Visitor, token: str) -> httpx.Response:
    return await person.client.post(LINKS, json={"token": token, "password": NEW})


@pytest.mark.req("AUTH-29", "STAFF-11", "FAQ-D16", "FAQ-D17", "FAQ-D18")
class TestResetWithPhone:
    @pytest.mark.parametrize("activated", [True, False])
    @pytest.mark.parametrize(("level", "region"), [(Level.CITY, "320100"), (Level.COUNTY, "320102")])
    async def test_one_step_gives_the_phone_and_the_link(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor, level: Level, region: str, activated: bool
    ) -> None:
        given = {} if activated else {"password_hash": None}
        account, phone = await add_official(runtime, level, region, **given), new_mobile()
        async with runtime.database.unit_of_work() as session:
            await begin_activation(session, account=await session.get_one(Account, account.id))
        old = await token_to(runtime, account.phone)
        answer = await reset(client_for, account, phone)
        assert (answer.status_code, answer.json()["phone"]) == (200, f"{phone[:3]}****{phone[-4:]}")
        person = visitor()
        assert (await set_by(person, old)).json()["code"] == "activation_over"
        assert (await set_by(person, await token_to(runtime, phone))).status_code == 200
        changed = await fresh(runtime, Account, account.id)
        assert (changed.phone, (await person.sign_in(account.login_name, PASSWORD)).status_code) == (phone, 401)
        assert (await sign_in_by_code(runtime, person, changed, NEW)).status_code == 201
        assert await events_about(runtime, "auth.account.changed.v1", "account_id", account.id)

    async def test_the_old_phone_is_told_and_a_strangers_is_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        used, new = await add_official(runtime, Level.COUNTY, "320102"), await add_account(runtime, password_hash=None)
        for account in (used, new):
            assert (await reset(client_for, account, new_mobile())).status_code == 200
        assert ["更换" in words for words in await texts_to(runtime, used.phone)] == [True]
        assert await texts_to(runtime, new.phone) == []

    async def test_a_code_to_the_old_phone_activates_nothing(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, person = await add_account(runtime, password_hash=None), visitor()
        await ask_code(person, account.login_name, account.phone)
        code = await last_code(runtime, account.phone)
        assert (await reset(client_for, account, new_mobile())).status_code == 200
        body = {"account": account.login_name, "phone": account.phone, "code": code, "password": NEW}
        answer = await person.client.post(f"{LINKS}/by-code", json=body)
        assert answer.json()["code"] == "activation_over"

    async def test_a_phone_that_is_taken_is_said_at_its_field_and_nothing_is_done(
        self, runtime: Runtime, visitor: NewVisitor, client_for: ClientFor
    ) -> None:
        account, other = [await add_official(runtime, Level.COUNTY, "320102") for _ in range(2)]
        answer = await reset(client_for, account, other.phone)
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("phone", "phone_taken")]
        assert (await fresh(runtime, Account, account.id)).password_hash == account.password_hash
        assert (await reset(client_for, account, "12345")).json()["errors"][0]["field"] == "phone"

    async def test_the_history_has_the_numbers_masked(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, phone = await add_official(runtime, Level.COUNTY, "320102"), new_mobile()
        await reset(client_for, account, phone)
        rows = await history_of_record(runtime, account.id)
        kept = " ".join(f"{row.before} {row.after} {row.reason}" for row in rows)
        assert (phone in kept, account.phone in kept, phone[-4:] in kept) == (False, False, True)

    async def test_an_equal_a_stranger_and_the_holder_may_not(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(
            runtime, Grant.DISEASE_CONTROL, level=Level.CITY, region="320100", portal=Portal.OFFICIALS
        )
        for actor, status in ((manager(), 409), (manager(region="320500"), 404)):
            assert (await reset(client_for, account, new_mobile(), actor=actor)).status_code == status

    async def test_the_button_asks_for_the_phone(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_official(runtime, Level.COUNTY, "320102")
        client = await client_for(app, manager())
        actions = (await client.get(f"{ACCOUNTS}/{account.id}")).json()["allowed_actions"]
        (button,) = (each for each in actions if each["action"] == "reset")
        assert [(each["name"], each["required"]) for each in button["fields"]] == [("phone", False)]
