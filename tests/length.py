"""How long a proof is that gets better the longer it runs: short beside all other tests, and whole with ``make long``."""

import os

LONG = bool(os.environ.get("LONG"))


def at_length(short: int, whole: int) -> int:
    return whole if LONG else short
