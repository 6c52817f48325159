"""A calendar program reads: whose address it is, what the services know of that unit, and what of it is new are three steps, so that nobody
waits for another service with a connection in hand.
"""

import asyncio
from collections.abc import Mapping

from httpx import HTTPError
from pydantic import TypeAdapter

from services.notifications.feeds import service
from services.notifications.feeds.repository import Reader
from shared.errors import Unavailable
from shared.ical import Entry, calendar
from shared.roles import Permission
from shared.runtime import Runtime
from shared.services import Service
from shared.web.callers import internal_headers

NAME = "职业健康日程"
# Whose days an account sees.
SOURCES: Mapping[Permission, Service] = {
    Permission.GROUP_REGISTRATION: Service.TRAINING,
    Permission.HAZARD_DECLARATION: Service.DECLARATION,
}
_ENTRIES = TypeAdapter(list[Entry])


async def calendar_of(runtime: Runtime, key: str) -> bytes:
    """The file. Raises FeedUnknown, and Unavailable when a service does not answer: what is not told is not cancelled."""
    async with runtime.database.unit_of_work() as session:
        reader = await service.require_reader(session, key)
    asked = [source for permission, source in SOURCES.items() if permission.value in reader.permissions]
    told = await asyncio.gather(*(_entries(runtime, source, reader) for source in asked))
    async with runtime.database.unit_of_work() as session:
        shown = await service.settle(session, reader.account_id, (each for entries in told for each in entries))
    return calendar(NAME, shown, portal=runtime.settings.public_url)


async def _entries(runtime: Runtime, source: Service, reader: Reader) -> list[Entry]:
    url = f"{runtime.settings.internal_of(source)}/internal/{source}/calendar/{reader.organisation_id}"
    try:
        answer = await runtime.http.get(url, headers=internal_headers(runtime))
        answer.raise_for_status()
    except HTTPError as error:
        raise Unavailable("日历暂时不能更新，请稍后重试", retry_after=60) from error
    return _ENTRIES.validate_json(answer.content)
