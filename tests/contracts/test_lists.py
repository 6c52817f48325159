"""What a list asks of the database does not grow with its rows: as many statements for one as for twenty (PLAT-08)."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from ops.catalogue import APPS
from shared.runtime import Runtime
from shared.services import Service
from tests.conftest import ClientFor
from tests.contracts.list_makers import MAKERS
from tests.contracts.list_worlds import MANY, World

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]


def lists() -> Iterator[tuple[Service, str]]:
    """The address of every route that answers with a page of rows."""
    for service, app in APPS.items():
        for path, operations in app.openapi()["paths"].items():
            answers = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            schema = answers.get("application/json", {}).get("schema", {})
            if schema.get("$ref", "").startswith("#/components/schemas/Page_"):
                yield service, path


LISTS = list(lists())


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[str]]:
    """The statements that this service sends in the block."""
    sent: list[str] = []
    engine = runtime.database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_each_list_has_a_maker() -> None:
    assert {path for _, path in LISTS} == set(MAKERS)


@pytest.mark.req("PLAT-08")
@pytest.mark.parametrize(("service", "path"), LISTS, ids=[path for _, path in LISTS])
async def test_twenty_rows_cost_no_more_statements_than_one(
    open_app: OpenApp, client_for: ClientFor, service: Service, path: str
) -> None:
    world = World(open_app, client_for)
    actor, names = await MAKERS[path](world)
    client = await world.client(service, actor)
    runtime = await world.runtime(service)
    found: dict[int, list[str]] = {}
    for limit in (1, 1, MANY):  # at first what a process keeps is read: tables of regions, words of dictionaries
        with counted(runtime) as sent:
            answer = await client.get(path.format(**names), params={**names, "limit": limit})
        assert (answer.status_code, len(answer.json()["items"])) == (200, limit), answer.text[:800]
        found[limit] = sent
    assert len(found[MANY]) == len(found[1]), "\n\n".join(found[MANY])
