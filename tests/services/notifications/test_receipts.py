"""Receipts of providers: before or after our own row knows the message, once or twice, true or forged, and asked for when none comes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from services.notifications.deliveries import receipt_endpoints
from services.notifications.deliveries.models import Delivery
from services.notifications.deliveries.receipt_tasks import ask_receipts, match_receipts, sweep
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.main import app
from services.notifications.settings import notification_settings
from shared.events.log import EventRow
from shared.events.notifications import ReceiptsUnclaimed
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.notifications.arrivals import a_phone
from tests.services.notifications.carriers import carriers
from tests.services.notifications.outbox import delivery_of, waiting
from tests.shared.sms.servers import Answer, Call

pytestmark = pytest.mark.req("BEY-12")
TOKEN = "a-secret-of-some-length"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = notification_settings().model_copy(update={"receipt_token": TOKEN})
    monkeypatch.setattr(receipt_endpoints, "notification_settings", lambda: changed)
    return


@pytest.fixture
async def sent(worker: Runtime, tmp_path: Path) -> AsyncIterator[tuple[Runtime, Any]]:
    """The worker, and the account of a message that Aliyun has taken under a reference of its own."""
    reference = f"{new_id().int % 10**18}^0"
    async with httpx.AsyncClient(trust_env=False) as client:
        account = await waiting(worker, phone=a_phone())
        with carriers(replace(worker, http=client), tmp_path, aliyun=lambda _: taken(reference)) as both:
            await send_due(both.worker)
            yield both.worker, account


def taken(reference: str) -> Answer:
    return 200, {"Code": "OK", "BizId": reference}


async def call_back(rows: Any, provider: str = "aliyun", token: str = TOKEN) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        return await client.post(f"/api/notifications/receipts/{provider}/{token}", json=rows)


def report(delivery: Delivery, *, success: bool = True, **changes: Any) -> dict[str, Any]:
    values = {
        "phone_number": "13900000000",
        "send_time": "2026-11-30 08:00:00",
        "report_time": "2026-11-30 08:00:03",
        "success": success,
        "err_code": "DELIVERED" if success else "MK:0001",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": delivery.provider_reference,
        "out_id": str(delivery.id),
    }
    return {**values, **changes}


class TestCalledBack:
    @pytest.mark.parametrize(("success", "status"), [(True, DeliveryStatus.DELIVERED), (False, DeliveryStatus.FAILED)])
    async def test_a_receipt_ends_it(self, sent: tuple[Runtime, Any], success: bool, status: DeliveryStatus) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        assert (delivery.status, delivery.provider) == (DeliveryStatus.SENT, "aliyun")
        answer = await call_back([report(delivery, success=success), report(delivery, success=success)])
        assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "成功"})
        await match_receipts(worker)
        ended = await delivery_of(worker, account)
        assert (ended.status, ended.reported, ended.ask_at) == (status, "DELIVERED" if success else "MK:0001", None)
        assert (ended.delivered_at is not None) == success

    async def test_a_second_one_that_says_otherwise_changes_nothing(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        for success in (True, False):
            await call_back([report(delivery, success=success)])
            await match_receipts(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.DELIVERED

    async def test_one_that_comes_before_our_own_row_is_written(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        row = (
            "UPDATE deliveries SET status = :status, provider_reference = :reference, done_at = :done,"
            " leased_until = :held WHERE id = :id"
        )
        held = {"status": "claimed", "reference": None, "done": None, "held": delivery.updated_at.replace(year=2100)}
        async with worker.database.unit_of_work() as session:
            await session.execute(text(row), {**held, "id": delivery.id})
        await call_back([report(delivery, out_id="")])
        await match_receipts(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.CLAIMED
        written = {"status": "sent", "reference": delivery.provider_reference, "done": delivery.done_at, "held": None}
        async with worker.database.unit_of_work() as session:
            await session.execute(text(row), {**written, "id": delivery.id})
        await match_receipts(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.DELIVERED

    async def test_one_ends_what_nobody_had_an_answer_for(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            lost = "UPDATE deliveries SET status = 'unclear', provider_reference = NULL WHERE id = :id"
            await session.execute(text(lost), {"id": delivery.id})
        await call_back([report(delivery)])
        await match_receipts(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.DELIVERED

    async def test_tencents_shape(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE deliveries SET provider = 'tencent' WHERE id = :id"), {"id": delivery.id}
            )
        row = {
            "mobile": "13900000000",
            "report_status": "FAIL",
            "errmsg": "MK:0001",
            "sid": delivery.provider_reference,
        }
        assert (await call_back([row], "tencent")).json() == {"result": 0, "errmsg": "OK"}
        await match_receipts(worker)
        assert (await delivery_of(worker, account)).last_error == "MK:0001"

    @pytest.mark.req("PLAT-05")
    async def test_no_number_is_kept(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        await call_back([report(await delivery_of(worker, account), phone_number="13987654321")])
        async with worker.database.unit_of_work() as session:
            found = text("SELECT count(*) FROM receipts r WHERE strpos(r::text, '13987654321') > 0")
            assert await session.scalar(found) == 0


async def passed_on(worker: Runtime, reference: str) -> list[dict[str, Any]]:
    """What auth is told of the message that a provider calls ``reference``."""
    async with worker.database.unit_of_work() as session:
        rows = select(EventRow.payload).where(EventRow.type == ReceiptsUnclaimed.type)
        told = [row for payload in await session.scalars(rows) for row in payload["receipts"]]
        return [row for row in told if row["reference"] == reference]


class TestPassedOn:
    @pytest.mark.req("AUTH-11", "PLAT-05")
    async def test_what_is_about_no_delivery_is_auths_once_and_names_no_number(self, api: Runtime) -> None:
        reference, ours = new_id().hex, new_id()
        row = {"biz_id": reference, "out_id": str(ours), "success": False, "err_code": "MK:0001"}
        for _ in range(2):
            assert (await call_back([row | {"phone_number": "13987654321"}])).status_code == 200
            await match_receipts(api)
        told = {"reference": reference, "message_id": str(ours), "delivered": False, "code": "MK:0001"}
        assert await passed_on(api, reference) == [told]

    async def test_what_is_about_a_delivery_stays_here(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            held = "UPDATE deliveries SET done_at = NULL, leased_until = now() + interval '1 h' WHERE id = :id"
            await session.execute(text(held), {"id": delivery.id})
        await call_back([report(delivery)])
        await match_receipts(worker)
        assert await passed_on(worker, str(delivery.provider_reference)) == []


class TestForged:
    @pytest.mark.parametrize(
        ("provider", "token"), [("aliyun", "wrong-secret-of-length"), ("sina", TOKEN), ("aliyun", "%00")]
    )
    async def test_who_does_not_know_the_address_is_told_nothing(
        self, sent: tuple[Runtime, Any], provider: str, token: str
    ) -> None:
        worker, account = sent
        answer = await call_back([report(await delivery_of(worker, account))], provider, token)
        assert answer.status_code == 404
        await match_receipts(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT

    async def test_without_a_token_there_is_no_such_address(
        self, monkeypatch: pytest.MonkeyPatch, api: Runtime
    ) -> None:
        for token in ("", "short"):
            changed = notification_settings().model_copy(update={"receipt_token": token})
            monkeypatch.setattr(receipt_endpoints, "notification_settings", lambda changed=changed: changed)
            assert (await call_back([], token=token or "x")).status_code == 404

    @pytest.mark.parametrize(
        "rows",
        [
            [],
            [None, 7, "x", []],
            [{"biz_id": {"a": 1}}],
            [{"biz_id": "a\u0000b"}],
            [{"biz_id": "x" * 5000, "success": "yes", "out_id": 7}],
        ],
    )
    async def test_what_cannot_be_read_is_nobodys(self, rows: Any, api: Runtime) -> None:
        assert (await call_back(rows)).status_code == 200

    async def test_what_is_no_list_is_refused(self, api: Runtime) -> None:
        assert (await call_back({"biz_id": "x"})).status_code == 422
        assert (await call_back([{}] * 1001)).status_code == 422


class TestAskedFor:
    async def test_what_has_no_receipt_is_asked_about_three_times(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        for _ in range(4):
            await due_to_ask(worker, account)
            await ask_receipts(worker)
        waits = await delivery_of(worker, account)
        assert (waits.status, waits.asked, waits.ask_at) == (DeliveryStatus.SENT, 3, None)

    async def test_what_the_provider_then_says_counts_as_a_receipt(self, worker: Runtime, tmp_path: Path) -> None:
        account = await waiting(worker, phone=a_phone())

        def answer(call: Call) -> Answer:
            if call.action == "SendSms":
                return taken(f"{new_id()}")
            row = {"OutId": str(ours.id), "SendStatus": 3, "ErrCode": "DELIVERED"}
            return 200, {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [row]}}

        async with httpx.AsyncClient(trust_env=False) as client:
            with carriers(replace(worker, http=client), tmp_path, aliyun=answer) as both:
                await send_due(both.worker)
                ours = await delivery_of(worker, account)
                assert ours.ask_at is not None
                await due_to_ask(worker, account)
                await ask_receipts(both.worker)
                await match_receipts(both.worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.DELIVERED

    async def test_old_ones_are_let_go(self, sent: tuple[Runtime, Any]) -> None:
        worker, account = sent
        delivery = await delivery_of(worker, account)
        await call_back([report(delivery)])
        async with worker.database.unit_of_work() as session:
            old = "UPDATE receipts SET received_at = now() - interval '5 days' WHERE reference = :reference"
            await session.execute(text(old), {"reference": delivery.provider_reference})
        await sweep(worker)
        async with worker.database.unit_of_work() as session:
            left = text("SELECT count(*) FROM receipts WHERE reference = :reference")
            assert await session.scalar(left, {"reference": delivery.provider_reference}) == 0


async def due_to_ask(worker: Runtime, account: Any) -> None:
    async with worker.database.unit_of_work() as session:
        due = "UPDATE deliveries SET ask_at = now() - interval '1 s' WHERE id = :id AND ask_at IS NOT NULL"
        await session.execute(text(due), {"id": (await delivery_of(worker, account)).id})
