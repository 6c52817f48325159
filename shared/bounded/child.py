"""What a bounded process does: it gives up its rights, works, says its answer and no other word, because what goes wrong may quote the
file. It has no secret, opens no file and no socket, forks nothing, and neither its memory nor its time is more than it was given.
"""

import json
import os
import resource
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn

from shared.errors import AppError

DONE, MEMORY, FAILED = 0, 70, 71
ENDINGS: Final[Mapping[int, str]] = {DONE: "no answer", MEMORY: "memory", FAILED: "failed"}


def work(talk: int, function: Callable[..., Any]) -> NoReturn:
    """Reads the order and the bytes from ``talk``, and answers there."""
    code = FAILED
    try:
        code = _work(Connection(talk), function)
    except MemoryError:
        code = MEMORY
    except BaseException:  # Rust's panics are no Exceptions; nothing of it may be told
        code = FAILED
    finally:
        os._exit(code)


def _work(talk: Connection, function: Callable[..., Any]) -> int:
    order = json.loads(talk.recv_bytes())
    data = talk.recv_bytes()
    _give_up_rights(**order["limits"])
    refusal: dict[str, Any] = {}
    told, body = None, b""
    try:
        told, body = function(data, **order["arguments"])
    except AppError as error:
        kind = type(error)
        errors = [(each.field, each.code, each.message) for each in error.errors]
        refusal = {"kind": f"{kind.__module__}:{kind.__qualname__}", "detail": error.detail, "errors": errors}
    talk.send_bytes(json.dumps({"told": told, "refusal": refusal}).encode())
    talk.send_bytes(body)
    return DONE


def _give_up_rights(seconds: int, memory: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the first is told from a lack of memory
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # no file and no socket is opened from here on
    ):
        resource.setrlimit(what, (most, most))
