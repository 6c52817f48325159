"""A Redis with a copy and three Sentinels on loopback, which make the copy the primary when the first dies."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.up.ports import free_port
from ops.up.valkey import BINARY, answers

PASSWORD, ASKED_WITH, MASTER = "of-redis", "of-sentinel", "platform"
_REDIS = """\
bind 127.0.0.1
port {port}
dir {folder}
save ""
requirepass {password}
masterauth {password}
repl-diskless-sync-delay 0
{more}
"""
_SENTINEL = """\
bind 127.0.0.1
port {port}
dir {folder}
requirepass {asked_with}
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


@contextmanager
def sentinels(folder: Path) -> Iterator[Watched]:
    first, copy, *watching = (free_port() for _ in range(5))
    with ExitStack() as stack:
        settings = {"password": PASSWORD, "folder": "{folder}"}
        primary = _serve(stack, folder, "first", _REDIS.format(port=first, more="", **settings))
        _until_it_answers(first, PASSWORD)
        more = f"replicaof 127.0.0.1 {first}"
        _serve(stack, folder, "copy", _REDIS.format(port=copy, more=more, **settings))
        _until_it_answers(copy, PASSWORD)
        for port in watching:
            told = {"master": MASTER, "primary": first, "asked_with": ASKED_WITH, **settings}
            _serve(stack, folder, f"s{port}", _SENTINEL.format(port=port, **told), "--sentinel")
            _until_it_answers(port, ASKED_WITH)
        hosts = ",".join(f"127.0.0.1:{port}" for port in watching)
        yield Watched(f"redis+sentinel://:{PASSWORD}@{hosts}/{MASTER}/0", primary)
