"""工作日历 over HTTP (BEY-10): offices read it, the province's administrator keeps it."""

from typing import Annotated

from fastapi import Path

from services.declaration.calendar import service
from services.declaration.calendar.schemas import CalendarDayUpdate, CalendarYearRead, CalendarYearUpdate
from shared.app import api_router
from shared.days import FIRST, LAST, Day
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.route import Session

days_router = api_router(Service.DECLARATION, "calendar-days", "工作日历")
years_router = api_router(Service.DECLARATION, "calendar-years", "工作日历")
Reader = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, *service.KEEPERS)]
Keeper = Annotated[Actor, caller(*service.KEEPERS)]
Year = Annotated[int, Path(ge=FIRST.year, le=LAST.year, description="年份")]
OfDay = Annotated[Day, Path(description="日期")]


@years_router.get("/{year}", summary="某年的节假日与调休，以及是否已知")
async def read_calendar_year(year: Year, session: Session, actor: Reader) -> CalendarYearRead:
    return await service.read_year(session, actor=actor, year=year)


@years_router.put("/{year}", summary="说明某年的节假日与调休是否已录全")
async def tell_calendar_year(year: Year, body: CalendarYearUpdate, session: Session, actor: Keeper) -> CalendarYearRead:
    return await service.tell_year(session, actor=actor, year=year, body=body)


@days_router.put("/{day}", summary="设置某天上班或休息")
async def keep_calendar_day(day: OfDay, body: CalendarDayUpdate, session: Session, actor: Keeper) -> CalendarYearRead:
    return await service.keep_day(session, actor=actor, day=day, body=body)


@days_router.delete("/{day}", summary="恢复某天公布的安排")
async def drop_calendar_day(day: OfDay, session: Session, actor: Keeper) -> CalendarYearRead:
    return await service.drop_day(session, actor=actor, day=day)
