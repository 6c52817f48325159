"""What only somebody inside a running stack can see and do: its databases, its Redis, its processes. Tests of faults break it by this and
look at what is left; nothing of it is a way into the platform.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from shared.services import Service
from tests.stack import Place

SLOW = r"ops\.up\.slow"
FAST = r"ops\.up\.fast"
WORKERS = r"ops\.up\.(slow|fast)"
API = r"uvicorn ops\.up"
POSTMASTER = r"pginstall/bin/postgres "
POSTGRES = r"pginstall/bin/postgres |^postgres: "
VALKEY = r"valkey-server"


class Inside:
    """One stack from within."""

    def __init__(self, stack: Place) -> None:
        self.stack = stack
        pairs = Path(f"/proc/{stack.pids(API)[0]}/environ").read_text().split("\0")
        self.environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def redis(self) -> Redis:
        return Redis.from_url(self.environment["PLATFORM_REDIS_URL"], socket_timeout=1)

    def connect(self, service: Service, *, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
        url = self.environment["PLATFORM_DATABASE_URL"].replace("{service}", service)
        return psycopg.connect(url.replace("+psycopg", ""), autocommit=autocommit)

    def rows(self, service: Service, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect(service) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def signal(self, pattern: str, number: signal.Signals) -> list[int]:
        """Sends it to every process of that kind, parents and children alike; which were there."""
        pids = self.stack.pids(pattern)
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass  # a child that ended with its parent
        return pids

    @contextmanager
    def frozen(self, pattern: str) -> Iterator[None]:
        """Those processes stand still in the block."""
        self.signal(pattern, signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(pattern, signal.SIGCONT)

    @contextmanager
    def held(self, service: Service, table: str, verb: str) -> Iterator[Callable[[], bool]]:
        """Nobody can write to ``table`` in the block. Gives the question whether somebody is in the middle of a transaction and
        waits with such a statement: the moment at which to kill it."""
        waiting = (
            "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND relation = %s::regclass AND query LIKE %s"
        )
        with self.connect(service, autocommit=False) as mine:
            mine.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE".encode())
            yield lambda: bool(self.rows(service, waiting, table, f"%{verb} {table}%"))
            mine.rollback()
