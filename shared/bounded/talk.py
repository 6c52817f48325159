"""How a process of the platform talks to its nursery: the process, without a secret in its environment, that is forked for each file. What
comes back was written beside a stranger's bytes: it is JSON and bytes of a bounded length, and never an object.
"""

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
NURSERY: Final = "shared.bounded.nursery"
# What a program needs to find its libraries; keys and passwords stay here.
PASSED_ON: Final = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "TMPDIR",
    "HOME",
)
MAX_ANSWER: Final = 64 * 1024 * 1024
MAX_HEAD: Final = 1024 * 1024
MAX_ORDER: Final = 4096
# The nursery ends a child that takes too long; only where the nursery itself is gone, this ends the waiting.
PATIENCE: Final = 10
LEAVING_SECONDS: Final = 2


@dataclass(frozen=True)
class Order:
    target: str
    seconds: int
    memory: int
    arguments: dict[str, Any]

    @property
    def clock_seconds(self) -> int:
        """The child may have to wait for a processor as long as it works."""
        return 2 * self.seconds


@dataclass(frozen=True)
class Answer:
    """``refusal`` is empty, or says what the work refused with: ``kind``, ``detail``, ``errors``."""

    told: Any = None
    body: bytes = b""
    refusal: dict[str, Any] = field(default_factory=dict)


class Gone(Exception):
    """The child ended without an answer; ``ours`` when it was not the child but the nursery."""

    def __init__(self, how: str, *, ours: bool = False) -> None:
        self.how, self.ours = how, ours
        super().__init__(how)


def bare_environment() -> dict[str, str]:
    """The environment of a program that handles what strangers made."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}


class Nursery:
    """The other end, for one thread at a time; started when first asked, and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, order: Order, data: bytes) -> Answer:
        """Has a child do the work; blocks until the child has ended. Raises ``Gone``."""
        ours, theirs = socket.socketpair()
        _bound(ours, order.clock_seconds + PATIENCE)
        # The bytes go by memory and not through the socket, which would wake either side for every few kilobytes, and come back there.
        with open(os.memfd_create("file"), "w+b", buffering=0) as file:
            try:
                file.write(data)
                self._give(order, theirs, file.fileno())
                with Connection(ours.detach()) as talk:
                    head = _conversation(talk, order)
                how = self._ending()
            except OSError as error:
                self.close()
                raise Gone("nursery", ours=True) from error
            if head is None:
                raise Gone(how)
            file.seek(0)
            return Answer(head["told"], file.read(MAX_ANSWER), head["refusal"])

    def _give(self, order: Order, theirs: socket.socket, file: int) -> None:
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._control is not None
        _bound(self._control, order.clock_seconds + 2 * PATIENCE)
        told = json.dumps({"target": order.target, "clock_seconds": order.clock_seconds}).encode()
        with theirs:
            socket.send_fds(self._control, [told], [theirs.fileno(), file])

    def _ending(self) -> str:
        assert self._control is not None
        if not (told := self._control.recv(MAX_ORDER)):
            raise ConnectionResetError
        return str(json.loads(told)["how"])

    def _start(self) -> None:
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", NURSERY]
        with theirs:
            # In a group of its own: whoever ends ours by a key or a signal means us, and we end it.
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                command, cwd=ROOT, env=bare_environment(), stdin=theirs.fileno(), process_group=0
            )
        self._control = ours
        atexit.register(self.close)

    def close(self) -> None:
        """It sees that nobody is there any more, and ends with whatever it has."""
        atexit.unregister(self.close)
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(LEAVING_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None


def _bound(end: socket.socket, seconds: int) -> None:
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        end.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))


def _conversation(talk: Connection, order: Order) -> dict[str, Any] | None:
    """None where the child ended before its answer, or gave one that is none."""
    limits = {"seconds": order.seconds, "memory": order.memory}
    try:
        talk.send_bytes(json.dumps({"limits": limits, "arguments": order.arguments}).encode())
        head = json.loads(talk.recv_bytes(MAX_HEAD))
    except (EOFError, OSError, ValueError, RecursionError):
        return None
    return (
        head
        if isinstance(head, dict) and {"told", "refusal"} <= head.keys() and isinstance(head["refusal"], dict)
        else None
    )
