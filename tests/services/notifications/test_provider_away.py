"""What happens while a provider is down, and what it refuses: nothing is lost, nothing is tried for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from ops.up.ports import free_port
from services.notifications.deliveries import repository
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.notifications.arrivals import a_phone
from tests.services.notifications.outbox import caught, delivery_of, time_passes, waiting


@asynccontextmanager
async def mail_server(worker: Runtime, answer: str) -> AsyncIterator[Runtime]:
    """The worker with a mail server that answers every recipient with ``answer``, as real ones do: naming the address."""

    class Refusing:
        async def handle_RCPT(self, _server: Any, _session: Any, _envelope: Any, address: str, _options: Any) -> str:
            return f"{answer} <{address}> no"

    port = free_port()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Refusing()), "127.0.0.1", port)
    try:
        yield replace(worker, settings=worker.settings.model_copy(update={"smtp_port": port}))
    finally:
        server.close()


@pytest.mark.req("BEY-12")
class TestProviderAway:
    async def test_down_then_up(self, api: Runtime, worker: Runtime) -> None:
        phone = a_phone()
        account = await waiting(worker, phone=phone)
        await send_due(api)
        kept = await delivery_of(worker, account)
        assert (kept.status, kept.last_error) == (DeliveryStatus.WAITING, "ConnectError")
        assert kept.due_at > kept.updated_at
        await time_passes(worker, account)
        await send_due(worker)
        assert (await delivery_of(worker, account)).status is DeliveryStatus.SENT
        assert len(await caught(worker, phone)) == 1

    async def test_it_is_given_up_in_the_end_and_shown(self, api: Runtime, worker: Runtime) -> None:
        account = await waiting(worker, phone=a_phone())
        for _ in range(repository.ATTEMPTS.most):
            await send_due(api)
            await time_passes(worker, account)
        failed = await delivery_of(worker, account)
        assert (failed.status, failed.attempts, failed.last_error) == (
            DeliveryStatus.FAILED, repository.ATTEMPTS.most, "ConnectError"
        )  # fmt: skip
        assert failed.done_at is not None

    async def test_mail_waits_for_its_server(self, worker: Runtime) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = await waiting(worker, email=address)
        away = worker.settings.model_copy(update={"smtp_port": free_port()})
        await send_due(replace(worker, settings=away))
        kept = await delivery_of(worker, account)
        assert (kept.status, kept.attempts) == (DeliveryStatus.WAITING, 1)
        await time_passes(worker, account)
        await send_due(worker)
        assert len(await caught(worker, address)) == 1

    @pytest.mark.parametrize(("answer", "status"), [("550", DeliveryStatus.FAILED), ("451", DeliveryStatus.WAITING)])
    @pytest.mark.req("PLAT-05")
    async def test_a_refusal_is_noted_without_the_address(
        self, worker: Runtime, answer: str, status: DeliveryStatus, caplog: pytest.LogCaptureFixture
    ) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        account = await waiting(worker, email=address)
        with caplog.at_level(logging.DEBUG):
            async with mail_server(worker, answer) as refused:
                logging.getLogger("mail.log").setLevel(logging.WARNING)
                await send_due(refused)
        delivery = await delivery_of(worker, account)
        assert (delivery.status, delivery.last_error) == (status, f"SMTP {answer}")
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("asyncio", "mail"))]
        assert address not in "".join(ours)

    async def test_a_number_that_the_provider_refuses_is_not_tried_again(self, worker: Runtime) -> None:
        account = await waiting(worker, phone="02583759999")
        await send_due(worker)
        failed = await delivery_of(worker, account)
        assert (failed.status, failed.attempts, failed.last_error) == (DeliveryStatus.FAILED, 1, "HTTP 422")
