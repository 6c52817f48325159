"""Routes between services, which the gateway does not let through: the event log, pulled by each subscriber at its own pace, and how far
each has come, which the producer asks before it lets go of what all have read.
"""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from httpx import HTTPError
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now_utc
from shared.errors import Unavailable
from shared.events.base import Batch, Place
from shared.events.bookmarks import Fetch, Handlers, place_of, places_of, pull
from shared.events.log import BATCH_SIZE, forget_read, read_after
from shared.events.subscriptions import producers_for, readers_of
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.retention import BATCH, Rule, take_away
from shared.web.callers import internal_headers, internal_only
from shared.web.route import Session, UnitOfWorkRoute

LAG = Gauge(
    "event_lag_seconds",
    "Age of the oldest event that the service had not read when it last asked the producer",
    ["service", "producer"],
)
log = get_logger(__name__)


def internal_routes(service: Service) -> APIRouter:
    """``GET /internal/<service>/events?transaction=&sequence=``: the next events after a place; ``…/bookmarks/<producer>``: how far the
    service has read that log."""
    router = APIRouter(
        prefix=f"/internal/{service}",
        include_in_schema=False,
        route_class=UnitOfWorkRoute,
        dependencies=[Depends(internal_only)],
    )

    @router.get("/events")
    async def events(
        session: Session,
        transaction: Annotated[int, Query(ge=0)] = 0,
        sequence: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = BATCH_SIZE,
    ) -> Batch:
        return await read_after(session, Place(transaction=transaction, sequence=sequence), limit)

    @router.get("/bookmarks/{producer}")
    async def bookmark(session: Session, producer: Service) -> Place:
        return await place_of(session, producer)

    return router


def fetcher(runtime: Runtime) -> Fetch:
    """Pulls over HTTP with the internal credential. Raises ``Unavailable`` when the producer does not answer."""

    async def fetch(producer: Service, place: Place) -> Batch:
        url = f"{runtime.settings.internal_of(producer)}/internal/{producer}/events"
        try:
            answer = await runtime.http.get(url, params=place.model_dump(), headers=internal_headers(runtime))
            answer.raise_for_status()
        except HTTPError as error:
            raise Unavailable from error
        batch = Batch.model_validate_json(answer.content)
        age = (now_utc() - batch.events[0].occurred_at).total_seconds() if batch.events else 0.0
        LAG.labels(runtime.service, producer).set(max(age, 0.0))
        return batch

    return fetch


async def pull_all(runtime: Runtime, handlers: Handlers) -> None:
    """Reads every log that this service follows to its end, side by side. A producer that is away is left for the next time."""
    # It is asked every two seconds, and mostly for nothing: one look finds where all of them stand.
    async with runtime.database.unit_of_work() as session:
        places = await places_of(session)

    async def pull_one(producer: Service) -> None:
        try:
            await pull(runtime.database, producer, handlers, fetcher(runtime), places.get(producer, Place()))
        except Unavailable as error:
            log.info("producer_away", producer=producer, error=repr(error.__cause__))

    await asyncio.gather(*(pull_one(producer) for producer in producers_for(runtime.service)))


async def read_by_all(runtime: Runtime) -> Place:
    """The place in this service's log that every reader has passed. Raises ``Unavailable`` when one of them does not answer."""

    async def ask(reader: Service) -> Place:
        url = f"{runtime.settings.internal_of(reader)}/internal/{reader}/bookmarks/{runtime.service}"
        try:
            answer = await runtime.http.get(url, headers=internal_headers(runtime))
            answer.raise_for_status()
        except HTTPError as error:
            raise Unavailable from error
        return Place.model_validate_json(answer.content)

    places = [await ask(reader) for reader in readers_of(runtime.service)]
    return min(places, key=lambda each: (each.transaction, each.sequence), default=Place())


def event_rule(days: int, read: Place) -> Rule:
    """The rule of the service's own log."""

    async def batch(session: AsyncSession, age: timedelta) -> int:
        return await forget_read(session, read, age, limit=BATCH)

    return Rule("events", "已读完的消息", "PLATFORM_EVENTS_KEPT_DAYS", lambda: days, "各服务都已办理", batch)


async def forget_events(runtime: Runtime) -> int:
    """Lets go of the events that every reader has passed, when they are old enough; none while a reader does not answer. How many."""
    if not runtime.settings.events_kept_days:
        return 0
    try:
        read = await read_by_all(runtime)
    except Unavailable as error:
        log.info("reader_away", error=repr(error.__cause__))
        return 0
    return await take_away(runtime.database, runtime.service, event_rule(runtime.settings.events_kept_days, read))
