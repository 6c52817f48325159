"""The socket under every API, with times so short that nobody waits for them (PLAT-17)."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import repeat
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime import Runtime
from shared.settings import platform_settings
from shared.web.bodies import MAX_HEADERS
from shared.web.headers import SECURITY
from shared.web.protocol import MAX_HEAD_BYTES, BoundedProtocol
from shared.web.requests import RequestScope
from shared.web.streams import EventStream, Stream

pytestmark = pytest.mark.req("PLAT-17", "PLAT-01")
HEAD = b"POST /x HTTP/1.1\r\nHost: platform\r\n"
LONG = {"PLATFORM_HEAD_SECONDS": "60", "PLATFORM_BODY_SECONDS": "60"}
SHORT = "0.05"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


class Server:
    """One server on a free port, with these settings."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, app: ASGIApp = echo, /, **settings: str) -> None:
        for name, value in (LONG | settings).items():
            monkeypatch.setenv(name, value)
        platform_settings.cache_clear()
        config = uvicorn.Config(
            RequestScope(app, "sample"), port=0, http=BoundedProtocol, ws="none", lifespan="off", log_config=None
        )
        self.server = uvicorn.Server(config)

    async def __aenter__(self) -> "Server":
        self.server.config.load()
        self.server.lifespan = self.server.config.lifespan_class(self.server.config)
        await self.server.startup()
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.force_exit = True
        await self.server.shutdown()
        platform_settings.cache_clear()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def told(self, *pieces: bytes) -> bytes:
        """What it says to these bytes until it has said its last."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        try:
            async with asyncio.timeout(30):
                return await reader.read()
        finally:
            writer.close()


@pytest.fixture
async def server(sample: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """One that waits far longer than a test."""
    async with Server(monkeypatch) as running:
        yield running


def problem_in(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = head.decode().lower()
    assert "content-type: application/problem+json" in fields
    for name in SECURITY:
        assert f"{name.lower()}: " in fields
    problem: dict[str, Any] = json.loads(body)
    assert problem["status"] == int(head.split(b" ", 2)[1])
    return problem


@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ("PLATFORM_HEAD_SECONDS", b"P"),
        ("PLATFORM_HEAD_SECONDS", HEAD),
        ("PLATFORM_HEAD_SECONDS", HEAD + b"X-A: b\r\n"),
        ("PLATFORM_HEAD_SECONDS", HEAD + b"Content-Length: 2\r\n\r\n{}" + HEAD),
        ("PLATFORM_BODY_SECONDS", HEAD + b"Content-Length: 2\r\n\r\n"),
        ("PLATFORM_BODY_SECONDS", HEAD + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{"),
        ("PLATFORM_BODY_SECONDS", HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
    ],
)
async def test_who_sends_too_slowly_is_told(
    platform: object, monkeypatch: pytest.MonkeyPatch, setting: str, sent: bytes
) -> None:
    async with Server(monkeypatch, **{setting: SHORT}) as server:
        answer = await server.told(sent)
        last = answer[answer.rindex(b"HTTP/1.1 ") :]
        assert problem_in(last)["code"] == "request_timeout"


@pytest.mark.parametrize("sent", [b"", b"\r\n", HEAD + b"Content-Length: 2\r\n\r\n{}" + b"\r\n"])
async def test_who_says_nothing_is_left(platform: object, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    async with Server(monkeypatch, PLATFORM_HEAD_SECONDS=SHORT) as server:
        answer = await server.told(sent)
        assert (b"2 bytes" in answer) == (len(sent) > 2)
        assert b"request_timeout" not in answer


async def test_who_sends_bit_by_bit_has_no_more_time(platform: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends in time is the whole, not the pause between two bytes."""
    async with Server(monkeypatch, PLATFORM_HEAD_SECONDS=SHORT) as server:
        reader, writer = await server.connect()
        answer = asyncio.create_task(reader.read())
        writer.write(HEAD)
        while not answer.done():
            writer.write(b"X: y\r\n")
            await asyncio.sleep(0)
        assert problem_in(await answer)["code"] in {"request_timeout", "headers_too_large"}
        writer.close()


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (HEAD + b"x: y\r\n" * (MAX_HEADERS + 1) + b"\r\n", "headers_too_large"),
        (HEAD + b"x: y\r\n" * (MAX_HEADERS + 1), "headers_too_large"),
        (HEAD + b"x: " + b"y" * MAX_HEAD_BYTES, "headers_too_large"),
        (HEAD + b"x" * MAX_HEAD_BYTES, "headers_too_large"),
        (HEAD + b"x: " + b"y" * MAX_HEAD_BYTES + b"\r\n\r\n", "headers_too_large"),
        (b"GET /" + b"x" * MAX_HEAD_BYTES, "address_too_long"),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "address_too_long"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "malformed_request"),
        (b"\x16\x03\x01\x02\x00\x01", "malformed_request"),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "malformed_request"),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed_request"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed_request"),
    ],
)
async def test_what_is_refused_is_a_problem_with_its_line(
    server: Server, caplog: pytest.LogCaptureFixture, sent: bytes, code: str
) -> None:
    answer = await server.told(sent, b"")
    assert problem_in(answer)["code"] == code
    lines: list[Any] = [record.msg for record in caplog.records if record.name == "http"]
    assert [(line["reason"], line["address"]) for line in lines if line.get("reason") == code] == [(code, "127.0.0.1")]


async def test_a_refusal_is_heard_by_who_still_sends(server: Server) -> None:
    answer = await server.told(*[HEAD + b"x: " + b"y" * MAX_HEAD_BYTES] + [b"y" * 1_000_000] * 5)
    assert problem_in(answer)["code"] == "headers_too_large"


async def test_one_connection_too_many_is_told(platform: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server(monkeypatch, PLATFORM_CONNECTIONS="1") as server:
        _, writer = await server.connect()
        assert problem_in(await server.told(b""))["code"] == "unavailable"
        writer.close()


async def test_what_is_right_is_answered_as_ever(server: Server) -> None:
    body = b"x" * 1_000_000
    length = b"Content-Type: multipart/form-data\r\nContent-Length: %d\r\n" % len(body)
    answer = await server.told(
        HEAD + length + b"\r\n" + body[:500_000], body[500_000:] + HEAD + length + b"Connection: close\r\n\r\n" + body
    )
    assert answer.count(b"1000000 bytes") == 2


async def test_who_does_not_read_is_left(platform: object, monkeypatch: pytest.MonkeyPatch) -> None:
    left = asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(repeat(b"x" * 1_000_000))(scope, receive, send)
        left.set()

    async with Server(monkeypatch, endless, PLATFORM_BODY_SECONDS=SHORT) as server:
        _, writer = await server.connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(30):
            await left.wait()
        writer.close()


async def test_a_stream_holds_nobodys_place_and_no_stop(platform: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end is counted apart, and the server does not wait for it."""
    streams: list[Stream] = []

    async def follow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/stream":
            streams.append(Stream())
            await EventStream(streams[-1], left=lambda: None)(scope, receive, send)
        else:
            await echo(scope, receive, send)

    async with Server(monkeypatch, follow, PLATFORM_CONNECTIONS="1") as server:
        reader, writer = await server.connect()
        writer.write(b"GET /stream HTTP/1.1\r\nHost: platform\r\n\r\n")
        assert b"text/event-stream" in await reader.readuntil(b"retry: 5000\n\n")
        assert b"2 bytes" in await server.told(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
        streams[0].say(b"data: 1\n\n")
        assert await reader.readuntil(b"data: 1\n\n")
        for connection in list(server.server.server_state.connections):
            connection.shutdown()
        async with asyncio.timeout(30):
            await reader.read()
            await asyncio.gather(*server.server.server_state.tasks)
        writer.close()
