"""What the tests of figures have in common: counties of their own, asking, folding, and the comparison with a recount."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx

from services.declaration.figures import repository
from shared.clock import beijing_today, now_utc
from shared.db.session import Database

FIGURES = "/api/declaration/figures"
TODAY = beijing_today(now_utc())
# Counties, each in a city of its own, of which no other test makes rows: codes that no province has.
COUNTIES: Iterator[str] = (f"{a}{b:02}{c:02}" for a, b, c in product(range(91, 99), range(1, 90), (1,)))


async def fold(database: Database) -> None:
    async with database.unit_of_work() as session:
        while await repository.fold(session):
            pass


async def ask(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get(FIGURES, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def counts(row: dict[str, Any]) -> dict[str, Any]:
    return {each["key"]: each["count"] for each in row["figures"]}


async def total(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    return counts((await ask(client, **query))["total"])


async def by(client: httpx.AsyncClient, dimension: str, **query: Any) -> dict[str, dict[str, Any]]:
    found = await ask(client, dimension=dimension, **query)
    return {row["key"]: counts(row) for row in found["rows"]}


async def drifted(database: Database, region: str) -> list[Any]:
    async with database.unit_of_work() as session:
        return list(await repository.drift(session, region))
