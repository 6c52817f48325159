"""What a bounded process does: it gives up its rights, works, says its answer and no other word, because what goes wrong may quote the
file. It has no secret, opens no file and no socket, forks nothing, and neither its memory nor its time is more than it was given.
"""

import json
import os
import resource
import signal
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn

from shared.bounded.talk import MAX_ANSWER
from shared.errors import AppError

DONE, MEMORY, FAILED = 0, 70, 71
ENDINGS: Final[Mapping[int, str]] = {DONE: "no answer", MEMORY: "memory", FAILED: "failed"}


def work(talk: int, file: int, function: Callable[..., Any]) -> NoReturn:
    """Reads the order from ``talk`` and the bytes from ``file``, and answers there likewise."""
    code = FAILED
    try:
        code = _work(Connection(talk), file, function)
    except MemoryError:
        code = MEMORY
    except BaseException:  # Rust's panics are no Exceptions; nothing of it may be told
        code = FAILED
    finally:
        os._exit(code)


def _work(talk: Connection, file: int, function: Callable[..., Any]) -> int:
    order = json.loads(talk.recv_bytes())
    given = open(file, "r+b", buffering=0)  # noqa: SIM115  # the process ends before it does
    given.seek(0)
    data = given.read()
    _give_up_rights(**order["limits"])
    refusal: dict[str, Any] = {}
    told, body = None, b""
    try:
        told, body = function(data, **order["arguments"])
    except AppError as error:
        kind = type(error)
        errors = [(each.field, each.code, each.message) for each in error.errors]
        refusal = {"kind": f"{kind.__module__}:{kind.__qualname__}", "detail": error.detail, "errors": errors}
    given.seek(0)
    given.truncate()
    if given.write(body) != len(body):
        return FAILED
    talk.send_bytes(json.dumps({"told": told, "refusal": refusal}).encode())
    return DONE


def _give_up_rights(seconds: int, memory: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    signal.alarm(2 * seconds + 2)  # where nobody is left who would end it
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the first is told from a lack of memory
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, MAX_ANSWER),  # of the one file that it has, in memory
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # no file and no socket is opened from here on
    ):
        resource.setrlimit(what, (most, most))
