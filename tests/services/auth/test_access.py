"""Why can this unit not log in: the whole chain of each account, and for each broken link the action that repairs it."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.auth.access.accounts.models import Account
from services.auth.main import app
from shared.clock import years_after
from shared.roles import Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.records import add_account
from tests.services.auth.test_oversight import TODAY, change, city, county_body

CHECKS = "/api/auth/access-checks"


async def chain_of(client: httpx.AsyncClient, account: Account, query: str = "") -> dict[str, Any]:
    """{check: its answer} of the account."""
    units = (await client.get(CHECKS, params={"q": query or account.login_name})).json()
    (unit,) = [unit for unit in units if unit["organisation_id"] == str(account.organisation_id)]
    (found,) = [each for each in unit["accounts"] if each["account_id"] == str(account.id)]
    return {"unit": unit, "account": found, **{check["name"]: check for check in found["checks"]}}


@pytest.mark.req("FAQ-D21", "STAFF-11")
class TestAccessChecks:
    async def test_a_healthy_account_passes_in_order(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, client = await add_account(runtime), await city(client_for)
        for query in (account.login_name, account.organisation.name[2:], account.organisation.credit_code.lower()):
            found = await chain_of(client, account, query)
            assert [check["label"] for check in found["account"]["checks"]] == [
                "机构是否启用",
                "账号是否启用",
                "是否激活",
                "有效期",
                "是否锁定",
                "首次改密",
                "是否已在别处登录",
                "最近一次登录",
            ]
            assert found["account"]["can_sign_in"] is found["unit"]["can_sign_in"] is True
            assert account.phone not in str(found)

    async def test_each_broken_link_names_what_repairs_it(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        client = await city(client_for)
        for values, name, action, body in (
            ({"status": "disabled"}, "account_enabled", "enable", None),
            ({"password_hash": None}, "activated", "reset", {"reason": "x"}),
            (
                {"valid_until": TODAY - timedelta(days=1)},
                "valid",
                "extend",
                {"valid_until": years_after(TODAY, 1).isoformat()},
            ),
        ):
            account = await add_account(runtime)
            await change(runtime, account, **values)
            found = await chain_of(client, account)
            assert (found["account"]["can_sign_in"], found[name]["ok"]) == (False, False)
            assert (found[name]["action"]["action"], found[name]["action"]["allowed"]) == (action, True)
            assert (await client.post(found[name]["action"]["url"], json=body)).status_code == 200

    async def test_a_lock_says_until_when(self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor) -> None:
        account, client = await add_account(runtime), await city(client_for)
        for _ in range(5):
            await visitor().sign_in(account.login_name, "Wrong#20x")
        found = await chain_of(client, account)
        assert re.search(r"锁定至 \d{4}-\d\d-\d\d \d\d:\d\d", found["unlocked"]["detail"])
        assert "最近一次密码错误" in found["last_sign_in"]["detail"]
        assert (await client.post(found["unlocked"]["action"]["url"])).status_code == 200
        assert (await chain_of(client, account))["account"]["can_sign_in"] is True

    async def test_who_is_signed_in_elsewhere_shows_the_device(
        self, runtime: Runtime, client_for: ClientFor, visitor: NewVisitor
    ) -> None:
        account, person, client = await add_account(runtime), visitor(), await city(client_for)
        await person.sign_in(account.login_name)
        await change(runtime, account, must_change_password=True)
        found = await chain_of(client, account)
        assert "Windows 10/11 上的 Edge" in found["not_elsewhere"]["detail"]
        assert person.address in found["not_elsewhere"]["detail"]
        assert found["not_elsewhere"]["action"]["action"] == "end_sessions"
        assert (found["password_changed"]["ok"], found["account"]["can_sign_in"]) == (False, True)

    @pytest.mark.req("ORG-12")
    async def test_a_county_needs_both_switches(self, runtime: Runtime, client_for: ClientFor) -> None:
        account, client = await county_body(runtime), await city(client_for)
        url = f"/api/auth/organisations/{account.organisation_id}/disable"
        await client.post(url, json={"reason": "x", "with_below": True})
        unit = (await chain_of(client, account))["unit"]
        assert [(check["label"], check["ok"]) for check in unit["checks"]] == [
            ("机构是否启用", False),
            ("是否有启用的账号", False),
        ]
        for number in (0, 1):
            assert unit["can_sign_in"] is False
            assert (await client.post(unit["checks"][number]["action"]["url"])).status_code == 200
            unit = (await chain_of(client, account))["unit"]
        assert unit["can_sign_in"] is True

    @pytest.mark.req("PLAT-06")
    async def test_others_are_not_found(self, runtime: Runtime, client_for: ClientFor) -> None:
        account = await add_account(runtime)
        stranger = await city(client_for, "320500")
        assert (await stranger.get(CHECKS, params={"q": account.login_name})).json() == []
        unit = await client_for(app, make_actor(Permission.GROUP_REGISTRATION))
        assert (await unit.get(CHECKS, params={"q": account.login_name})).status_code == 403
        assert (await stranger.get(CHECKS, params={"q": "  "})).status_code == 422
