"""Addresses that strangers name lead to no private network, and are called as they were looked at (BEY-16)."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from shared import outgoing
from shared.outgoing import Unreachable, is_public, post, refusal_of
from tests.own_certificate import own_certificate

pytestmark = pytest.mark.req("BEY-16")
PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "fc00::1", "fe80::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "ff02::1",
)  # fmt: skip
NAME = "hook.example.test"
Reply = Callable[[bytes], bytes]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_no_address_of_the_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert refusal_of(f"https://{host}/x") == "不能是内网地址"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_what_is_one_is_taken(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["http://a.cn/x", "ftp://a.cn", "https://", "https://a:b@a.cn/", "https://a.cn/#x", "https://localhost/", "x", ""],
)
def test_what_is_no_address_to_call_is_refused(address: str) -> None:
    assert refusal_of(address)
    assert refusal_of("https://a.cn/x?y=1") == ""


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], []])
async def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    """Whatever it led to before: it is asked for each time."""

    async def resolved(_host: str, _port: int) -> list[object]:
        return [ip_address(each) for each in found]

    monkeypatch.setattr(outgoing, "_resolved", resolved)
    with pytest.raises(Unreachable, match="内网"):
        await post("https://rebound.example/", b"{}", {})


@asynccontextmanager
async def serving(reply: Reply, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(reply(head))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_address_is_pinned_and_the_name_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is for the name and no other, and so is Host; the connection goes to what was looked at."""
    path, names, heads = own_certificate(tmp_path, NAME), [], []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    def reply(head: bytes) -> bytes:
        heads.append(head)
        return b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 2\r\n\r\nno"

    async def resolved(_host: str, _port: int) -> list[object]:
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(outgoing, "_resolved", resolved)
    monkeypatch.setattr(outgoing, "_tls", lambda: ssl.create_default_context(cafile=str(path)))
    async with serving(reply, context) as port:
        answered = await post(f"https://{NAME}:{port}/x", b"{}", {"X-A": "b"}, anywhere=True)
        assert (answered.status, answered.body) == (302, b"no"), "a redirect is an answer as any other"
        with pytest.raises(Unreachable):
            await post(f"https://other.example.test:{port}/x", b"{}", {}, anywhere=True)
    assert names == [NAME, "other.example.test"]
    (head,) = heads
    assert f"Host: {NAME}:{port}\r\n".encode() in head
    assert head.startswith(b"POST /x HTTP/1.1\r\n")


async def test_an_answer_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MOST_BYTES", 10)
    async with serving(lambda _: b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000) as port:
        assert (await post(f"http://127.0.0.1:{port}/", b"{}", {}, anywhere=True)).body == b"x" * 10


async def test_who_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.05)
    stopped = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stopped.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(Unreachable, match="没有答复"):
        await post(f"http://127.0.0.1:{port}/", b"{}", {}, anywhere=True)
    stopped.set()
    server.close()
