"""A PostgreSQL with a copy that follows it, on loopback: what a replica is in earnest."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ops.up.ports import free_port
from ops.up.postgres import BINARIES, USER, answers, command, initialise, runner

_PASSWORD = "of-the-pair"
_CARELESS = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=64MB")


@dataclass(frozen=True)
class Pair:
    primary: str
    copy: str
    follower: "subprocess.Popen[bytes]"

    def on_copy(self, statement: str) -> object:
        """One value, asked of the copy."""
        with psycopg.connect(self.copy.replace("+psycopg", "")) as connection:
            row = connection.execute(statement).fetchone()
        return row[0] if row else None


def _serve(stack: ExitStack, data: Path, port: int) -> "subprocess.Popen[bytes]":
    words = [*runner(data).prefix, *command(data, port=port, durable=True), *_CARELESS]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    while not answers(f"postgresql://{USER}:{_PASSWORD}@127.0.0.1:{port}/postgres"):
        assert process.poll() is None, "PostgreSQL does not start"
    return process


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    first, second = free_port(), free_port()
    lead, copy = folder / "lead" / "postgres", folder / "copy" / "postgres"
    for data in (lead, copy):
        data.parent.mkdir(parents=True)
    with ExitStack() as stack:
        initialise(lead, _PASSWORD, durable=False)
        _serve(stack, lead, first)
        whence = f"postgresql://{USER}:{_PASSWORD}@127.0.0.1:{first}/postgres"
        subprocess.run(
            [*runner(lead).prefix, BINARIES / "pg_basebackup", "-d", whence, "-D", copy, "-R", "-c", "fast", "-N"],
            check=True,
            capture_output=True,
        )
        follower = _serve(stack, copy, second)
        url = f"postgresql+psycopg://{USER}:{_PASSWORD}@127.0.0.1:{{}}/postgres"
        yield Pair(url.format(first), url.format(second), follower)
