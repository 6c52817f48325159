"""The catcher: a provider and a mail server for demos, and nothing at all elsewhere."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from ops.up.ports import free_port
from services.notifications.catcher.mail import catch_mail
from services.notifications.main import app
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.conftest import ClientFor
from tests.services.notifications.arrivals import a_phone

CATCHER = "/dev/messages"


async def post(client: httpx.AsyncClient, phone: str, text: str, identity: str | None = None) -> httpx.Response:
    return await client.post(f"{CATCHER}/sms", json={"id": identity or str(new_id()), "phone": phone, "text": text})


@pytest.mark.req("BEY-12")
class TestCaughtTexts:
    async def test_the_same_id_is_one_message(self, client_for: ClientFor) -> None:
        client, phone, identity = await client_for(app, None), a_phone(), str(new_id())
        answers = [await post(client, phone, "验证码 123456", identity) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        items = (await client.get(CATCHER, params={"phone": phone})).json()["items"]
        assert [(item["address"], item["text"], item["channel"]) for item in items] == [(phone, "验证码 123456", "sms")]

    async def test_programs_find_theirs(self, client_for: ClientFor) -> None:
        client, phone = await client_for(app, None), a_phone()
        for text in ("验证码 111111", "选班开放", "验证码 222222"):
            await post(client, phone, text)
        found = (await client.get(CATCHER, params={"phone": phone, "contains": "验证码"})).json()["items"]
        assert [item["text"] for item in found] == ["验证码 222222", "验证码 111111"]
        for seen in (found[1]["id"], found[1]["received_at"]):
            later = (await client.get(CATCHER, params={"phone": phone, "contains": "验证码", "after": seen})).json()
            assert [item["text"] for item in later["items"]] == ["验证码 222222"]

    @pytest.mark.parametrize(
        "body", [{}, {"id": "x", "phone": "1", "text": ""}, {"id": str(new_id()), "phone": "13800138000", "text": "\0"}]
    )
    async def test_bad_input_is_refused(self, client_for: ClientFor, body: dict[str, str]) -> None:
        answer = await (await client_for(app, None)).post(f"{CATCHER}/sms", json=body)
        assert answer.status_code == 422

    async def test_people_get_a_page_with_nothing_alive_in_it(self, client_for: ClientFor) -> None:
        client, phone = await client_for(app, None), a_phone()
        await post(client, phone, "<script>alert(1)</script>您好")
        answer = await client.get(CATCHER, params={"phone": phone}, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script>" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;您好" in answer.text
        assert phone in answer.text


class TestCaughtMail:
    async def test_a_mail_is_kept_readable_and_once(self, api: Runtime, client_for: ClientFor) -> None:
        address = f"{new_id().hex}@hospital.example.cn"
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@b.example", address, "选班开放：䶮"
        mail.set_content("请尽快选班。\n" * 50)
        for _ in range(2):
            await aiosmtplib.send(mail, hostname=api.settings.smtp_host, port=api.settings.smtp_port)
        items = (await (await client_for(app, None)).get(CATCHER, params={"email": address})).json()["items"]
        assert [(item["subject"], item["text"].count("请尽快选班。")) for item in items] == [("选班开放：䶮", 50)]

    async def test_a_second_process_goes_on_without_the_port(self, api: Runtime) -> None:
        settings = api.settings.model_copy(update={"smtp_port": free_port()})
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(catch_mail(replace(api, settings=settings)))
            client = aiosmtplib.SMTP(hostname=settings.smtp_host, port=settings.smtp_port)
            async with client:
                assert client.is_connected
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await aiosmtplib.SMTP(hostname=settings.smtp_host, port=settings.smtp_port).connect()


@pytest.fixture
def no_demo(api: Runtime) -> Iterator[Runtime]:
    runtime = replace(api, settings=api.settings.model_copy(update={"demo": False, "smtp_port": free_port()}))
    app.state.runtime = runtime
    yield runtime
    app.state.runtime = api


@pytest.mark.req("PLAT-05")
class TestOutsideOfADemo:
    async def test_the_catcher_does_not_exist(self, client_for: ClientFor, no_demo: Runtime) -> None:
        client = await client_for(app, None)
        for answer in (await client.get(CATCHER), await post(client, a_phone(), "x")):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    async def test_no_mail_server_listens(self, no_demo: Runtime) -> None:
        async with catch_mail(no_demo):
            with pytest.raises(aiosmtplib.SMTPConnectError):
                await aiosmtplib.SMTP(hostname="127.0.0.1", port=no_demo.settings.smtp_port).connect()
