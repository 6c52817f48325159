"""The fast worker's part: claim and commit, send with no session open, write down how each ended (PLAT-11)."""

import asyncio

from services.auth.access.texts import repository, service
from services.auth.access.texts.repository import BATCH
from services.auth.hints import SEND_TEXTS
from shared.db.session import note_hint
from shared.runtime import Runtime
from shared.services import Service
from shared.sms import sms_route
from shared.tasks.texting import attempt


async def send_texts(runtime: Runtime) -> None:
    """Sends what is due; hints at itself when there may be more, or when another provider can have what one has passed on."""
    route = sms_route(runtime.settings, Service.AUTH)
    async with runtime.database.unit_of_work() as session:
        handed = await service.claim_batch(session, route)
    if not handed:
        return
    endings = await asyncio.gather(*(attempt(runtime.http, route, each, service.sms_of(each.row)) for each in handed))
    async with runtime.database.unit_of_work() as session:
        await repository.note_providers(session, endings)
        again = len(handed) == BATCH
        for each, ending in zip(handed, endings, strict=True):
            again = await service.settle(session, route, each.row, ending) or again
        if again:
            note_hint(session, SEND_TEXTS)


async def sweep(runtime: Runtime) -> None:
    """Lets go of old rows."""
    async with runtime.database.unit_of_work() as session:
        await service.forget_old_texts(session)
