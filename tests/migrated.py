"""A folder of servers in which every database is migrated, made once and copied for each run: initdb and the migrations take seconds and
give the same each time. It is keyed by a digest of what they are made from, and lies where ``make clean`` finds it.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from ops.up.environment import child_environment
from ops.up.servers import Servers, embedded_servers
from shared.services import Service

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "migrated"
# Migrations read ``shared``; ``ops.up`` makes the cluster and the secrets that its rows may be sealed with.
MADE_FROM = (
    "services/*/migrations/**/*.py",
    "shared/**/*",
    "ops/up/*.py",
    "ops/migrate.py",
    "requirements/*.txt",
    "tests/migrated.py",
)
# What a run takes over; logs, files and Valkey's folder are its own.
TAKEN = ("postgres", "secrets.json")


def lay_out(var: Path, kept: Path = KEPT) -> None:
    """Puts migrated databases and the secrets that belong to them into ``var``, in which no servers have run yet. Runs that begin at once
    wait for the first; an attempt that was interrupted has left nothing that is taken for a finished one."""
    with _alone(kept):
        whole = kept / _digest()
        if not whole.exists():
            for old in kept.glob("*/"):
                shutil.rmtree(old)
            draft = kept / "draft"
            _make(draft)
            draft.rename(whole)
        for name in TAKEN:
            # With the owner: PostgreSQL refuses a folder that is somebody else's.
            subprocess.run(["cp", "-a", str(whole / name), str(var / name)], check=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    made_from = [path for pattern in MADE_FROM for path in sorted(ROOT.glob(pattern))]
    seen = hashlib.sha256()
    for path in made_from:
        if path.is_file() and path.suffix != ".pyc":
            seen.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return seen.hexdigest()[:32]


def _make(draft: Path) -> None:
    with embedded_servers(draft, durable=False) as servers:
        for service in Service:
            servers.create_database(service)
        subprocess.run([sys.executable, "-m", "ops.migrate"], env=child_environment(servers, port=1), check=True)
        for service in Service:
            _copy(servers, service, f"untouched_{service}")
            # The command notes its own keys, under which there is nothing.
            with psycopg.connect(_libpq(servers, f"untouched_{service}")) as connection:
                connection.execute("DELETE FROM known_keys")


def empty_database(servers: Servers, service: Service, name: str) -> None:
    """A database of its own, migrated and empty, in a tenth of a second where migrations take some."""
    _copy(servers, f"untouched_{service}", name)


def _copy(servers: Servers, database: str, name: str) -> None:
    with psycopg.connect(_libpq(servers, "postgres"), autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copied.format(sql.Identifier(name), sql.Identifier(database)))


def _libpq(servers: Servers, database: str) -> str:
    return servers.database_url(database).replace("+psycopg", "", 1)
