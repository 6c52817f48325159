"""What a play of the main job carries from step to step, and how a step says that something is wrong."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from ops.client import Json
from ops.journey.people import Person

# Background work is a matter of seconds, but a machine that is busy elsewhere may take minutes; the first start sets it to longer still.
WAIT_SECONDS = float(os.environ.get("JOURNEY_WAIT_SECONDS", "300"))


class WrongStep(AssertionError):
    """The platform answered otherwise than the main job asks."""


@dataclass
class Play:
    """``unit`` and ``province`` are signed-in clients, ``public`` is nobody. ``facts`` is what earlier steps learned."""

    public: httpx.AsyncClient
    unit: httpx.AsyncClient
    province: httpx.AsyncClient
    people: list[Person]
    facts: dict[str, Json] = field(default_factory=dict)


def expect(condition: object, what: str, seen: object = "") -> None:
    """Raises ``WrongStep`` with what was expected and what was seen."""
    if not condition:
        raise WrongStep(f"expected: {what}" + (f"\n     seen: {seen}" if seen != "" else ""))


def body_of(answer: httpx.Response, status: int = 200) -> Json:
    """The JSON of an answer that must have this status."""
    expect(
        answer.status_code == status, f"{answer.request.method} {answer.request.url.path} → {status}", _shown(answer)
    )
    return answer.json() if answer.content else None


def refusal_of(answer: httpx.Response, status: int, code: str) -> dict[str, Json]:
    """The problem of a refusal that must have this status and code, and say why in Chinese."""
    expect(answer.status_code == status, f"{answer.request.url.path} is refused with {status}", _shown(answer))
    problem: dict[str, Json] = answer.json()
    expect(problem["code"] == code, f"refused as {code}", problem)
    expect(any("一" <= char <= "鿿" for char in problem["detail"]), "a reason in Chinese", problem)
    return problem


async def until(ask: Callable[[], Awaitable[Json]], what: str) -> Json:
    """Asks again until the answer is something; background work is quick, but it is not at once."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if found := await ask():
            return found
        await asyncio.sleep(0.2)
    raise WrongStep(f"expected within {WAIT_SECONDS:.0f} s: {what}")


async def all_items(client: httpx.AsyncClient, path: str, **query: Json) -> list[Json]:
    """Every row of a list, page by page."""
    items: list[Json] = []
    cursor = None
    while True:
        page = body_of(await client.get(path, params={**query, "limit": 200, **({"cursor": cursor} if cursor else {})}))
        items += page["items"]
        if not (cursor := page["next_cursor"]):
            return items


def _shown(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text[:800]}"
