"""Bytes that no HTTP library sends, put on the platform's own socket: it answers with a 4xx or hangs up, never with a 5xx, and goes on."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from shared.web.bodies import MAX_UPLOAD
from tests.stack import Stack

pytestmark = pytest.mark.req("PLAT-01", "PLAT-07")
PATH = b"/api/auth/sessions"
JSON = b"Host: platform\r\nContent-Type: application/json\r\n"
PIECE = 1024 * 1024


async def say(stack: Stack, *pieces: bytes) -> bytes:
    """What the server says to these bytes until it closes; empty when it hangs up without a word."""
    address = urlsplit(stack.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(30):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def still_there(stack: Stack) -> bool:
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False) as client:
        return (await client.get("/api/auth/readyz")).status_code == 200


def chunk(size: int) -> bytes:
    return b"%x\r\n%s\r\n" % (size, b" " * size)


async def test_a_chunked_body_over_the_limit_is_refused(stack: Stack) -> None:
    """It has no length to be judged by beforehand, and its end is not waited for."""
    head = b"POST %s HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" % (PATH, JSON)
    answer = await say(stack, head, *[chunk(PIECE)] * (MAX_UPLOAD // PIECE), chunk(10))
    assert status_of(answer) == 413
    assert b"body_too_large" in answer
    assert await still_there(stack)


async def test_a_length_over_the_limit_is_refused_before_the_body(stack: Stack) -> None:
    head = b"POST %s HTTP/1.1\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n" % (PATH, JSON, MAX_UPLOAD + 1)
    assert b"body_too_large" in await say(stack, head)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /api/auth/me HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/me HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/me HTTP/1.0\r\n\r\n",
        b"GET /api/auth/me HTTP/1.1\r\nHost: platform\r\nX-Long: " + b"a" * 100_000 + b"\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/me?x=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: platform\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/me HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/me HTTP/1.1\r\nHost: platform\r\nCookie: session=\xff;;;=\r\nConnection: close\r\n\r\n",
        b"GET /api/auth/%ff%fe%00 HTTP/1.1\r\nHost: platform\r\nConnection: close\r\n\r\n",
        b"POST " + PATH + b" HTTP/1.1\r\n" + JSON + b"Content-Length: abc\r\n\r\n{}",
        b"POST " + PATH + b" HTTP/1.1\r\n" + JSON + b"Content-Length: -5\r\n\r\n{}",
        b"POST " + PATH + b" HTTP/1.1\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    ],
    ids=[
        "no-host",
        "two-hosts",
        "http-1.0",
        "long-header",
        "long-address",
        "binary-token",
        "binary-cookie",
        "binary-path",
        "length-abc",
        "length-negative",
        "bad-chunk",
        "tls",
    ],
)
async def test_a_strange_request_is_the_callers_fault(stack: Stack, request_bytes: bytes) -> None:
    answer = await say(stack, request_bytes)
    assert answer == b"" or 400 <= status_of(answer) < 500, answer[:400]
    assert await still_there(stack)


async def test_a_caller_who_leaves_in_the_middle_of_a_body_harms_nobody(stack: Stack) -> None:
    address = urlsplit(stack.base_url)
    for _ in range(20):
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"POST %s HTTP/1.1\r\n%sContent-Length: 5000\r\n\r\n{" % (PATH, JSON))
        await writer.drain()
        writer.close()
    assert await still_there(stack)
