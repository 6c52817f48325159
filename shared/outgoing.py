"""Calls to addresses that strangers have named: never to a private network, whatever its name resolves to at this moment. The name is
resolved here, every address of it is looked at, and the connection goes to the one that was looked at; TLS and Host keep the name (BEY-16).
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

SECONDS = 10.0
MOST_BYTES = 64 * 1024
# They stand for any IPv4 address, private ones too, and count as global.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"))


class Unreachable(Exception):
    """Nobody answered; the words are for whoever named the address."""


@dataclass(frozen=True)
class Answered:
    """What came back, up to ``MOST_BYTES``."""

    status: int
    body: bytes


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the internet has it: no loopback, no private or shared network, no group, nothing that stands for one of these."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in each for each in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def refusal_of(text: str, *, anywhere: bool = False) -> str:
    """Why this is no address that may be called, before any name is resolved; nothing when it is one. ``anywhere`` is for tests."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return "不是有效的网址"
    if url.scheme != "https" and not (anywhere and url.scheme == "http"):
        return "应以 https:// 开头"
    if not url.host or url.userinfo or url.fragment:
        return "应为不含用户名和 # 的网址"
    try:
        literal = ip_address(url.host)
    except ValueError:
        return "" if anywhere or "." in url.host.strip(".") else "应为互联网上的域名"
    return "" if anywhere or is_public(literal) else "不能是内网地址"


async def _resolved(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("域名无法解析") from error
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found]


async def _pinned(url: httpx.URL, *, anywhere: bool) -> httpx.URL:
    addresses = await _resolved(url.host, url.port or (443 if url.scheme == "https" else 80))
    if not addresses or not (anywhere or all(map(is_public, addresses))):
        raise Unreachable("该地址指向内网，不能推送")
    return url.copy_with(host=str(addresses[0]))


async def post(url: str, body: bytes, headers: Mapping[str, str], *, anywhere: bool = False) -> Answered:
    """Sends JSON there. Redirects are answers as any other. Raises Unreachable."""
    if refusal := refusal_of(url, anywhere=anywhere):
        raise Unreachable(f"地址{refusal}")
    named = httpx.URL(url)
    host = named.netloc.decode("ascii")
    sent = {**headers, "Host": host, "Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}
    # No connection is kept: the next name at the same address would go by it unseen.
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(verify=_tls(), trust_env=False, limits=limits, timeout=SECONDS) as client,
            client.stream(
                "POST",
                await _pinned(named, anywhere=anywhere),
                content=body,
                headers=sent,
                extensions={"sni_hostname": named.host},
            ) as answer,
        ):
            return Answered(answer.status_code, await _beginning(answer))
    except TimeoutError as error:
        raise Unreachable(f"{SECONDS:.0f} 秒内没有答复") from error
    except httpx.HTTPError as error:
        raise Unreachable(f"无法连接：{type(error).__name__}") from error


async def _beginning(answer: httpx.Response) -> bytes:
    read = b""
    async for piece in answer.aiter_raw():
        read += piece
        if len(read) >= MOST_BYTES:
            break
    return read[:MOST_BYTES]
