"""Mails as they are written, and a mail server in its moods: one recipient of many refused, greylisted, hung up, hung up in the middle."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from ops.up.ports import free_port
from services.notifications.deliveries.mail import Mail, envelope, html_of
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.notifications.outbox import delivery_of, time_passes, waiting

pytestmark = pytest.mark.req("BEY-12", "BEY-03")


class Server:
    """``moods`` says by the address's first part what a recipient or its mail meets; ``taken`` counts what was taken whole."""

    def __init__(self, moods: dict[str, str]) -> None:
        self.moods, self.taken, self.connections = moods, Counter[str](), 0

    def mood(self, address: str) -> str:
        return self.moods.get(address.partition("@")[0], "")

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.mood(address)[:1] in {"4", "5"}:
            return f"{self.mood(address)} not <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        (address,) = envelope.rcpt_tos
        if self.mood(address) == "hangs up":
            server.transport.close()
            return "250 never said"
        self.taken[address] += 1
        return "250 kept"


@asynccontextmanager
async def mail_server(worker: Runtime, moods: dict[str, str]) -> AsyncIterator[tuple[Runtime, Server]]:
    handler, port = Server(moods), free_port()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", port)
    try:
        yield replace(worker, settings=worker.settings.model_copy(update={"smtp_port": port})), handler
    finally:
        server.close()


async def mailboxes(worker: Runtime, count: int) -> tuple[list[str], list[Any]]:
    names = [new_id().hex for _ in range(count)]
    return names, [await waiting(worker, email=f"{name}@hospital.example.cn") for name in names]


async def statuses(worker: Runtime, accounts: list[Any]) -> list[DeliveryStatus]:
    return [(await delivery_of(worker, account)).status for account in accounts]


class TestServer:
    @pytest.mark.parametrize(
        ("mood", "ends"),
        [("550", DeliveryStatus.FAILED), ("451", DeliveryStatus.WAITING), ("hangs up", DeliveryStatus.WAITING)],
    )
    async def test_one_recipients_trouble_is_nobody_elses(
        self, worker: Runtime, mood: str, ends: DeliveryStatus
    ) -> None:
        names, accounts = await mailboxes(worker, 5)
        async with mail_server(worker, {names[2]: mood}) as (there, server):
            await send_due(there)
            found = await statuses(worker, accounts)
            assert found == [ends if place == 2 else DeliveryStatus.SENT for place in range(5)]
            assert server.taken.total() == 4

    async def test_who_was_greylisted_gets_it_the_next_time(self, worker: Runtime) -> None:
        (name,), (account,) = await mailboxes(worker, 1)
        async with mail_server(worker, {name: "450"}) as (there, server):
            await send_due(there)
            server.moods.clear()
            await time_passes(worker, account)
            await send_due(there)
            assert server.taken == {f"{name}@hospital.example.cn": 1}
        assert (await delivery_of(worker, account)).last_error is None

    async def test_a_connection_is_kept_and_made_anew_when_the_server_has_hung_up(self, worker: Runtime) -> None:
        async with mail_server(worker, {}) as (there, server):
            for _ in range(3):
                await mailboxes(worker, 1)
                await send_due(there)
            assert (server.connections, server.taken.total()) == (1, 3)

    async def test_a_server_that_is_away_keeps_everybody_waiting(self, worker: Runtime) -> None:
        _, accounts = await mailboxes(worker, 3)
        await send_due(replace(worker, settings=worker.settings.model_copy(update={"smtp_port": free_port()})))
        assert set(await statuses(worker, accounts)) == {DeliveryStatus.WAITING}


def written(**changes: Any) -> Any:
    values = {
        "id": new_id(),
        "address": "a@example.cn",
        "subject": "报名退回：王医生",
        "text": "李联系，您好：\n\n原因<不清>。\n\n查看详情：https://x.cn/a?b=1&c=2\n",
    }
    return envelope(Mail(**{**values, **changes}), "noreply@example.cn")


class TestWritten:
    def test_both_parts_say_the_same(self) -> None:
        mail = written()
        assert mail.get_content_type() == "multipart/alternative"
        plain, html = (part.get_content() for part in mail.iter_parts())
        assert "原因<不清>。" in plain
        assert "<p>原因&lt;不清&gt;。</p>" in html
        assert '<a href="https://x.cn/a?b=1&amp;c=2">' in html

    @pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x>', 'https://x.cn/"onclick=alert(1)'])
    def test_words_are_no_html(self, words: str) -> None:
        made = html_of(words)
        assert "<script" not in made
        assert "<img" not in made
        assert "onclick=alert" not in made.replace("&quot;onclick=alert", "")

    def test_what_can_be_ended_says_how_for_one_press(self) -> None:
        mail = written(unsubscribe="https://x.cn/api/notifications/unsubscribe/T")
        assert mail["List-Unsubscribe"] == "<https://x.cn/api/notifications/unsubscribe/T>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert written()["List-Unsubscribe"] is None

    @pytest.mark.parametrize("address", ["a@b.cn\r\nBcc: c@d.cn", "a b@c"])
    def test_an_address_brings_no_line_of_its_own(self, address: str) -> None:
        def lines(make: Callable[[], Any]) -> bytes:
            try:
                return bytes(make().as_bytes())
            except ValueError:
                return b""

        assert b"\nBcc:" not in lines(lambda: written(address=address))
