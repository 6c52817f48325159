"""The fast worker's part: claim and commit, send with no session open, write down how each ended (PLAT-11)."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.texts import service
from services.auth.access.texts.models import Text
from services.auth.access.texts.repository import BATCH
from services.auth.hints import SEND_TEXTS
from shared.db.session import note_hint
from shared.runtime import Runtime
from shared.sms import ChannelDown, MessageRefused, SendSms, Sms, sms_provider

Ending = Callable[[AsyncSession], Awaitable[None]]


async def send_texts(runtime: Runtime) -> None:
    """Sends what is due; hints at itself when there may be more."""
    async with runtime.database.unit_of_work() as session:
        rows = await service.claim_batch(session)
    if not rows:
        return
    send = sms_provider(runtime.settings)
    endings = await asyncio.gather(*(_attempt(runtime, send, row) for row in rows))
    async with runtime.database.unit_of_work() as session:
        for ending in endings:
            await ending(session)
        if len(rows) == BATCH:
            note_hint(session, SEND_TEXTS)


async def _attempt(runtime: Runtime, send: SendSms, row: Text) -> Ending:
    assert row.phone is not None
    assert row.words is not None
    try:
        reference = await send(runtime.http, Sms(row.id, row.phone, row.words))
    except ChannelDown as down:
        error = str(down)
        return lambda session: service.later(session, row, error)
    except MessageRefused as refused:
        error = str(refused)
        return lambda session: service.give_up(session, row, error)
    return lambda session: service.sent(session, row, reference)


async def sweep(runtime: Runtime) -> None:
    """Lets go of old rows."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_texts(session)
