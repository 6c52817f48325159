"""Routes of the subscribed calendar (日历订阅, BEY-03): the holder's, and the one that a calendar program reads. That one is no unit of
work, because it asks other services in between, and has its secret in the query, which no log keeps.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.notifications.feeds import service
from services.notifications.feeds.schemas import CalendarFeedMade, CalendarFeedRead
from services.notifications.feeds.service import FeedUnknown
from services.notifications.feeds.tasks import calendar_of
from shared.app import api_router
from shared.errors import TooManyRequests
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller, token_hash
from shared.web.limits import count_up_to, refuse_from
from shared.web.route import RuntimeOf, Session

WRONG_KEYS, READS, _AN_HOUR = 30, 60, 3600
router = api_router(Service.NOTIFICATIONS, "calendar-feed", "日历订阅")
public_router = APIRouter(prefix="/api/notifications", include_in_schema=False)
Dated = Annotated[Actor, caller(Permission.GROUP_REGISTRATION, Permission.HAZARD_DECLARATION)]
_TYPE = "text/calendar; charset=utf-8"


class TooManyReads(TooManyRequests):
    code = "too_many_calendar_reads"
    detail = "读取日历过于频繁，或多次使用错误的订阅地址，请稍后再试"


@router.get("", summary="我的日历订阅地址的使用情况")
async def get_calendar_feed(session: Session, actor: Dated) -> CalendarFeedRead:
    return await service.read_feed(session, actor=actor)


@router.post("", status_code=201, summary="生成日历订阅地址，原地址随即停用")
async def create_calendar_feed(session: Session, actor: Dated) -> CalendarFeedMade:
    return await service.make_feed(session, actor=actor)


@router.delete("", status_code=204, summary="停用日历订阅地址")
async def delete_calendar_feed(session: Session, actor: Dated) -> None:
    await service.end_feed(session, actor=actor)


@public_router.get("/calendar.ics")
async def read_calendar_feed(
    request: Request, runtime: RuntimeOf, key: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    address = request.client.host if request.client else ""
    redis, seconds, refusal = runtime.redis, _AN_HOUR, TooManyReads
    await refuse_from(redis, "calendar-keys", address, cap=WRONG_KEYS, seconds=seconds, refusal=refusal)
    hashed = token_hash(key)
    await count_up_to(redis, "calendar-reads", hashed, cap=READS, seconds=seconds, refusal=refusal, told=False)
    try:
        content = await calendar_of(runtime, key)
    except FeedUnknown:
        await count_up_to(redis, "calendar-keys", address, cap=WRONG_KEYS, seconds=seconds, refusal=refusal)
        raise
    return cacheable(request, content, public=False, seconds=0, media_type=_TYPE)
