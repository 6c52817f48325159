"""Mails as they are written, and a mail server in its moods: one recipient of many refused, greylisted, hung up, hung up in the middle."""

import asyncio
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from ops.up.ports import free_port
from services.notifications.deliveries.letter import Mail, html_of, letter
from services.notifications.deliveries.mail import connect
from services.notifications.deliveries.tasks import send_due
from services.notifications.deliveries.workflow import DeliveryStatus
from services.notifications.oversight.reasons import why
from services.notifications.settings import notification_settings
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.sms import ChannelDown
from tests.own_certificate import own_certificate
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
async def mail_server(worker: Runtime, moods: dict[str, str], **how: Any) -> AsyncIterator[tuple[Runtime, Server]]:
    handler, port = Server(moods), free_port()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, **how), "127.0.0.1", port)
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


class TestSetWrong:
    """What an operator has set wrong is named, and told in words where the mail is listed."""

    @pytest.mark.parametrize(
        ("settings", "server", "words"),
        [
            ({"smtp_security": "starttls"}, {}, "不提供 STARTTLS"),
            ({"smtp_username": "a", "smtp_password": "b"}, {}, "不要求登录"),
            ({"smtp_username": "a", "smtp_password": "b"}, {"auth_require_tls": False, "authenticator": None}, "不认"),
            ({}, {"tls_context": "its own"}, "证书不受信任"),
        ],
    )
    async def test_why_no_mail_leaves(
        self, worker: Runtime, tmp_path: Path, settings: dict[str, str], server: dict[str, Any], words: str
    ) -> None:
        given: dict[str, Callable[[], Any]] = {
            "tls_context": lambda: _tls(tmp_path),
            "authenticator": lambda: lambda *_: AuthResult(success=False, handled=False),
        }
        server = {name: given[name]() if name in given else value for name, value in server.items()}
        own = notification_settings().model_copy(update=settings)
        async with mail_server(worker, {}, **server) as (there, _), asyncio.timeout(20):
            with pytest.raises(ChannelDown) as down:
                await connect(there.settings, own)
        assert words in (why(str(down.value)) or "")

    @pytest.mark.parametrize(
        ("error", "words"), [("sender refused, SMTP 553", "PLATFORM_MAIL_FROM"), ("SMTP 421", "邮件服务器暂停接收")]
    )
    def test_the_servers_own_trouble_is_not_the_mailboxs(self, error: str, words: str) -> None:
        assert words in (why(error) or "")


def _tls(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own_certificate(folder, "mail.example.cn"))
    return context


HOME = "https://x.cn"


def written(**changes: Any) -> EmailMessage:
    values = {
        "id": new_id(),
        "address": "a@example.cn",
        "subject": "报名退回：王医生",
        "text": "李联系，您好：\n\n原因<不清>。\n\n查看详情：https://x.cn/a?b=1&c=2\n",
    }
    wire = letter(Mail(**{**values, **changes}), "noreply@example.cn", HOME)
    assert max(map(len, wire.split(b"\r\n"))) < 200
    assert b"\n" not in wire.replace(b"\r\n", b"")
    return message_from_bytes(wire, policy=default)


class TestWritten:
    def test_both_parts_say_the_same(self) -> None:
        mail = written()
        assert mail.get_content_type() == "multipart/alternative"
        plain, html = (part.get_content() for part in mail.iter_parts())
        assert "原因<不清>。" in plain
        assert "原因&lt;不清&gt;。</p>" in html
        assert '<a href="https://x.cn/a?b=1&amp;c=2"' in html

    def test_its_headers_are_what_programs_expect(self) -> None:
        same = new_id()
        mail = written(id=same, subject="班次停办：" + "很长的名称" * 30)
        assert mail["Subject"] == "班次停办：" + "很长的名称" * 30
        assert (mail["From"], mail["To"], mail["Message-ID"]) == (
            "noreply@example.cn",
            "a@example.cn",
            f"<{same}@example.cn>",
        )
        assert not mail.defects
        assert mail["Date"].datetime is not None

    @pytest.mark.parametrize(
        "words",
        ["<script>alert(1)</script>", '"><img src=x>', 'https://x.cn/"onclick=alert(1)', "{{ 7*7 }}", "{% raw %}"],
    )
    def test_words_are_no_html(self, words: str) -> None:
        for made in (html_of("", words, home=HOME), html_of(words, "", home=HOME)):
            assert "<script" not in made
            assert "<img" not in made
            assert '"onclick' not in made
            assert "49" not in made

    def test_only_the_platforms_own_address_can_be_followed(self) -> None:
        others = "见 https://bad.example/x 、http://x.cn/a 、https://x.cn.bad.example/b 、https://x.cn@bad.example/c"
        assert "href" not in html_of("", others, home=HOME)
        assert html_of("", f"{others}https://x.cn/messages。请看", home=HOME).count("href") == 1
        assert 'href="https://x.cn/messages"' in html_of("", "见https://x.cn/messages。请看", home=HOME)

    def test_it_needs_nothing_that_old_programs_do_not_have_and_loads_nothing(self) -> None:
        """Neither a script nor a picture, a style sheet or a font of another server: colours and sizes stand where they are used."""
        made = html_of("标题", "内容", home=HOME, unsubscribe="https://x.cn/u")
        assert not re.findall(r"<(?:script|img|link|style|svg|div|form|iframe)|url\(|src=|flex|grid|var\(", made)
        assert len(made) < 2500
        # A dark program chooses both: neither a background nor the colour of words and links is fixed.
        assert not re.findall(r"background|[^-]color:", made)
        assert 'name="color-scheme"' in made

    def test_what_can_be_ended_says_how_for_one_press(self) -> None:
        link = "https://x.cn/api/notifications/unsubscribe/T"
        mail = written(unsubscribe=link)
        assert mail["List-Unsubscribe"] == f"<{link}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in list(mail.iter_parts())[1].get_content()
        assert written()["List-Unsubscribe"] is None

    @pytest.mark.parametrize(
        "address", ["a@b.cn\r\nBcc: c@d.cn", "a b@c", "a@b.cn>", "a@b,c@d", "王@b.cn", "a@b@c.cn", "", "a@b.cn\0"]
    )
    def test_an_address_that_would_bring_more_than_itself_is_refused(self, address: str) -> None:
        with pytest.raises(ValueError, match="no mailbox"):
            written(address=address)

    @pytest.mark.parametrize("subject", ["a\r\nBcc: c@d.cn", "a\nb", "a\x0bb\u2028c", "王\r\nBcc: c@d.cn"])
    def test_a_subject_brings_no_line_of_its_own(self, subject: str) -> None:
        mail = written(subject=subject)
        assert mail["Bcc"] is None
        assert mail["Subject"] == " ".join(subject.split())
