"""A process that plays one unit in the rush for seats until it is killed: it holds training's API itself, so that killing it ends whatever
transaction it is in the middle of.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from uuid import UUID

import httpx

from services.training.classes.waiting.tasks import offer_places
from services.training.main import app
from shared.errors import Unavailable
from shared.identity import Actor
from shared.runtime import Runtime
from shared.web.callers import SessionState, cache_key, token_hash

API = "/api/training"
CODES = ("skin", "eye")


@dataclass(frozen=True)
class Part:
    """Who plays where: a unit with its people, the office that may send them back, and the plan's sessions."""

    actor: Actor
    office: Actor
    plan_id: UUID
    sessions: tuple[UUID, ...]
    people: tuple[UUID, ...]
    seed: int
    environment: dict[str, str]


def play(part: Part, told: Connection) -> None:
    """Plays for ever; what was done, and with which status, goes through ``told``."""
    os.environ.update({**part.environment, "PLATFORM_LOG_LEVEL": "CRITICAL"})
    try:
        asyncio.run(_play(part, told))
    except BrokenPipeError:
        pass  # nobody listens any more


async def _play(part: Part, told: Connection) -> None:
    async with app.router.lifespan_context(app):
        runtime: Runtime = app.state.runtime
        async with await _signed_in(runtime, part.actor) as client, await _signed_in(runtime, part.office) as office:
            player = _Player(part, runtime, client, office)
            while True:
                told.send(await player.step())


async def _signed_in(runtime: Runtime, actor: Actor) -> httpx.AsyncClient:
    token = actor.account_id.hex
    await runtime.redis.set(cache_key(token_hash(token)), SessionState(actor=actor).model_dump_json(), ex=600)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://platform", headers=headers)


class _Player:
    def __init__(self, part: Part, runtime: Runtime, client: httpx.AsyncClient, office: httpx.AsyncClient) -> None:
        self._part, self._runtime, self._client, self._office = part, runtime, client, office
        self._random = random.Random(part.seed)
        self._steps: tuple[Callable[[], Awaitable[tuple[str, int]]], ...] = (
            *(self.choose, self.queue, self.queue, self.answer, self.answer, self.send_back),
        )

    async def step(self) -> tuple[str, int]:
        """One thing at random; what it was, and its status."""
        step = self.sweep if self._random.random() < 0.15 else self._random.choice(self._steps)
        return await step()

    async def sweep(self) -> tuple[str, int]:
        """What a worker does; where the database has no room for it just now, it does it the next time."""
        try:
            await offer_places(self._runtime)
        except Unavailable as busy:
            return "sweep", busy.status
        return "sweep", 200

    def _some(self) -> list[str]:
        count = self._random.randint(0, len(self._part.people))
        return [str(each) for each in self._random.sample(self._part.people, count)]

    def _row(self) -> dict[str, str]:
        at, code = self._random.choice(self._part.sessions), self._random.choice(CODES)
        return {"class_session_id": str(at), "specialty_code": code}

    async def choose(self) -> tuple[str, int]:
        """Also the way in which places are given up."""
        body = {**self._row(), "registration_ids": self._some()}
        address = f"{API}/selections/{self._part.plan_id}/placements"
        return "choose", (await self._client.put(address, json=body)).status_code

    async def queue(self) -> tuple[str, int]:
        people = self._some() or [str(self._part.people[0])]
        body = {**self._row(), "registration_ids": people, "together": self._random.random() < 0.5}
        return "queue", (await self._client.post(f"{API}/waiting-entries", json=body)).status_code

    async def answer(self) -> tuple[str, int]:
        """Accepts or declines an offer, leaves the queue when there is none."""
        wanted = {"plan_id": str(self._part.plan_id), "status": ["offered", "waiting"]}
        found = await self._client.get(f"{API}/waiting-entries", params=wanted)
        items = found.json()["items"] if found.status_code == 200 else []
        if not items:
            return "look", found.status_code
        chosen = self._random.choice(items)
        action = self._random.choice(["accept", "decline"]) if chosen["status"] == "offered" else "leave"
        return action, (await self._client.post(f"{API}/waiting-entries/{chosen['id']}/{action}")).status_code

    async def send_back(self) -> tuple[str, int]:
        """Somebody loses every place and comes again; one whom a killed player left returned begins with coming again."""
        address = f"{API}/registrations/{self._random.choice(self._part.people)}"
        answer = await self._office.post(f"{address}/return", json={"reason": "材料不全"})
        await self._client.post(f"{address}/submit")
        await self._office.post(f"{address}/approve")
        return "return", answer.status_code
