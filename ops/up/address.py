"""Where the embedded platform listens and how it is reached: ``HOST`` and ``PORT`` of whoever starts it, and the note in ``VAR_DIR`` by
which other commands find the one that runs.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from ops.up.ports import LOOPBACK, free_port, is_free, why_not_given
from ops.up.processes import CannotStart

DEFAULT_PORT = 8000
_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104  # asked for by HOST alone


@dataclass(frozen=True)
class Address:
    """What the API listens on."""

    host: str = LOOPBACK
    port: int = DEFAULT_PORT

    @property
    def local(self) -> str:
        """The URL by which this machine reaches it."""
        return _url(_EVERYWHERE.get(self.host, self.host), self.port)

    @property
    def shown(self) -> str:
        """The URL by which people reach it: from other machines, too, where it listens on every interface."""
        return _url(_own_address(), self.port) if self.host in _EVERYWHERE else self.local

    @property
    def is_open(self) -> bool:
        """Whether other machines reach it."""
        return self.host in _EVERYWHERE or not _is_loopback(self.host)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(socket.gethostbyname(host) if ":" not in host else host).is_loopback
    except (OSError, ValueError):
        return False


def _own_address() -> str:
    """The address that this machine would speak from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def chosen_address(outer: Mapping[str, str]) -> tuple[Address, str]:
    """``HOST`` (127.0.0.1) and ``PORT`` (8000, or a free one when that is taken), and a word when it is not the expected one.
    Raises CannotStart."""
    host, given = outer.get("HOST") or LOOPBACK, outer.get("PORT", "")
    if reason := why_not_given(given, host):
        raise CannotStart(reason)
    if given or is_free(DEFAULT_PORT, host):
        return Address(host, int(given or DEFAULT_PORT)), ""
    address = Address(host, free_port(host))
    word = f"端口 {DEFAULT_PORT} 已被占用，改用 {address.port} · Port {DEFAULT_PORT} is taken; using {address.port}."
    return address, word


def note_of(var: Path) -> Path:
    """Holds the local URL for as long as the platform of this folder runs."""
    return var / "address"


def running_url(outer: Mapping[str, str] = os.environ) -> str:
    """Where a command that was not told an address finds the platform: ``BASE_URL``, else what ``HOST`` and ``PORT`` say, else the one
    that runs on ``VAR_DIR``, else the default."""
    if url := outer.get("BASE_URL"):
        return url
    if outer.get("PORT", "").isdecimal():
        return Address(outer.get("HOST") or LOOPBACK, int(outer["PORT"])).local
    note = note_of(Path(outer.get("VAR_DIR") or "var"))
    return note.read_text() if note.exists() else Address(outer.get("HOST") or LOOPBACK).local
