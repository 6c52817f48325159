"""Eight processes rush for the same seats and are killed one after the other: no seat is lost, none is sold twice, and no place in the
queue sticks (BEY-01, BEY-02, PLAT-11).
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update

from services.training.classes.class_sessions.models import ClassSession
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.tasks import offer_places
from services.training.classes.waiting.workflow import WaitingStatus
from services.training.main import app
from services.training.plans.models import Plan
from shared.clock import now_utc
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.faults.seat_players import CODES, Part, play
from tests.length import at_length
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule
from tests.services.training.classes.waiting.truths import AFTER_A_SWEEP, TRUTHS, broken
from tests.services.training.records import add_plan, today

OpenApp = Callable[[FastAPI], Awaitable[Runtime]]
PLAYERS, PEOPLE, STEPS_BETWEEN = 8, 4, 6
KILLS = at_length(5, 32)
# Only for the case that nothing goes on at all; a quiet machine needs some fifteen.
SECONDS = 240.0
# Each of these must have succeeded for the rest to mean anything.
WORKED = {"choose", "queue", "accept", "sweep", "return"}
# Children of a server that has imported everything already: a replacement plays within a second.
SPAWN = get_context("forkserver")


class Players:
    """The processes that play now, and what all of them said."""

    def __init__(self, parts: list[Part]) -> None:
        SPAWN.set_forkserver_preload([play.__module__])
        self.random = random.Random()
        self.said: Counter[tuple[str, int]] = Counter()
        self._running: dict[Connection, tuple[Part, Any]] = {}
        for part in parts:
            self._start(part)

    def _start(self, part: Part) -> None:
        part = replace(part, seed=self.random.getrandbits(32))
        ours, theirs = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(target=play, args=(part, theirs), daemon=True)
        process.start()
        theirs.close()
        self._running[ours] = (part, process)

    def worked(self) -> set[str]:
        return {what for what, status in self.said if status < 300}

    def listen(self, until: float) -> Connection:
        """Waits for the next words; whose they were."""
        ready = wait(list(self._running), timeout=max(0.0, until - time.monotonic()))
        assert ready, f"nobody plays any more: {self.said}"
        heard = self.random.choice(ready)
        assert isinstance(heard, Connection)
        try:
            self.said[heard.recv()] += 1
        except EOFError:
            raise AssertionError(f"a player ended by itself: {self._running[heard][1].exitcode}") from None
        return heard

    def kill(self, which: Connection) -> None:
        """In the middle of whatever it does next, and another one takes its part."""
        part, process = self._running.pop(which)
        time.sleep(self.random.random() * 0.04)  # how far it comes, not how long anything takes
        process.kill()
        process.join()
        which.close()
        self._start(part)

    def stop(self) -> None:
        for connection, (_, process) in self._running.items():
            process.kill()
            process.join()
            connection.close()


async def build(runtime: Runtime, units: list[Actor], office: Actor) -> tuple[Plan, list[Part]]:
    """Three small sessions, two of them on the same days; thirty-two people for twelve seats."""
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, *CODES)
        schedule = await add_schedule(session, plan)
        bounds: list[tuple[int, dict[str, int | None], int]] = [
            (5, {"skin": None, "eye": 3}, 20),
            (3, {"skin": 2, "eye": None}, 21),
            (4, {"skin": None, "eye": None}, 40),
        ]
        sessions = tuple(
            [
                (await add_class(session, schedule, codes, capacity=seats, start_in=start, session_no=at)).id
                for at, (seats, codes, start) in enumerate(bounds, 1)
            ]
        )
        people: list[tuple[UUID, ...]] = [
            tuple(each.id for each in await add_people(session, unit, plan, PEOPLE, *CODES)) for unit in units
        ]
    environment = {name: value for name, value in os.environ.items() if name.startswith("PLATFORM_")}
    return plan, [
        Part(unit, office, plan.id, sessions, who, 0, environment) for unit, who in zip(units, people, strict=True)
    ]


async def check(runtime: Runtime, plan: Plan, truths: dict[str, str]) -> None:
    async with runtime.database.unit_of_work() as session:
        assert await broken(session, plan.id, truths) == {}


async def let_time_pass(runtime: Runtime, plan: Plan) -> None:
    """Every offer runs out and every deadline is over."""
    async with runtime.database.unit_of_work() as session:
        own = update(WaitingEntry).where(
            WaitingEntry.plan_id == plan.id, WaitingEntry.status.in_(WaitingStatus.is_open)
        )
        await session.execute(own.values(offered_until=now_utc() - timedelta(seconds=1)))
        over = update(ClassSession).where(ClassSession.plan_id == plan.id)
        await session.execute(over.values(selection_deadline=today() - timedelta(days=1)))


@pytest.mark.req("BEY-01", "BEY-02", "PLAT-11", "TRN-72")
async def test_nothing_is_lost_or_doubled_when_processes_die_in_the_rush(
    open_app: OpenApp, make_actor: Callable[..., Actor]
) -> None:
    runtime = await open_app(app)
    units = [make_actor(Permission.GROUP_REGISTRATION) for _ in range(PLAYERS)]
    plan, parts = await build(runtime, units, make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE))
    players, kills = await asyncio.to_thread(Players, parts), 0
    try:
        until = time.monotonic() + SECONDS
        while kills < KILLS or not players.worked() >= WORKED:
            heard = await asyncio.to_thread(players.listen, until)
            if kills < KILLS and players.said.total() > STEPS_BETWEEN * (kills + 1):
                await asyncio.to_thread(players.kill, heard)
                kills += 1
                await check(runtime, plan, TRUTHS)
    finally:
        await asyncio.to_thread(players.stop)
    assert {status for _, status in players.said} <= {200, 201, 409, 503}, players.said

    await offer_places(runtime)
    await check(runtime, plan, TRUTHS | AFTER_A_SWEEP)
    await let_time_pass(runtime, plan)
    await offer_places(runtime)
    await check(runtime, plan, TRUTHS | AFTER_A_SWEEP)
    async with runtime.database.unit_of_work() as session:
        still_open = select(func.count()).where(
            WaitingEntry.plan_id == plan.id, WaitingEntry.status.in_(WaitingStatus.is_open)
        )
        assert await session.scalar(still_open) == 0
        held = Placement.waiting_entry_id.in_(select(WaitingEntry.id).where(WaitingEntry.plan_id == plan.id))
        assert await session.scalar(select(func.count()).select_from(Placement).where(held)) == 0
