"""What the client of an SMS provider sends, and how it takes each answer."""

import json
from typing import Any

import httpx
import pytest

from shared.identifiers import new_id
from shared.settings import PlatformSettings, platform_settings
from shared.sms import ChannelDown, MessageRefused, Sms, plain_sms, sms_route

URL = "http://provider.example/sms"
SMS = Sms(new_id(), "13912345678", "【平台】验证码 483920")


async def sent(answer: Any, url: str = URL, token: str = "") -> str:
    """What the sender returns when the provider answers so; an exception is raised, as by a broken line."""

    def receive(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer) if isinstance(answer, int) else httpx.Response(200, content=answer)

    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        return await plain_sms(url, token).send(client, SMS)


@pytest.mark.req("BEY-12")
class TestProvider:
    async def test_the_request_names_message_number_and_text(self) -> None:
        seen: list[httpx.Request] = []

        def receive(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, json={"reference": "r1"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
            assert await plain_sms(URL, "key").send(client, SMS) == "r1"
        assert (seen[0].method, str(seen[0].url), seen[0].headers["Authorization"]) == ("POST", URL, "Bearer key")
        assert json.loads(seen[0].content) == {"id": str(SMS.id), "phone": SMS.phone, "text": SMS.text}

    @pytest.mark.parametrize(
        "answer", [b"", b"ok", b"[]", b"{}", b'{"reference": null}', b'{"reference": "a\\u0000b"}', b"\xff"]
    )
    async def test_without_a_usable_reference_its_own_id_is_one(self, answer: bytes) -> None:
        assert await sent(answer) == str(SMS.id)

    async def test_a_long_reference_is_cut(self) -> None:
        assert await sent(json.dumps({"reference": "x" * 5000}).encode()) == "x" * 100

    @pytest.mark.parametrize("status", [302, 401, 402, 403, 404, 405, 408, 425, 429, 500, 503])
    async def test_what_is_no_fault_of_the_message_is_tried_again(self, status: int) -> None:
        with pytest.raises(ChannelDown, match=f"HTTP {status}"):
            await sent(status)

    @pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")])
    async def test_a_broken_line_is_tried_again(self, error: Exception) -> None:
        with pytest.raises(ChannelDown, match=type(error).__name__):
            await sent(error)

    async def test_an_address_that_is_none_is_said_and_tried_again(self) -> None:
        with pytest.raises(ChannelDown):
            await sent(200, url="http://provider:port/sms")

    @pytest.mark.parametrize("status", [400, 409, 413, 422])
    async def test_what_the_provider_refuses_is_refused(self, status: int) -> None:
        with pytest.raises(MessageRefused, match=f"HTTP {status}"):
            await sent(status)

    async def test_no_provider_means_later(self) -> None:
        with pytest.raises(ChannelDown):
            await sent(200, url="")


@pytest.mark.req("PLAT-05")
class TestNothingLeaks:
    def test_a_message_prints_without_number_and_text(self) -> None:
        assert SMS.phone not in repr(SMS)
        assert "483920" not in f"{SMS}"

    @pytest.mark.parametrize("answer", [422, 500, httpx.ConnectError(f"{SMS.phone} {SMS.text}")])
    async def test_no_error_says_number_or_text(self, answer: Any) -> None:
        with pytest.raises((ChannelDown, MessageRefused)) as caught:
            await sent(answer)
        assert SMS.phone not in str(caught.value)
        assert "483920" not in repr(caught.value)


class TestSettings:
    def _settings(self, **changes: Any) -> PlatformSettings:
        none_set = {"sms_url": "", "catcher_url": "http://catcher.example/dev/messages", "demo": True}
        return platform_settings().model_copy(update={**none_set, **changes})

    async def _asked(self, settings: PlatformSettings) -> str:
        seen: list[str] = []

        def receive(request: httpx.Request) -> httpx.Response:
            seen.append(str(request.url))
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
            await sms_route(settings, "auth").providers[0].send(client, SMS)
        return seen[0]

    @pytest.mark.usefixtures("platform")
    async def test_the_providers_address_comes_before_the_catcher(self) -> None:
        assert await self._asked(self._settings(sms_url=URL)) == URL
        assert await self._asked(self._settings()) == "http://catcher.example/dev/messages/sms"

    @pytest.mark.usefixtures("platform")
    async def test_there_is_no_catcher_outside_of_a_demo(self) -> None:
        with pytest.raises(ChannelDown):
            await self._asked(self._settings(demo=False))
