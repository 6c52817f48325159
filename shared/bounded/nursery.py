"""``python -m shared.bounded.nursery``: the process that is forked for each piece of work. It never sees a stranger's byte itself, keeps
the libraries loaded, ends a child whose time is over, and ends when whoever started it has.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from shared.bounded import child
from shared.bounded.talk import MAX_ORDER

CONTROL = 0
TOO_LONG = "time"


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(CONTROL))
    os.dup2(os.open(os.devnull, os.O_RDWR), CONTROL)
    while (given := socket.recv_fds(control, MAX_ORDER, 2))[0]:
        order = json.loads(given[0])
        how = _one(control, given[1], _function(order["target"]), order["clock_seconds"])
        if how is None:
            return
        control.send(json.dumps({"how": how}).encode())


def _function(target: str) -> Callable[..., Any]:
    """Imported here, once, so that the next child of the kind has it, in pages that are shared."""
    module, _, name = target.partition(":")
    if module not in sys.modules:
        import_module(module)
        gc.collect()
        gc.freeze()
    found: Callable[..., Any] = getattr(sys.modules[module], name)
    return found


def _one(control: socket.socket, given: list[int], function: Callable[..., Any], seconds: float) -> str | None:
    """How a child came to its end; None when nobody waits for it any more."""
    alive, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        control.close()
        os.close(alive)
        child.work(given[0], given[1], function)
    for mine in (end, *given):
        os.close(mine)
    ready, _, _ = select.select([alive, control.fileno()], [], [], seconds)
    os.kill(pid, signal.SIGKILL)  # of one that has ended, this changes nothing
    os.close(alive)
    _, status = os.waitpid(pid, 0)
    if control.fileno() in ready:
        return None
    return _said(status) if ready else TOO_LONG


def _said(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return TOO_LONG if code == -signal.SIGXCPU else signal.Signals(-code).name
    return child.ENDINGS.get(code, f"exit {code}")


if __name__ == "__main__":
    main()
