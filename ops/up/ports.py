"""TCP ports: which are free, which of those to take, and in words why an address cannot be listened on. It holds no port open, and it is
read by every Python that the check before the installation may meet.
"""

import errno
import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15000
# Not by a seed: two processes that begin with the same one would choose the same ports at the same time.
_CHANCE = random.SystemRandom()


def why_not(port: int, host: str = LOOPBACK) -> str:
    """Empty when a server could listen there now, else the reason, in Chinese and English, with what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return _words(error, port, host)
    return ""


def why_not_given(given: str, host: str = LOOPBACK) -> str:
    """The same for what somebody typed as a port; nothing typed stands for any port."""
    if given and not (given.isdecimal() and 0 < int(given) < 65536):
        return f"PORT={given} 不是端口号，请用 1–65535 之间的数字 · PORT={given} is not a port number (1–65535)"
    return why_not(int(given or 0), host)


def _words(error: OSError, port: int, host: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"端口 {port} 已被其他程序占用，请换一个，例如 make run PORT=8080 · "
            f"Port {port} is taken by another program. Choose another one: make run PORT=8080"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return (
            f"当前用户无权使用端口 {port}，请用 1024 以上的端口，例如 make run PORT=8080 · "
            f"This user may not listen on port {port}. Choose one above 1023: make run PORT=8080"
        )
    return (
        f"HOST={host} 不是本机地址，请用 0.0.0.0（所有网卡）或本机的一个地址 · "
        f"HOST={host} is no address of this machine. Use 0.0.0.0 (every interface) or one that it has"
    )


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on this port now."""
    return not why_not(port, host)


def free_port(host: str = LOOPBACK) -> int:
    """A free port below the range from which the kernel picks the local end of outgoing connections.

    A server that is restarted on its old port must find it free; a client that knocks at a port of the ephemeral range
    while nobody listens can be given that very port as its own and block it.
    """
    ceiling = int(_EPHEMERAL.read_text().split()[0]) if _EPHEMERAL.exists() else 32768
    lowest = min(_LOWEST, ceiling - 2000)
    for port in _CHANCE.sample(range(lowest, ceiling), 200):
        if is_free(port, host):
            return port
    raise OSError(f"no free TCP port on {host}")
