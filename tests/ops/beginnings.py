"""A real installation before anybody is in it: databases of auth at the newest schema without demo data, one for each test, and the command
that begins it, run as an operator runs it.
"""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql

from ops.first_account import main
from ops.migrate import migrate
from ops.up.servers import Servers
from services.auth.main import app
from shared.db.session import Database
from shared.identifiers import new_id
from shared.runtime import Runtime
from shared.services import Service
from shared.settings import platform_settings
from tests.services.auth.records import Visitor

WHO = {
    "--organisation": "江苏省疾病预防控制中心",
    "--credit-code": "12320000466008916L",
    "--region": "320000",
    "--person": "陈立新",
    "--phone": "13951803462",
    "--login": "jscdc01",
}
PASSWORD = "Xk#7mQ2vw!"


def flags(**changes: str | None) -> list[str]:
    """Those of ``WHO``, changed; None leaves one out."""
    given = {**WHO, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    return [word for flag, value in given.items() if value is not None for word in (flag, value)]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Installation:
    """``runtime`` is that of an API which works on its database."""

    runtime: Runtime

    async def process(self, *words: str, terminal: int | None = None) -> Said:
        """``python -m ops.first_account <words>``, at a terminal when one is given; what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ops.first_account", *words),
            env=os.environ,
            stdin=asyncio.subprocess.DEVNULL if terminal is None else terminal,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Said(process.returncode or 0, out.decode(), err.decode())

    async def run(self, *words: str, main: Callable[[list[str]], int] = main) -> Said:
        """The same without a process of its own, which takes a second to start; ``main`` may be another command's."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.to_thread(main, list(words))
        return Said(code, out.getvalue(), err.getvalue())

    async def begin(self, **changes: str | None) -> Said:
        """The first account, of ``flags``."""
        return await self.run(*flags(**changes))


@pytest.fixture(scope="session")
def empty(platform: Servers) -> str:
    """The template: migrated, nobody in it, no connection open."""
    platform.create_database("beginning")
    migrate(Service.AUTH, platform.database_url("beginning"))
    return "beginning"


@pytest.fixture
def database_url(platform: Servers, empty: str) -> Iterator[str]:
    name, admin = f"beginning_{new_id().hex[-12:]}", platform.database_url("postgres").replace("+psycopg", "", 1)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(empty))
        )
        yield platform.database_url(name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def installation(
    database_url: str, open_app: Callable[[FastAPI], Awaitable[Runtime]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installation]:
    """The API of auth, and the command, work on the new database for as long as the test lasts."""
    runtime = await open_app(app)
    monkeypatch.setenv("PLATFORM_DATABASE_URL", database_url)
    monkeypatch.setenv("PLATFORM_DEMO", "0")
    platform_settings.cache_clear()
    database = Database(database_url, pool_size=2, checkout_seconds=5, publish=lambda _hints: None)
    app.state.runtime = replace(runtime, database=database)
    try:
        yield Installation(app.state.runtime)
    finally:
        app.state.runtime = runtime
        await database.close()
        monkeypatch.undo()
        platform_settings.cache_clear()


@pytest.fixture
async def person(installation: Installation) -> AsyncIterator[Visitor]:
    """Somebody with a browser."""
    address: Any = (f"10.99.{new_id().int % 250}.{new_id().int % 249 + 1}", 1)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=address)
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36"}
    async with httpx.AsyncClient(transport=transport, base_url="http://platform", headers=agent, timeout=60) as client:
        yield Visitor(client, address[0])
