"""A container's health: ``python -m ops.probe http://…/readyz`` or ``python -m ops.probe alive:training.fast``; exit 0 when it is well."""

import sys
import urllib.request

from redis import Redis

from shared.settings import platform_settings


def well(what: str) -> bool:
    """A URL must answer 200; anything else is a key that the worker renews through the broker."""
    if what.startswith("http"):
        with urllib.request.urlopen(what, timeout=3) as answer:  # noqa: S310  # the address is the operator's own
            return bool(answer.status == 200)
    return bool(Redis.from_url(platform_settings().redis_url, socket_timeout=3).exists(what))


if __name__ == "__main__":
    sys.exit(0 if well(sys.argv[1]) else 1)
