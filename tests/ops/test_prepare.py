"""The one-off before the services: waits for the server as long as it takes, begins again after a break, and says what waiting does not
mend."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from ops.prepare import prepare_databases, server_missing, try_until_done
from ops.up.servers import Servers
from ops.waiting import wait_for


class Waited(list[float]):
    """Stands in for sleeping."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def never(_seconds: float) -> None:
    """Stands in for sleeping where nothing is worth waiting for."""
    raise AssertionError("it waits")


def one_after_another(*turns: Any) -> Callable[[], Any]:
    """A function that gives or raises the next of ``turns`` each time."""
    left = iter(turns)

    def turn() -> Any:
        given = next(left)
        if isinstance(given, Exception):
            raise given
        return given

    return turn


def admin_url(servers: Servers) -> str:
    return servers.database_url("postgres").replace("+psycopg", "", 1)


class TestWaiting:
    def test_it_goes_on_as_long_as_something_is_missing(self, capsys: pytest.CaptureFixture[str]) -> None:
        waited, missing = Waited(), ["the server starts up"] * 1000
        wait_for("PostgreSQL", lambda: missing.pop() if missing else "", waited)
        assert (waited[0], waited[-1]) == (2.0, 5.0)
        lines = capsys.readouterr().err.splitlines()
        assert "PostgreSQL: the server starts up" in lines[0]
        # Every minute a word is enough.
        assert sum(waited) / 65 <= len(lines) <= sum(waited) / 60 + 10

    def test_what_is_there_needs_no_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        waited = Waited()
        wait_for("PostgreSQL", lambda: "", waited)
        assert (waited, capsys.readouterr().err) == ([], "")


@pytest.mark.req("PLAT-10")
class TestServer:
    def test_one_that_is_there_is_not_missing(self, servers: Servers) -> None:
        assert server_missing(admin_url(servers)) == ""

    @pytest.mark.parametrize("address", ["127.0.0.1:1", "postgres.invalid:5432"])
    def test_one_that_is_not_there_yet_is_missing(self, address: str) -> None:
        assert server_missing(f"postgresql://postgres:x@{address}/postgres")

    def test_a_password_that_it_does_not_know_is_told_at_once(self, servers: Servers) -> None:
        url = make_url(admin_url(servers)).set(password="another").render_as_string(hide_password=False)
        with pytest.raises(SystemExit, match=r"数据卷是用另一个密码建立的[^$]*made with another one"):
            server_missing(url)


@pytest.mark.req("PLAT-10")
class TestPreparing:
    @pytest.mark.parametrize(
        "broken_off",
        [
            psycopg.OperationalError("server closed the connection unexpectedly"),
            errors.AdminShutdown("terminating connection due to administrator command"),
            OperationalError("SELECT 1", {}, errors.CannotConnectNow("the database system is shutting down")),
        ],
    )
    def test_a_server_that_goes_away_is_waited_for_again(self, broken_off: Exception) -> None:
        waited = Waited()
        missing = one_after_another("", "starting up", "starting up", "")
        try_until_done(one_after_another(broken_off, None), missing, waited)
        assert waited == [2.0, 2.0, 2.0]

    @pytest.mark.parametrize(
        "wrong",
        [
            errors.DiskFull("could not extend file: No space left on device"),
            ProgrammingError("ALTER TABLE", {}, errors.UndefinedTable('relation "people" does not exist')),
        ],
    )
    def test_what_waiting_does_not_mend_ends_it_with_the_reason(self, wrong: Exception) -> None:
        reason = str(getattr(wrong, "orig", wrong))
        with pytest.raises(SystemExit, match=f"数据库准备失败：{reason}") as ended:
            try_until_done(one_after_another(wrong), lambda: "", never)
        assert f"could not be prepared: {reason}" in str(ended.value)

    def test_a_service_whose_password_is_refused_is_told(self, servers: Servers) -> None:
        """The server lets the owner in and not the service: no waiting helps."""

        def enter() -> None:
            psycopg.connect(make_url(admin_url(servers)).set(password="x").render_as_string(hide_password=False))

        with pytest.raises(SystemExit, match="password authentication failed"):
            try_until_done(enter, lambda: "", never)

    def test_databases_are_made_once_and_for_one_role_each(self, servers: Servers) -> None:
        name = f"prepared_{uuid4().hex[:8]}"
        url = make_url(admin_url(servers)).set(username=name, password="first", database=name)
        for password in ("first", "second"):
            url = url.set(password=password)
            prepare_databases(admin_url(servers), [url])
            with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
                assert connection.execute("SELECT current_user::text").fetchone() == (name,)
        with psycopg.connect(admin_url(servers), autocommit=True) as connection:
            for kind in ("DATABASE", "ROLE"):
                connection.execute(sql.SQL("DROP {} {}").format(sql.SQL(kind), sql.Identifier(name)))
