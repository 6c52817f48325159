"""Routes of a unit's calendar, for its home page and for the calendars of others (FAQ-M7, BEY-03)."""

from typing import Annotated

from fastapi import Response

from services.training.desk.calendar import service
from services.training.desk.calendar.schemas import CalendarRead
from shared.app import api_router
from shared.clock import now_utc
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.downloads import content_disposition
from shared.web.route import RuntimeOf, Session

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
_TYPE = "text/calendar; charset=utf-8"
_ICS: dict[int | str, dict[str, object]] = {200: {"content": {"text/calendar": {}}}}

router = api_router(Service.TRAINING, "", "培训日历")


@router.get("/calendar", summary="培训日历")
async def get_calendar(session: Session, actor: Unit) -> CalendarRead:
    return await service.read_calendar(session, actor=actor, now=now_utc())


@router.get("/calendar.ics", summary="培训日历（iCalendar）", response_class=Response, responses=_ICS)
async def download_calendar(session: Session, runtime: RuntimeOf, actor: Unit) -> Response:
    now = now_utc()
    read = await service.read_calendar(session, actor=actor, now=now)
    data = service.write_calendar(read, name="培训日历", portal=runtime.settings.public_url, made_at=now)
    headers = {"Content-Disposition": content_disposition("培训日历.ics")}
    return Response(data, headers=headers, media_type=_TYPE)
