"""PostgreSQL and Valkey as children of this process: started on free ports, asked until they answer, stopped in order.
The supervisor and the tests use the same ones; who restarts them after a crash is not decided here.
"""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from ops.roles import give_rights, make_role
from ops.up import postgres, valkey
from ops.up.ports import free_port, is_free
from ops.up.processes import CannotStart, Process, rotate, stop_together, tail
from ops.up.secrets import load_secrets

# After a crash PostgreSQL goes through what it has not yet stored, and a slow disk may take minutes for it.
START_SECONDS = 900.0


class Servers:
    """The two servers of one ``var`` folder. With ``durable=False`` they forget on a crash and are faster (tests)."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.var = var.resolve()
        self.durable = durable
        self.var.mkdir(parents=True, exist_ok=True)
        self._secrets = load_secrets(self.var)
        self.postgres_port = 0
        self.redis_port = 0
        self._data = self.var / "postgres"
        self.postgres = Process(
            "postgres",
            (),
            self.var / "logs" / "postgres.log",
            # The immediate shutdown: the postmaster then ends its backends, which a killed one cannot.
            death_signal=signal.SIGQUIT,
            stop_signal=signal.SIGINT,
            patience=20.0,
            before_start=self._clear_leftovers,
        )
        self.valkey = Process("valkey", (), self.var / "logs" / "valkey.log", patience=5.0)

    @property
    def processes(self) -> tuple[Process, ...]:
        """Both, in the order in which they are stopped."""
        return (self.valkey, self.postgres)

    @property
    def redis_url(self) -> str:
        return f"redis://:{self._secrets['redis_password']}@127.0.0.1:{self.redis_port}/0"

    def database_url(self, name: str) -> str:
        """SQLAlchemy's URL of a database; ``name`` may be the literal ``{service}``."""
        return self._url(name).replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def services_url(self) -> str:
        """As ``database_url("{service}")``, but for the role of each service, which owns nothing there."""
        word = self._secrets["database_password"]
        return f"postgresql+psycopg://{{service}}:{word}@127.0.0.1:{self.postgres_port}/{{service}}"

    def give_roles(self, names: Iterable[str]) -> None:
        """A role for each of these services, which may use what has been migrated in its database, and enters no other."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            for name in names:
                make_role(connection, make_url(self.services_url.replace("{service}", name)))
                give_rights(self._url(name), name)

    def ask_redis(self, command: str) -> str:
        """One inline command, the first line of its answer; raises OSError when Valkey is out of reach."""
        return valkey.ask(self.redis_port, self._secrets["redis_password"], command)

    def create_database(self, name: str) -> None:
        """Create a database unless it is there."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def start(self) -> None:
        """Start both and return when both answer. Raises CannotStart, with the end of the log, when one does not."""
        # Before anything of a live stack in the same folder is touched.
        self._clear_leftovers()
        for process in self.processes:
            rotate(process.log)
        self._start_valkey()
        try:
            postgres.initialise(self._data, self._secrets["postgres_password"], durable=self.durable)
            self._start_postgres()
            _await(self.valkey, self._valkey_answers, lambda: self.redis_port, self._start_valkey)
            _await(
                self.postgres,
                lambda: postgres.answers(self._url("postgres")),
                lambda: self.postgres_port,
                self._start_postgres,
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Valkey first, then PostgreSQL, each in good order."""
        for process in self.processes:
            stop_together([process])
        if self.postgres.popen:
            postgres.clear_leftovers(self._data)

    def _start_postgres(self) -> None:
        self.postgres_port = free_port()
        self.postgres.argv = postgres.command(self._data, port=self.postgres_port, durable=self.durable)
        self.postgres.as_user = postgres.runner(self._data).prefix
        self.postgres.start()

    def _start_valkey(self) -> None:
        self.redis_port = free_port()
        self.valkey.argv = valkey.configure(
            self.var / "valkey",
            port=self.redis_port,
            password=self._secrets["redis_password"],
            durable=self.durable,
        )
        self.valkey.start()

    def _clear_leftovers(self) -> None:
        postgres.clear_leftovers(self._data)

    def _valkey_answers(self) -> bool:
        return valkey.answers(self.redis_port, self._secrets["redis_password"])

    def _url(self, name: str) -> str:
        word = self._secrets["postgres_password"]
        return f"postgresql://{postgres.USER}:{word}@127.0.0.1:{self.postgres_port}/{name}"


def _await(process: Process, answers: Callable[[], bool], port: Callable[[], int], again: Callable[[], None]) -> None:
    """Wait until a server answers; start it once more on another port when someone was faster to take its port."""
    deadline = time.monotonic() + START_SECONDS
    second_try = False
    while not answers():
        if not process.alive() and not is_free(port()) and not second_try:
            second_try = True
            again()
        elif not process.alive() or time.monotonic() > deadline:
            raise CannotStart(f"{process.name} did not start. The end of {process.log}:\n{tail(process.log)}")
        time.sleep(0.05)


@contextmanager
def embedded_servers(var: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Both servers for as long as the block runs; the data stays in ``var``."""
    servers = Servers(var, durable=durable)
    servers.start()
    try:
        yield servers
    finally:
        servers.stop()
