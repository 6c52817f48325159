"""Routes of a unit's calendar, for its home page, as a file, and for the address that calendar programs subscribe to, which is the business
of notifications (FAQ-M7, BEY-03).
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.training.desk.calendar import service
from services.training.desk.calendar.schemas import CalendarRead
from shared.app import api_router
from shared.clock import now_utc
from shared.ical import FIRST, Entry, calendar
from shared.identity import SYSTEM, Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller, internal_only
from shared.web.downloads import content_disposition
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
_TYPE = "text/calendar; charset=utf-8"
_ICS: dict[int | str, dict[str, object]] = {200: {"content": {"text/calendar": {}}}}

router = api_router(Service.TRAINING, "", "培训日历")
internal_router = APIRouter(
    prefix=f"/internal/{Service.TRAINING}",
    include_in_schema=False,
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(internal_only)],
)


@router.get("/calendar", summary="培训日历")
async def get_calendar(session: Session, actor: Unit) -> CalendarRead:
    return await service.read_calendar(session, actor=actor, now=now_utc())


@router.get("/calendar.ics", summary="培训日历（iCalendar）", response_class=Response, responses=_ICS)
async def download_calendar(session: Session, runtime: RuntimeOf, actor: Unit) -> Response:
    now = now_utc()
    read = await service.read_calendar(session, actor=actor, now=now)
    entries = ((entry, FIRST) for entry in service.entries_of(read))
    data = calendar("培训日历", entries, portal=runtime.settings.public_url, made_at=now)
    headers = {"Content-Disposition": content_disposition("培训日历.ics")}
    return Response(data, headers=headers, media_type=_TYPE)


@internal_router.get("/calendar/{organisation_id}")
async def read_calendar_entries(organisation_id: UUID, session: Session) -> list[Entry]:
    """What that unit sees."""
    unit = replace(SYSTEM, organisation_id=organisation_id)
    return service.entries_of(await service.read_calendar(session, actor=unit, now=now_utc()))
