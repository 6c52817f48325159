"""Whether codes arrive: receipts that notifications has passed on, what is asked where none came, who hears of it, and what officials see
(BEY-12, ADR 41).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.auth.access.accounts.models import Account
from services.auth.access.arrivals import tasks
from services.auth.access.arrivals.service import receipts_unclaimed
from services.auth.access.texts.models import Text
from services.auth.access.texts.repository import ASKED_AFTER
from services.auth.access.texts.tasks import send_texts
from services.auth.main import app
from shared.db.types import blind_index
from shared.events.auth import AccountTextReported
from shared.events.log import EventRow
from shared.events.notifications import ReceiptsUnclaimed, UnclaimedReceipt
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import ClientFor, make_actor
from tests.leftovers import Leftovers
from tests.services.auth.provider import provider, row_of, text_to
from tests.services.auth.records import add_account, new_mobile
from tests.services.auth.test_text_carriers import Both, both
from tests.shared.sms.servers import aliyun_error

__all__ = ["both"]
pytestmark = pytest.mark.req("BEY-12", "AUTH-11")
CODE = {"about": "code_sign_in"}


def keeper(region: str) -> Actor:
    """Who keeps the accounts of a county."""
    return make_actor(Permission.ACCOUNT_MANAGEMENT, level=Level.COUNTY, region=region)


async def sent(to: Both, phone: str) -> Text:
    """A code that Aliyun has taken under a reference of its own."""
    reference = new_id().hex
    to.aliyun.answer = lambda _: (200, {"Code": "OK", "BizId": reference})
    text_id = await text_to(to.worker, phone, **CODE)
    await send_texts(to.worker)
    row = await row_of(to.worker, text_id)
    assert (row.provider, row.failed, row.done_at is None) == ("aliyun", False, False)
    return row


async def receipt(runtime: Runtime, row: Text, *, delivered: bool, code: str = "MK:0001", **changes: Any) -> Text:
    """Passed on by notifications, and followed up."""
    told = {"reference": row.reference, "message_id": None, "delivered": delivered, "code": code} | changes
    async with runtime.database.unit_of_work() as session:
        event = ReceiptsUnclaimed(provider=row.provider or "", receipts=(UnclaimedReceipt.model_validate(told),))
        await receipts_unclaimed(session, event)
    await tasks.follow_texts(runtime)
    return await row_of(runtime, row.id)


async def heard(runtime: Runtime, account_id: UUID) -> list[tuple[bool, str]]:
    """What was told of an account's number."""
    async with runtime.database.unit_of_work() as session:
        of_account = EventRow.payload["account_id"].astext == str(account_id)
        rows = select(EventRow.payload).where(EventRow.type == AccountTextReported.type, of_account)
        return [(row["delivered"], row["code"]) for row in await session.scalars(rows.order_by(EventRow.seq))]


async def set_columns(runtime: Runtime, row: Text, values: str) -> None:
    async with runtime.database.unit_of_work() as session:
        await session.execute(text(f"UPDATE texts SET {values} WHERE id = :id"), {"id": row.id})


class TestReceipts:
    async def test_one_says_that_it_arrived_and_to_whom(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        row = await sent(both, account.phone)
        ended = await receipt(both.worker, row, delivered=True, code="DELIVERED")
        assert (ended.reported, ended.failed, ended.delivered_at is None) == ("DELIVERED", False, False)
        assert (ended.phone, ended.ask_at, ended.account_ids) == (None, None, [account.id])
        assert await heard(both.worker, account.id) == [(True, "DELIVERED")]

    async def test_one_says_that_it_did_not(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        ended = await receipt(both.worker, await sent(both, account.phone), delivered=False)
        assert (ended.failed, ended.last_error, ended.delivered_at) == (True, "MK:0001", None)
        assert await heard(both.worker, account.id) == [(False, "MK:0001")]

    async def test_a_second_one_changes_nothing_and_is_told_to_nobody(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        row = await sent(both, account.phone)
        for delivered in (True, True, False):
            await receipt(both.worker, row, delivered=delivered, code="DELIVERED")
        again = await receipt(both.worker, row, delivered=False, reference="another", message_id=row.id)
        assert again.failed is False
        assert await heard(both.worker, account.id) == [(True, "DELIVERED")]

    async def test_one_that_comes_before_our_own_row_is_written(self, both: Both) -> None:
        row = await sent(both, new_mobile())
        held = "done_at = NULL, reference = NULL, leased_until = now() + interval '1 h'"
        await set_columns(both.worker, row, held)
        assert (await receipt(both.worker, row, delivered=True, message_id=row.id)).reported is None
        await set_columns(both.worker, row, "done_at = now(), leased_until = NULL")
        await tasks.follow_texts(both.worker)
        assert (await row_of(both.worker, row.id)).delivered_at is not None

    async def test_one_ends_what_got_no_answer_and_nobody_sends_again(self, both: Both) -> None:
        row = await sent(both, new_mobile())
        await set_columns(
            both.worker, row, "done_at = NULL, reference = NULL, words = 'x', due_at = now() - interval '1 s'"
        )
        ended = await receipt(both.worker, row, delivered=True, message_id=row.id)
        assert (ended.done_at is None, ended.words, ended.phone) == (False, None, None)

    async def test_anothers_is_nobodys(self, both: Both) -> None:
        row = await sent(both, new_mobile())
        assert (await receipt(both.worker, row, delivered=False, reference="nobody")).reported is None

    async def test_an_account_that_has_another_number_by_now_hears_nothing(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        row = await sent(both, account.phone)
        async with both.worker.database.unit_of_work() as session:
            held = await session.get_one(Account, account.id)
            held.phone = phone = new_mobile()
            held.phone_index = blind_index(phone)
        assert (await receipt(both.worker, row, delivered=False)).told
        assert await heard(both.worker, account.id) == []

    async def test_what_a_provider_refuses_at_once_is_told_too(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        both.aliyun.answer = aliyun_error("isv.MOBILE_NUMBER_ILLEGAL")
        await text_to(both.worker, account.phone, **CODE)
        await send_texts(both.worker)
        await tasks.follow_texts(both.worker)
        assert await heard(both.worker, account.id) == [(False, "isv.MOBILE_NUMBER_ILLEGAL")]


async def test_a_code_asked_for_again_goes_by_another_provider(both: Both) -> None:
    phone = new_mobile()
    await receipt(both.worker, await sent(both, phone), delivered=False)
    await text_to(both.worker, phone, **CODE)
    await text_to(both.worker, new_mobile(), **CODE)
    await send_texts(both.worker)
    assert [call.asked["PhoneNumberSet"] for call in both.tencent.calls] == [[f"+86{phone}"]]


class TestAskedFor:
    async def test_three_times_and_then_the_number_goes(self, both: Both) -> None:
        row = await sent(both, new_mobile())
        both.aliyun.answer = lambda _: (200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": []}})
        for _ in range(4):
            assert (await row_of(both.worker, row.id)).ask_at is None or (await row_of(both.worker, row.id)).phone
            await set_columns(both.worker, row, "ask_at = CASE WHEN ask_at IS NOT NULL THEN now() - interval '1 s' END")
            await tasks.ask_texts(both.worker)
        ended = await row_of(both.worker, row.id)
        assert (ended.asked, ended.ask_at, ended.phone, ended.reported) == (3, None, None, None)
        assert both.aliyun.actions() == ["SendSms", *["QuerySendDetails"] * 3]

    async def test_what_an_earlier_test_left_is_not_asked_about(self, both: Both, leftovers: Leftovers) -> None:
        row = await sent(both, new_mobile())
        await set_columns(both.worker, row, "ask_at = now() - interval '1 s'")
        leftovers.set_aside()
        await tasks.ask_texts(both.worker)
        assert both.aliyun.actions() == ["SendSms"]

    async def test_what_the_provider_then_says_counts_as_a_receipt(self, both: Both) -> None:
        row = await sent(both, new_mobile())
        told = {"OutId": str(row.id), "SendStatus": 2, "ErrCode": "MK:0001"}
        both.aliyun.answer = lambda _: (200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [told]}})
        await set_columns(both.worker, row, "ask_at = now() - interval '1 s'")
        await tasks.ask_texts(both.worker)
        await tasks.follow_texts(both.worker)
        assert (await row_of(both.worker, row.id)).last_error == "MK:0001"


@pytest.mark.req("PLAT-05")
class TestNothingLasts:
    async def test_no_number_in_clear_stands_anywhere(self, both: Both) -> None:
        account = await add_account(both.worker, phone=new_mobile())
        await receipt(both.worker, await sent(both, account.phone), delivered=False)
        async with both.worker.database.unit_of_work() as session:
            for table in ("texts", "text_receipts", "events"):
                found = text(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, :phone) > 0")
                assert await session.scalar(found, {"phone": account.phone}) == 0

    async def test_who_is_not_asked_keeps_no_number(self, runtime: Runtime) -> None:
        text_id = await text_to(runtime, new_mobile())
        async with provider(runtime) as (worker, _):
            await send_texts(worker)
        row = await row_of(runtime, text_id)
        assert (row.phone, row.ask_at) == (None, None)

    async def test_receipts_and_what_finds_a_number_go_after_a_day(self, both: Both) -> None:
        row = await receipt(both.worker, await sent(both, new_mobile()), delivered=True)
        await set_columns(both.worker, row, "done_at = now() - interval '25 hours'")
        old = "UPDATE text_receipts SET received_at = now() - interval '25 hours' WHERE reference = :reference"
        async with both.worker.database.unit_of_work() as session:
            await session.execute(text(old), {"reference": row.reference})
        await tasks.sweep(both.worker)
        async with both.worker.database.unit_of_work() as session:
            left = text("SELECT count(*) FROM text_receipts WHERE reference = :reference")
            assert await session.scalar(left, {"reference": row.reference}) == 0
        assert (await row_of(both.worker, row.id)).phone_index is None


@pytest.mark.req("STAFF-06")
class TestSeen:
    async def test_who_keeps_the_accounts_of_a_region_sees_theirs(self, both: Both, client_for: ClientFor) -> None:
        account = await add_account(both.worker, phone=new_mobile(), region="320102")
        row = await receipt(both.worker, await sent(both, account.phone), delivered=False, code="isv.DAY_LIMIT_CONTROL")
        seen = []
        for region in ("320102", "320507"):
            client = await client_for(app, keeper(region))
            answer = await client.get("/api/auth/texts", params={"arrival": "failed", "kind": "code"})
            assert answer.status_code == 200, answer.text
            seen.append([each for each in answer.json()["items"] if each["id"] == str(row.id)])
        (shown,), nothing = seen
        assert nothing == []
        assert shown["phone"] == f"{account.phone[:3]}****{account.phone[-4:]}"
        assert (shown["kind_label"], shown["purpose"], shown["arrival_label"]) == ("验证码", "登录", "没有送达")
        assert shown["reason"] == "短信服务商限制了发送的数量（isv.DAY_LIMIT_CONTROL）"
        assert account.person_name in shown["holders"]

    async def test_the_administration_sees_those_of_nobodys_number(self, both: Both, client_for: ClientFor) -> None:
        row = await sent(both, new_mobile())
        client = await client_for(app, make_actor(Permission.ADMINISTRATION, level=Level.PROVINCE, region="320000"))
        for arrival, found in (("sent", True), ("delivered", False), ("waiting", False)):
            items = (await client.get("/api/auth/texts", params={"arrival": arrival})).json()["items"]
            assert (str(row.id) in {each["id"] for each in items}) is found

    async def test_figures_are_by_provider(self, both: Both, client_for: ClientFor) -> None:
        account = await add_account(both.worker, phone=new_mobile(), region="321324")
        await receipt(both.worker, await sent(both, account.phone), delivered=True)
        row = await sent(both, account.phone)
        await tasks.follow_texts(both.worker)
        assert (await row_of(both.worker, row.id)).account_ids == [account.id]
        client = await client_for(app, keeper("321324"))
        said = (await client.get("/api/auth/texts/figures")).json()["providers"]
        assert said == [{"provider": "aliyun", "delivered": 1, "failed": 0, "unreported": 1}]


def test_a_day_is_longer_than_anybody_asks() -> None:
    assert sum(ASKED_AFTER, timedelta()) < timedelta(hours=2)
