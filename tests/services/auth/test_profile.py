"""个人设置: one's own settings, told to whoever sends notices, and one's own sessions."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from services.auth.access.accounts.models import Account
from services.auth.access.sessions.models import LoginSession
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.history import RecordType, history_of
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.events.log import EventRow
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import field_codes
from tests.services.auth.records import PASSWORD, Visitor, add_account

SETTINGS, SESSIONS = "/api/auth/me/settings", "/api/auth/me/sessions"


async def change(person: Visitor, version: str | None = None, **news: Any) -> httpx.Response:
    tag = version or (await person.client.get(SETTINGS)).headers["ETag"]
    body = {**({"password": PASSWORD} if "email" in news else {}), **news}
    return await person.client.patch(SETTINGS, json=body, headers={"If-Match": tag})


async def told_of(runtime: Runtime, account: Account) -> list[AccountChanged]:
    async with runtime.database.unit_of_work() as session:
        own = select(EventRow).where(
            EventRow.type == AccountChanged.type, EventRow.payload["account_id"].astext == str(account.id)
        )
        rows = await session.scalars(own.order_by(EventRow.seq))
        return [AccountChanged.model_validate(row.payload) for row in rows]


@pytest.mark.req("AUTH-18")
class TestSettings:
    async def test_they_begin_plain_and_show_the_phone_masked(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        answer = await person.client.get(SETTINGS)
        body = answer.json()
        assert (body["phone"], body["email"], body["theme_colour"]) == (mask_phone(account.phone), None, "")
        assert (body["sms_notices"], body["email_notices"]) == (True, True)
        assert body["policy"]["portal"] == "training"
        assert answer.headers["ETag"] == f'"{body["version"]}"'
        assert account.phone not in answer.text

    @pytest.mark.req("AUTH-27")
    async def test_another_email_takes_the_password_and_a_wrong_one_is_a_guess(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        without = await change(person, email="zhang@example.com", password=None)
        assert (without.status_code, field_codes(without)) == (422, [("password", "missing")])
        for _ in range(5):
            wrong = await change(person, email="zhang@example.com", password="Wrong#20x")
            assert field_codes(wrong) == [("password", "wrong_password")]
        assert (await change(person, email="zhang@example.com")).status_code == 423
        assert (await change(person, email=None, password=None, sms_notices=False)).status_code == 200
        assert (await person.client.get(SETTINGS)).json()["email"] is None

    async def test_what_is_sent_changes_and_the_rest_stays(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        first = await change(person, email="zhang@example.com", theme_colour="#1677ff", sms_notices=False)
        assert first.status_code == 200
        body = (await change(person, first.headers["ETag"], email_notices=False)).json()
        assert (body["email"], body["theme_colour"]) == ("zhang@example.com", "#1677ff")
        assert (body["sms_notices"], body["email_notices"]) == (False, False)
        assert (await change(person, email=None)).json()["email"] is None

    async def test_those_who_send_notices_are_told_and_of_a_colour_they_are_not(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        before = len(await told_of(runtime, account))
        await change(person, theme_colour="#1677ff")
        await change(person, theme_colour="#1677ff", sms_notices=True)
        assert len(await told_of(runtime, account)) == before
        await change(person, email="zhang@example.com", sms_notices=False)
        told = await told_of(runtime, account)
        assert len(told) == before + 1
        newest = told[-1]
        assert newest.email is not None
        assert newest.email.open(field_cipher()) == "zhang@example.com"
        assert (newest.sms_notices, newest.email_notices) == (False, True)

    @pytest.mark.req("PLAT-03")
    async def test_two_who_change_the_same_do_not_overwrite_each_other(
        self, runtime: Runtime, visitor: NewVisitor
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        read = (await person.client.get(SETTINGS)).headers["ETag"]
        assert (await change(person, read, theme_colour="#1677ff")).status_code == 200
        late = await change(person, read, theme_colour="#ff0000")
        assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
        missing = await person.client.patch(SETTINGS, json={"theme_colour": "#ff0000"})
        assert missing.status_code == 428
        assert (await person.client.get(SETTINGS)).json()["theme_colour"] == "#1677ff"

    @pytest.mark.req("PLAT-04", "PLAT-05")
    async def test_the_history_says_what_changed_and_no_address(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        await change(person, email="zhang@example.com", theme_colour="#1677ff")
        async with runtime.database.unit_of_work() as session:
            row = (await history_of(session, RecordType("account"), account.id))[-1]
        assert row.action == "update_settings"
        assert row.before == {"email": "未填写", "theme_colour": ""}
        assert row.after == {"email": "已填写", "theme_colour": "#1677ff"}

    @pytest.mark.parametrize(
        "bad",
        [
            {"email": "nobody"},
            {"theme_colour": "red"},
            {"theme_colour": "#1677f"},
            {"sms_notices": None},
            {"phone": "13800138000"},
        ],
    )
    async def test_what_is_no_setting_is_refused_by_its_name(
        self, runtime: Runtime, visitor: NewVisitor, bad: dict[str, Any]
    ) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        refused = await change(person, **bad)
        assert refused.status_code == 422
        assert [field for field, _ in field_codes(refused)] == list(bad)

    async def test_nobody_has_settings_without_a_session(self, visitor: NewVisitor) -> None:
        assert (await visitor().client.get(SETTINGS)).status_code == 401
        assert (await visitor().client.get(SESSIONS)).status_code == 401


@pytest.mark.req("AUTH-18", "AUTH-09", "BEY-08")
class TestSessions:
    async def test_the_newest_are_shown_with_device_end_and_reason(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, stranger = await add_account(runtime), await add_account(runtime)
        await visitor().sign_in(stranger.login_name)
        first, second = visitor("python-httpx/0.28"), visitor()
        await first.sign_in(account.login_name)
        await second.sign_in(account.login_name, take_over=True)
        shown = (await second.client.get(SESSIONS)).json()
        assert [(item["device"], item["address"], item["live"], item["current"]) for item in shown] == [
            ("Windows 10/11 上的 Edge", second.address, True, True),
            ("程序 python-httpx", first.address, False, False),
        ]
        assert shown[0]["ended_at"] is None
        assert "在另一台设备" in shown[1]["ended_reason"]

    async def test_a_session_that_timed_out_is_not_shown_as_live(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, first, second = await add_account(runtime), visitor(), visitor()
        await first.sign_in(account.login_name)
        async with runtime.database.unit_of_work() as session:
            own = update(LoginSession).where(LoginSession.account_id == account.id)
            await session.execute(own.values(last_seen_at=now_utc() - timedelta(hours=3)))
        await second.sign_in(account.login_name)
        shown = (await second.client.get(SESSIONS)).json()
        assert [item["live"] for item in shown] == [True, False]
        assert "超时" in shown[1]["ended_reason"]

    async def test_twenty_are_enough(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        for _ in range(21):
            await person.sign_in(account.login_name, take_over=True)
        assert len((await person.client.get(SESSIONS)).json()) == 20

    async def test_ending_the_others_spares_ones_own(self, runtime: Runtime, visitor: NewVisitor) -> None:
        account, person = await add_account(runtime), visitor()
        await person.sign_in(account.login_name)
        assert (await person.client.post(f"{SESSIONS}/end-others")).status_code == 204
        assert (await person.me()).status_code == 200
