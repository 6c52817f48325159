"""What a bounded process is asked to do in these tests: good work, and everything that it must not be able to do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from shared.errors import FieldError, InvalidInput


class NotLiked(InvalidInput):
    code = "not_liked"


class Lines(list[dict[str, Any]]):
    """What is logged, whether or not a process of the platform has set logging up."""

    def warning(self, event: str, **more: Any) -> None:
        self.append({"event": event, **more})


def echo(data: bytes, **arguments: Any) -> tuple[Any, bytes]:
    return {"size": len(data), **arguments}, data


def refuse(data: bytes) -> tuple[Any, bytes]:
    raise NotLiked("不喜欢", errors=[FieldError("file", "colour", "颜色不对")])


def grow(data: bytes) -> tuple[Any, bytes]:
    kept = [bytes(1024 * 1024) for _ in range(100_000)]
    return len(kept), b""


def abort(data: bytes) -> tuple[Any, bytes]:
    os.abort()


def spin(data: bytes) -> tuple[Any, bytes]:
    while True:
        pass


def sleep(data: bytes) -> tuple[Any, bytes]:
    time.sleep(600)
    return None, b""


def linger(data: bytes) -> tuple[Any, bytes]:
    """Seems to have ended, and goes on."""
    os.closerange(0, 64)
    return sleep(data)


def fail(data: bytes) -> tuple[Any, bytes]:
    raise SystemExit("a word of the file")


def try_rights(data: bytes) -> tuple[Any, bytes]:
    """What it could do of what it must not."""
    deeds: dict[str, Callable[[], object]] = {
        "read": lambda: open(__file__),  # noqa: SIM115
        "write": lambda: open("/tmp/bounded", "wb"),  # noqa: SIM115
        "connect": lambda: socket.create_connection(("127.0.0.1", 1)),
        "listen": lambda: socket.socket(),
        "pipe": os.pipe,
        "start": lambda: subprocess.Popen([sys.executable]),
    }
    could = []
    for name, deed in deeds.items():
        try:
            deed()
        except OSError:
            continue
        could.append(name)
    return {"could": could, "secrets": [name for name in os.environ if "PLATFORM" in name]}, b""


def pid(data: bytes) -> tuple[Any, bytes]:
    return [os.getppid(), os.getpid()], b""


def _wait() -> None:
    """Until whoever watches says that it goes on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def wait_and_grow(data: bytes) -> tuple[Any, bytes]:
    _wait()
    return grow(data)


def wait_and_spin(data: bytes) -> tuple[Any, bytes]:
    _wait()
    return spin(data)
