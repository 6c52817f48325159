"""The environment that the embedded stack gives to its children: addresses, secrets, folders. ``shared.settings`` reads
it; a deployment by compose sets the same names in its own way.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from ops.up.address import Address
from ops.up.ports import free_port
from ops.up.secrets import load_secrets
from ops.up.servers import Servers

# A demo signs in far more often in a day, from one address, than anybody's phone does.
DEMO_LIMITS = {
    "AUTH_CODES_PER_PHONE_A_DAY": "1000",
    "AUTH_CODES_PER_ADDRESS_AN_HOUR": "1000",
    "AUTH_SIGN_IN_CODES_PER_PHONE_A_DAY": "1000",
    "AUTH_SIGN_IN_CODES_PER_ADDRESS_AN_HOUR": "1000",
    "AUTH_PICTURES_PER_ADDRESS_AN_HOUR": "1000",
    "AUTH_CODE_LOOKUPS_PER_ADDRESS": "1000",
}


def demo_environment(servers: Servers, address: Address) -> dict[str, str]:
    """What the children of a platform to try get: wide limits for codes and checks, unless the operator has set others. They enter the
    databases as their services, and not as the owner, as tests and migrations do."""
    outer = {"PLATFORM_PUBLIC_URL": address.shown, **DEMO_LIMITS, **os.environ}
    given = child_environment(servers, address.port, outer, here=address.local)
    return {**given, "PLATFORM_DATABASE_URL": servers.services_url}


def child_environment(
    servers: Servers, port: int, outer: Mapping[str, str] = os.environ, here: str = ""
) -> dict[str, str]:
    """Everything a child needs, on top of the environment of the operator, whose public address and cache folder win. ``here`` is the URL
    by which the children reach each other."""
    here = here or Address(port=port).local
    public = outer.get("PLATFORM_PUBLIC_URL") or here
    secrets = {name: value for name, value in load_secrets(servers.var).items() if name.isupper()}
    files, cache = servers.var / "files", Path(outer.get("PLATFORM_CACHE_DIR") or servers.var / "cache")
    for folder in (files, cache):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        **outer,
        **secrets,
        "PLATFORM_PUBLIC_URL": public,
        "PLATFORM_INTERNAL_URL": here,
        "PLATFORM_DATABASE_URL": servers.database_url("{service}"),
        "PLATFORM_REDIS_URL": servers.redis_url,
        "PLATFORM_STORAGE_URL": f"file://{files}",
        "PLATFORM_CACHE_DIR": str(cache),
        "PLATFORM_SMTP_HOST": "127.0.0.1",
        "PLATFORM_SMTP_PORT": str(free_port()),
        "PLATFORM_CATCHER_URL": f"{here}/dev/messages",
        "PLATFORM_DEMO": "1",
        "PYTHONUNBUFFERED": "1",
    }


def demo_storage(var: Path) -> Path:
    """Where the demo accounts are kept once the demo data is loaded; its presence says that it is."""
    return var / "demo-accounts.txt"
