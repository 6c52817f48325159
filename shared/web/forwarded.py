"""Who calls, when somebody speaks for the caller. What a request says of its own way (``X-Forwarded-…``) is taken from the networks that
``PLATFORM_TRUSTED_PROXIES`` names, and from nobody else; nothing behind this reads those headers.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import Scope

from shared.setting_kinds import Network

Address = IPv4Address | IPv6Address
_FOR, _PROTO = b"x-forwarded-for", b"x-forwarded-proto"
_HEADERS = {_FOR, _PROTO, b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-prefix", b"x-real-ip", b"forwarded"}


def see_through(scope: Scope, trusted: Sequence[Network]) -> None:
    """Puts the caller's own address and scheme into ``scope`` where a trusted proxy tells them, and takes the headers out."""
    said = [(name, value.decode("latin-1")) for name, value in scope["headers"] if name in _HEADERS]
    if not said:
        return
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _HEADERS]
    peer = _read(scope["client"][0]) if scope.get("client") else None
    if peer is None or not _is_in(peer, trusted):
        return
    hops = [hop for name, value in said if name == _FOR for hop in value.split(",")]
    scope["client"] = (str(_caller(peer, hops, trusted)), 0)
    schemes = [value.strip().lower() for name, value in said if name == _PROTO]
    if schemes and schemes[-1] in {"http", "https"}:
        scope["scheme"] = schemes[-1]


def _caller(peer: Address, hops: Iterable[str], trusted: Sequence[Network]) -> Address:
    """The last address that no trusted proxy has; each proxy adds at the end whom it saw, and what stands before is hearsay."""
    seen = [address for address in map(_read, hops) if address is not None]
    strangers = (address for address in reversed(seen) if not _is_in(address, trusted))
    return next(strangers, seen[0] if seen else peer)


def _read(hop: str) -> Address | None:
    """An address as proxies write it, with a port or without; None for anything else."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
