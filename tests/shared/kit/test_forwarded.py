"""Whose word about a caller's address is taken (PLAT-18): a limit by address holds only where nobody chooses his own."""

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import ValidationError

from shared.settings import PlatformSettings
from shared.web.forwarded import see_through

pytestmark = pytest.mark.req("PLAT-18")
PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
GATEWAY = "10.0.0.2"


def seen(*said: tuple[str, str], peer: str | None = GATEWAY, trusted: Any = PROXIES) -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in said]
    scope = {"type": "http", "scheme": "http", "client": peer and (peer, 4711), "headers": headers}
    see_through(scope, trusted)
    return scope


def address(*hops: str, **more: Any) -> Any:
    client = seen(*(("X-Forwarded-For", hop) for hop in hops), **more)["client"]
    return client and client[0]


class TestWhoIsBelieved:
    @pytest.mark.parametrize("peer", ["192.0.2.7", "11.0.0.1", "::1", "127.0.0.1"])
    def test_nobody_but_a_trusted_proxy(self, peer: str) -> None:
        scope = seen(("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Proto", "https"), peer=peer)
        assert (scope["client"][0], scope["scheme"]) == (peer, "http")

    def test_nobody_at_all_unless_one_is_named(self) -> None:
        assert address("1.2.3.4", peer="127.0.0.1", trusted=()) == "127.0.0.1"
        assert PlatformSettings.model_fields["trusted_proxies"].default == ()

    @pytest.mark.parametrize("peer", [None, "unix:"])
    def test_nor_somebody_without_an_address(self, peer: str | None) -> None:
        assert address("1.2.3.4", peer=peer) == peer

    @pytest.mark.parametrize("peer", [GATEWAY, "::ffff:10.0.0.2", "fd00::5"])
    def test_a_trusted_proxy_in_any_spelling(self, peer: str) -> None:
        scope = seen(("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Proto", "https"), peer=peer)
        assert (scope["client"][0], scope["scheme"]) == ("1.2.3.4", "https")

    @pytest.mark.parametrize("peer", [GATEWAY, "192.0.2.7"])
    def test_nobody_behind_reads_what_was_said(self, peer: str) -> None:
        names = (
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Real-IP",
            "Forwarded",
            "X-Forwarded-Port",
        )
        scope = seen(*((name, "1.2.3.4") for name in names), ("Host", "platform"), peer=peer)
        assert scope["headers"] == [(b"host", b"platform")]


class TestWhoItIs:
    @pytest.mark.parametrize(
        ("hops", "caller"),
        [
            (["1.2.3.4"], "1.2.3.4"),
            (["6.6.6.6, 1.2.3.4"], "1.2.3.4"),  # the caller wrote the first one
            (["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
            (["6.6.6.6, 1.2.3.4, 10.1.1.1, fd00::1"], "1.2.3.4"),
            (["10.1.1.1, 10.1.1.2"], "10.1.1.1"),
            (["1.2.3.4:5678"], "1.2.3.4"),
            (["[2001:db8::1]:443"], "2001:db8::1"),
            (["2001:DB8:0::1"], "2001:db8::1"),
            (["::ffff:1.2.3.4"], "1.2.3.4"),
            (["garbage, 1.2.3.4"], "1.2.3.4"),
            (["1.2.3.4, unknown, ,"], "1.2.3.4"),
            (["garbage"], GATEWAY),
            (["", ",,,", "1.2.3", "1.2.3.4.5", "[::1", "\xff"], "::1"),
            (["1.2.3.4\x00"], GATEWAY),
        ],
    )
    def test_the_last_one_that_is_no_proxy(self, hops: list[str], caller: str) -> None:
        assert address(*hops) == caller

    @pytest.mark.parametrize(
        ("said", "scheme"), [("https", "https"), ("HTTP", "http"), ("gopher", "http"), ("", "http")]
    )
    def test_the_scheme_is_one_of_two(self, said: str, scheme: str) -> None:
        assert seen(("X-Forwarded-Proto", said))["scheme"] == scheme


@pytest.mark.parametrize(
    ("said", "count"), [("10.0.0.0/8, fd00::/8", 2), ("10.0.0.2", 1), ("10.0.0.2/8", 1), (" , ", 0)]
)
def test_networks_are_named_by_hand(platform: object, monkeypatch: pytest.MonkeyPatch, said: str, count: int) -> None:
    monkeypatch.setenv("PLATFORM_TRUSTED_PROXIES", said)
    assert len(PlatformSettings().trusted_proxies) == count


@pytest.mark.parametrize("said", ["gateway", "*", "10.0.0.0/33"])
def test_what_is_no_network_stops_the_start(platform: object, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("PLATFORM_TRUSTED_PROXIES", said)
    with pytest.raises(ValidationError):
        PlatformSettings()
