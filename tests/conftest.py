"""Fixtures of every test: one PostgreSQL and one Valkey for the whole run, every database migrated once. What a test stores there is its
own: it makes its own units, plans and people, and never counts on an empty table. A worker that a test runs finds only that test's work.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from ops.up.environment import child_environment
from ops.up.servers import Servers, embedded_servers
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import Level, Permission, Portal
from shared.runtime import Runtime
from shared.settings import platform_settings
from shared.web.callers import SessionState, cache_key, token_hash
from tests.leftovers import Leftovers
from tests.migrated import lay_out
from tests.services.certificates.pages import CACHE
from tests.stack import Stack, running_stack
from tests.together import Together, check_places

ClientFor = Callable[[FastAPI, Actor | None], Awaitable[httpx.AsyncClient]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--by-folder", action="store_true", help="tell the seconds of each folder of tests at the end")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table that docs/figures.md keeps."""
    if not config.getoption("by_folder"):
        return
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in (each for kind in terminalreporter.stats.values() for each in kind):
        if isinstance(report, pytest.TestReport):
            seconds["/".join(Path(report.nodeid.partition("::")[0]).parts[:-1][:3])] += report.duration
    for folder, spent in sorted(seconds.items(), key=lambda each: -each[1]):
        terminalreporter.write_line(f"| `{folder}` | {spent:.0f} s |")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    check_places(items)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The embedded servers, fast and forgetful, in a folder of their own; every service's database is at its newest schema."""
    folder = tmp_path_factory.mktemp("servers")
    lay_out(folder)
    with embedded_servers(folder, durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole platform with its demo data, for journeys, faults and the browser. Somebody who needs several codes in one test does not
    wait a minute for each of them; that minute has tests of its own."""
    with running_stack(
        tmp_path_factory.mktemp("stack") / "var",
        AUTH_CODE_GAP_SECONDS="15",
        AUTH_PROOF_COUNTER="10",
        PLATFORM_CACHE_DIR=str(CACHE),
    ) as running:
        yield running


@pytest.fixture(scope="session")
def redis_url(servers: Servers) -> str:
    return servers.redis_url


@pytest.fixture(scope="session")
def platform(servers: Servers) -> Servers:
    """The environment of the platform's processes; the fonts that they cut are kept between runs."""
    os.environ.update(child_environment(servers, port=1) | {"PLATFORM_CACHE_DIR": str(CACHE)})
    platform_settings.cache_clear()
    return servers


@pytest.fixture(scope="session")
def leftovers(platform: Servers) -> Iterator[Leftovers]:
    with ExitStack() as stack:
        yield Leftovers(platform, stack)


@pytest.fixture(autouse=True)
def _only_own_work(request: pytest.FixtureRequest) -> None:
    """Before a test that may run a worker: what is still to be done is nobody's business but that of the test that left it."""
    if "platform" in request.fixturenames:
        request.getfixturevalue("leftovers").set_aside()


@pytest.fixture(scope="session")
async def open_app(platform: Servers) -> AsyncIterator[Callable[[FastAPI], Awaitable[Runtime]]]:
    """Starts an app's lifespan once and gives its runtime."""
    async with AsyncExitStack() as stack:
        opened: dict[int, Runtime] = {}

        async def start(app: FastAPI) -> Runtime:
            if id(app) not in opened:
                await stack.enter_async_context(app.router.lifespan_context(app))
                opened[id(app)] = app.state.runtime
            return opened[id(app)]

        yield start


@pytest.fixture
async def client_for(open_app: Callable[[FastAPI], Awaitable[Runtime]]) -> AsyncIterator[ClientFor]:
    """``await client_for(app, actor)``: an HTTP client signed in as ``actor`` (None: nobody), as the gateway would call the app."""
    async with AsyncExitStack() as stack:

        async def make(app: FastAPI, actor: Actor | None) -> httpx.AsyncClient:
            runtime = await open_app(app)
            headers = {}
            if actor is not None:
                token = new_id().hex
                state = SessionState(actor=actor).model_dump_json()
                await runtime.redis.set(cache_key(token_hash(token)), state, ex=600)
                headers["Authorization"] = f"Bearer {token}"
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers, timeout=30)
            return await stack.enter_async_context(client)

        yield make


def make_actor(*permissions: Permission, level: Level = Level.UNIT, region: str = "320102", **changes: Any) -> Actor:
    """Somebody signed in; a new organisation each time unless ``organisation_id`` is given."""
    prefix = {Level.PROVINCE: region[:2], Level.CITY: region[:4]}.get(level, region)
    organisation_id: UUID = changes.pop("organisation_id", None) or new_id()
    values: dict[str, Any] = {
        "account_id": new_id(),
        "account_name": "tester",
        "person_name": "测试员",
        "organisation_id": organisation_id,
        "organisation_name": f"测试单位{organisation_id.hex[-6:]}",
        "level": level,
        "portal": Portal.TRAINING if level is Level.UNIT else Portal.OFFICIALS,
        "region_code": region,
        "region_prefix": prefix,
        "permissions": frozenset(permissions),
        "session_id": new_id(),
    }
    return Actor(**{**values, **changes})


@pytest.fixture(name="make_actor", scope="session")
def _make_actor() -> Callable[..., Actor]:
    return make_actor
