"""Text messages on their way, for tests: a provider that answers as told and keeps what it was given, what a row still holds, and time that
passes.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, text

from services.auth.access.texts.models import Text
from services.auth.access.texts.service import send_text
from shared.runtime import Runtime

Answer = Callable[[httpx.Request], httpx.Response]


def takes_it(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"reference": f"r-{json.loads(request.content)['id']}"})


def answers(status: int) -> Answer:
    """A provider that answers everything with ``status`` and, as some do, with what it was sent."""
    return lambda request: httpx.Response(status, content=request.content)


@asynccontextmanager
async def provider(runtime: Runtime, answer: Answer = takes_it) -> AsyncIterator[tuple[Runtime, list[dict[str, Any]]]]:
    """The worker's runtime with such a provider, and the list of what that was given."""
    given: list[dict[str, Any]] = []

    def receive(request: httpx.Request) -> httpx.Response:
        given.append(json.loads(request.content))
        return answer(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        settings = runtime.settings.model_copy(update={"sms_url": "http://provider.example/sms"})
        yield replace(runtime, http=client, settings=settings), given


async def text_to(
    runtime: Runtime, phone: str, words: str = "您的申请已受理。", *, about: str = "test", **more: Any
) -> UUID:
    """A message on its way."""
    async with runtime.database.unit_of_work() as session:
        return send_text(session, about=about, phone=phone, words=words, **more)


async def row_of(runtime: Runtime, text_id: UUID) -> Text:
    async with runtime.database.unit_of_work() as session:
        return (await session.scalars(select(Text).where(Text.id == text_id))).one()


async def time_passes(runtime: Runtime, text_id: UUID) -> None:
    """The message is due, and no lease on it holds any longer."""
    past = "UPDATE texts SET due_at = now() - interval '1 s', leased_until = now() - interval '1 s' WHERE id = :id"
    async with runtime.database.unit_of_work() as session:
        await session.execute(text(past), {"id": text_id})
