"""Waiting for what somebody else is about to bring: as long as it takes, with words about what is missing, so that whoever looks on knows
why nothing happens. It decides nothing: what ends the waiting is the caller's question.
"""

import sys
import time
from collections.abc import Callable

# Each question costs the other side something too, so they become rarer when it takes long.
_ASK_SECONDS, _ASK_SECONDS_LATER, _LATER = 2.0, 5.0, 20.0
# It is said what is missing after so long, then after twice as long again, then each minute.
_SAY_SECONDS, _SAY_SECONDS_AT_MOST = 4.0, 60.0


def say(line: str) -> None:
    """To whoever reads this container's log."""
    print(line, file=sys.stderr, flush=True)


def wait_for(what: str, missing: Callable[[], str], sleep: Callable[[float], None] = time.sleep) -> None:
    """Asks every few seconds until ``missing`` has nothing to say any more; ``what`` is Chinese and English."""
    began, waited, said_at, pause = time.monotonic(), 0.0, 0.0, _SAY_SECONDS
    while reason := missing():
        if not waited or waited - said_at >= pause:
            say(f"等待 waiting ({time.monotonic() - began:.0f} s): {what}: {reason}")
            said_at, pause = waited, min(2 * pause, _SAY_SECONDS_AT_MOST) if waited else pause
        seconds = _ASK_SECONDS if waited < _LATER else _ASK_SECONDS_LATER
        sleep(seconds)
        waited += seconds
    if waited:
        say(f"等到了 there ({time.monotonic() - began:.0f} s): {what}")
