"""Routes between services, which the gateway does not let through: the event log, pulled by each subscriber at its own pace."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from httpx import HTTPError

from shared.errors import Unavailable
from shared.events.base import Batch, Place
from shared.events.bookmarks import Fetch, Handlers, pull
from shared.events.log import BATCH_SIZE, read_after
from shared.events.subscriptions import producers_for
from shared.logging import get_logger
from shared.runtime import Runtime
from shared.services import Service
from shared.web.callers import internal_headers, internal_only
from shared.web.route import Session, UnitOfWorkRoute

log = get_logger(__name__)


def internal_routes(service: Service) -> APIRouter:
    """``GET /internal/<service>/events?transaction=&sequence=``: the next events after a place."""
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
        return Batch.model_validate_json(answer.content)

    return fetch


async def pull_all(runtime: Runtime, handlers: Handlers) -> None:
    """Reads every log that this service follows to its end, side by side. A producer that is away is left for the next time."""

    async def pull_one(producer: Service) -> None:
        try:
            await pull(runtime.database, producer, handlers, fetcher(runtime))
        except Unavailable as error:
            log.info("producer_away", producer=producer, error=repr(error.__cause__))

    await asyncio.gather(*(pull_one(producer) for producer in producers_for(runtime.service)))
