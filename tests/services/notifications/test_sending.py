"""Text messages and mails go out once, whatever dies or is down; real HTTP messages to the catcher's app, real SMTP on loopback."""

import asyncio
import logging
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

from services.notifications.deliveries import repository, sending, tasks
from services.notifications.deliveries.resending_service import put_back, put_one_back
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryAction, DeliveryStatus
from services.notifications.kinds import Channel
from services.notifications.main import app
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.notifications.arrivals import a_phone, arrive
from tests.services.notifications.outbox import caught, delivery_of, time_passes, waiting


class DiesAfterSending(httpx.AsyncBaseTransport):
    """The provider has the message, and then the worker is gone before it can write that down."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await httpx.ASGITransport(app=app).handle_async_request(request)
        raise asyncio.CancelledError


@pytest.mark.req("NOTE-03", "BEY-03")
class TestSend:
    async def test_a_text_message_arrives(self, worker: Runtime) -> None:
        phone = a_phone()
        account = await waiting(worker, phone=phone)
        await send_due(worker)
        delivery = await delivery_of(worker, account)
        (message,) = await caught(worker, phone)
        assert (delivery.status, delivery.attempts, delivery.provider_reference) == (
            DeliveryStatus.SENT, 1, str(message.id)
        )  # fmt: skip
        assert message.text.startswith("【")
        assert "学历证书不清晰" in message.text
        assert message.key == str(delivery.id)

    async def test_a_mail_arrives_by_smtp(self, worker: Runtime) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = await waiting(worker, email=address)
        await send_due(worker)
        delivery = await delivery_of(worker, account)
        (message,) = await caught(worker, address)
        assert delivery.status is DeliveryStatus.SENT
        assert message.subject == "报名退回：王医生"
        assert message.text.startswith("李联系，您好：")
        assert worker.settings.public_url + "/registrations/" in message.text

    async def test_both_channels_are_used(self, worker: Runtime) -> None:
        phone, address = a_phone(), f"{new_id().hex}@hospital.example.cn"
        await waiting(worker, phone=phone, email=address)
        await send_due(worker)
        assert len(await caught(worker, phone)) == len(await caught(worker, address)) == 1


@pytest.mark.req("PLAT-11", "BEY-12")
class TestInterrupted:
    async def test_a_killed_send_is_found_again_and_arrives_once(
        self, worker: Runtime, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone = a_phone()
        account = await waiting(worker, phone=phone)
        async with httpx.AsyncClient(transport=DiesAfterSending()) as client:
            with pytest.raises(asyncio.CancelledError):
                await send_due(replace(worker, http=client))
        left = await delivery_of(worker, account)
        assert left.status is DeliveryStatus.CLAIMED
        await send_due(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.CLAIMED  # the lease still holds
        await time_passes(worker, account)
        with caplog.at_level(logging.WARNING):
            await send_due(worker)
        again = await delivery_of(worker, account)
        assert (again.status, again.attempts) == (DeliveryStatus.SENT, 2)
        assert len(await caught(worker, phone)) == 1
        assert "delivery_sent_again" in caplog.text
        assert str(left.id) in caplog.text

    async def test_a_mail_that_goes_again_is_the_same_mail(self, worker: Runtime) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = await waiting(worker, email=address)
        await send_due(worker)
        async with worker.database.unit_of_work() as session:  # as if the worker had died before it wrote the end down
            await session.execute(
                text("UPDATE deliveries SET status = 'claimed', done_at = NULL WHERE id = :id"),
                {"id": (await delivery_of(worker, account)).id},
            )
        await time_passes(worker, account)
        await send_due(worker)
        assert (await delivery_of(worker, account)).attempts == 2
        assert len(await caught(worker, address)) == 1

    async def test_beat_twice_and_four_workers_send_each_once(self, worker: Runtime) -> None:
        phones = [a_phone() for _ in range(6)]
        for phone in phones:
            await waiting(worker, phone=phone)
        await worker.redis.flushdb()  # hints and counters are gone; the rows are not
        await asyncio.gather(*(send_due(worker) for _ in range(4)))
        assert [len(await caught(worker, phone)) for phone in phones] == [1] * 6

    async def test_after_a_moment_others_get_their_turn(self, worker: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tasks, "RUN_SECONDS", 0)
        monkeypatch.setattr(sending, "BATCH", 1)
        monkeypatch.setattr(repository, "BATCH", 1)
        accounts = [await waiting(worker, phone=a_phone()) for _ in range(2)]
        for done in (1, 2):
            await send_due(worker)
            statuses = [(await delivery_of(worker, account)).status for account in accounts]
            assert statuses.count(DeliveryStatus.SENT) == done

    async def test_a_worker_that_comes_back_late_changes_nothing(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        async with worker.database.unit_of_work() as session:
            (slow,) = await repository.claim_due(session)
        await time_passes(worker, account)
        async with worker.database.unit_of_work() as session:
            (mine,) = await repository.claim_due(session)
        async with worker.database.unit_of_work() as session:
            assert not await repository.settle(session, slow, DeliveryAction.PUT_BACK)
            assert await repository.settle(session, mine, DeliveryAction.CONFIRM)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT

    async def test_a_delivery_lost_at_its_last_attempt_is_shown(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        async with worker.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE deliveries SET status = 'claimed', attempts = :most, leased_until = now() - interval '1 s'"
                     " WHERE id = :id"),
                {"id": (await delivery_of(worker, account)).id, "most": repository.ATTEMPTS.most},
            )  # fmt: skip
        await send_due(worker)
        lost = await delivery_of(worker, account)
        assert lost.status is DeliveryStatus.FAILED
        assert lost.last_error == "the worker was lost while sending"


@pytest.mark.req("PLAT-05")
class TestNoPhoneLeaks:
    async def test_neither_logs_nor_rows_show_a_phone(
        self, api: Runtime, worker: Runtime, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone = a_phone()
        with caplog.at_level(logging.INFO):
            account = await waiting(worker, phone=phone)
            await send_due(api)
            await time_passes(worker, account)
            await send_due(worker)
        assert phone not in "".join(str(record.msg) + record.getMessage() for record in caplog.records)
        async with worker.database.unit_of_work() as session:
            for table in ("accounts", "notices", "messages", "deliveries", "caught_messages", "events"):
                found = text(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, :phone) > 0")
                assert await session.scalar(found, {"phone": phone}) == 0, table


@pytest.mark.req("BEY-12", "PLAT-10")
class TestAgain:
    async def test_what_was_given_up_goes_again_when_a_person_says_so(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        failed = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            given_up = "UPDATE deliveries SET status = 'failed', done_at = now(), attempts = 12 WHERE id = :id"
            await session.execute(text(given_up), {"id": failed.id})
        async with worker.database.unit_of_work() as session:
            assert failed.id not in await put_back(session, days=1, channel=Channel.EMAIL)
            assert failed.id in await put_back(session, days=1, channel=Channel.SMS)
        await send_due(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT

    @pytest.mark.req("BEY-03")
    async def test_what_its_reader_has_turned_off_since_does_not(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        failed = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            given_up = "UPDATE deliveries SET status = 'failed', optional = true, done_at = now() WHERE id = :id"
            await session.execute(text(given_up), {"id": failed.id})
        await arrive(worker.database, [account.model_copy(update={"sms_notices": False})])
        async with worker.database.unit_of_work() as session:
            assert failed.id not in await put_back(session, days=1, channel=None)
            assert not await put_one_back(session, failed.id)

    async def test_what_was_sent_does_not(self, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        await send_due(worker)
        sent = await delivery_of(worker, account)
        async with worker.database.unit_of_work() as session:
            assert sent.id not in await put_back(session, days=1, channel=None)
