"""The settings of an embedded platform that runs already, for a command that is typed beside it: where its servers listen is read from what
they wrote down themselves."""

import os
import re
from pathlib import Path

from ops.up.address import Address
from ops.up.environment import demo_environment
from ops.up.servers import Servers


def environment_of(var: Path) -> dict[str, str]:
    """What its children were given, and ``POSTGRES_ADMIN_URL``. Empty when nothing runs in ``var``."""
    try:
        # PostgreSQL's own file: the port stands in the fourth line.
        port = int((var / "postgres" / "postmaster.pid").read_text("utf-8").splitlines()[3])
        told = re.search(r"^port (\d+)$", (var / "valkey" / "valkey.conf").read_text("utf-8"), re.MULTILINE)
    except (OSError, ValueError, IndexError):
        return {}
    if told is None:
        return {}
    servers = Servers(var)
    servers.postgres_port, servers.redis_port = port, int(told[1])
    given = demo_environment(servers, Address(port=int(os.environ.get("PORT") or 8000)))
    admin = servers.database_url("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
    return {**given, "POSTGRES_ADMIN_URL": admin}
