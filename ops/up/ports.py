"""TCP ports on the loopback address: which are free, and which of those to take. It holds no port open."""

import random
import socket
from pathlib import Path

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15000
# Not by a seed: two processes that begin with the same one would choose the same ports at the same time.
_CHANCE = random.SystemRandom()


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:``port`` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A free port below the range from which the kernel picks the local end of outgoing connections.

    A server that is restarted on its old port must find it free; a client that knocks at a port of the ephemeral range
    while nobody listens can be given that very port as its own and block it.
    """
    ceiling = int(_EPHEMERAL.read_text().split()[0]) if _EPHEMERAL.exists() else 32768
    lowest = min(_LOWEST, ceiling - 2000)
    for port in _CHANCE.sample(range(lowest, ceiling), 200):
        if is_free(port):
            return port
    raise OSError("no free TCP port on 127.0.0.1")
