"""A Redis with a copy and three Sentinels on loopback, which make the copy the primary when the first dies. The embedded server speaks no
TLS: where it is asked for, each stands behind a door that does.
"""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops.up.ports import free_port
from ops.up.valkey import BINARY, answers
from tests.front import Front

PASSWORD, ASKED_WITH, MASTER = "of-redis", "of-sentinel", "platform"
_REDIS = """\
bind 127.0.0.1
port {port}
dir {folder}
save ""
requirepass {password}
masterauth {password}
repl-diskless-sync-delay 0
replica-announce-port {told}
{more}
"""
_SENTINEL = """\
bind 127.0.0.1
port {port}
dir {folder}
requirepass {asked_with}
sentinel announce-ip 127.0.0.1
sentinel announce-port {told}
sentinel sentinel-pass {asked_with}
sentinel monitor {master} 127.0.0.1 {primary} 2
sentinel auth-pass {master} {password}
sentinel down-after-milliseconds {master} 300
sentinel failover-timeout {master} 2000
"""


@dataclass(frozen=True)
class Watched:
    url: str
    primary: "subprocess.Popen[bytes]"


def _serve(stack: ExitStack, folder: Path, name: str, text: str, *flags: str) -> "subprocess.Popen[bytes]":
    home = folder / name
    home.mkdir()
    conf = home / "its.conf"
    conf.write_text(text.replace("{folder}", str(home)))
    process = subprocess.Popen([BINARY, conf, *flags], stdout=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _until_it_answers(port: int, password: str) -> None:
    while not answers(port, password):
        pass


def _door(stack: ExitStack, port: int, tls: ssl.SSLContext | None) -> int:
    """The port by which others know who serves at ``port``."""
    if tls is None:
        return port
    front = Front(port, tls)
    stack.callback(front.close)
    return front.port


@contextmanager
def sentinels(folder: Path, tls: ssl.SSLContext | None = None, authority: str = "") -> Iterator[Watched]:
    """Whoever comes by TLS takes the certificates of ``authority``, a file."""
    first, copy, *watching = (free_port() for _ in range(5))
    with ExitStack() as stack:
        doors = {port: _door(stack, port, tls) for port in (first, copy, *watching)}
        settings = {"password": PASSWORD, "folder": "{folder}"}
        primary = _serve(stack, folder, "first", _REDIS.format(port=first, told=doors[first], more="", **settings))
        _until_it_answers(first, PASSWORD)
        more = f"replicaof 127.0.0.1 {doors[first]}"
        _serve(stack, folder, "copy", _REDIS.format(port=copy, told=doors[copy], more=more, **settings))
        _until_it_answers(copy, PASSWORD)
        for port in watching:
            known = {"master": MASTER, "primary": doors[first], "asked_with": ASKED_WITH, "told": doors[port]}
            _serve(stack, folder, f"s{port}", _SENTINEL.format(port=port, **known, **settings), "--sentinel")
            _until_it_answers(port, ASKED_WITH)
        hosts = ",".join(f"127.0.0.1:{doors[port]}" for port in watching)
        scheme, query = ("rediss", f"?ssl_ca_certs={quote(authority)}") if tls else ("redis", "")
        yield Watched(f"{scheme}+sentinel://:{PASSWORD}@{hosts}/{MASTER}/0{query}", primary)
