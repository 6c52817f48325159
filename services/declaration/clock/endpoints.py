"""逾期与到期 over HTTP (BEY-10): the list of a region, 催报, and what a unit tells of itself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from services.declaration.clock import own_service, service
from services.declaration.clock.filters import DueFilter
from services.declaration.clock.schemas import (
    CallNote,
    ClockRead,
    DueListItem,
    HappeningUpdate,
    UnitContact,
    UrgeBatch,
    UrgesRead,
    WhatHappened,
)
from services.declaration.clock.workflow import Happening
from shared.app import api_router
from shared.db.paging import Page
from shared.ical import Entry
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller, internal_only
from shared.web.lists import PageOf
from shared.web.route import Session, UnitOfWorkRoute

router = api_router(Service.DECLARATION, "due-dates", "逾期与到期")
own_router = api_router(Service.DECLARATION, "employers/current", "逾期与到期")
internal_router = APIRouter(
    prefix=f"/internal/{Service.DECLARATION}",
    include_in_schema=False,
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(internal_only)],
)
Office = Annotated[Actor, caller(Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)]
Employer = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
DueId = Annotated[UUID, Path(description="催报记录的编号")]
What = Annotated[Happening, Path(description="发生了什么")]


@router.get("", summary="逾期与到期的申报列表")
async def list_due_dates(
    session: Session, actor: Office, page: PageOf, wanted: Annotated[DueFilter, Query()]
) -> Page[DueListItem]:
    return await service.list_due(session, actor=actor, wanted=wanted, page=page)


@router.post("/urge", summary="催报，一个或多个单位，逐条返回结果")
async def urge_declarations(body: UrgeBatch, session: Session, actor: Office) -> UrgesRead:
    return await service.urge(session, actor=actor, body=body)


@router.post("/{due_id}/call", summary="记录电话催报的结果")
async def note_declaration_call(due_id: DueId, body: CallNote, session: Session, actor: Office) -> DueListItem:
    return await service.note_call(session, actor=actor, due_id=due_id, body=body)


@router.get("/{due_id}/contact", summary="查看单位联系人及完整电话（留痕）")
async def read_due_contact(due_id: DueId, session: Session, actor: Office) -> UnitContact:
    return await service.contact_of(session, actor=actor, due_id=due_id)


@own_router.get("/due", summary="本单位应办理的申报、理由和期限，以及未办结的申报")
async def read_due_declarations(
    session: Session, actor: Employer, happened: Annotated[WhatHappened, Query()]
) -> ClockRead:
    return await own_service.clock_of(session, actor=actor, happened=happened)


@own_router.put("/happenings/{what}", summary="告知竣工验收、变化或终止生产经营的日期")
async def tell_happening(what: What, body: HappeningUpdate, session: Session, actor: Employer) -> ClockRead:
    return await own_service.tell(session, actor=actor, what=what, happened_on=body.happened_on)


@own_router.delete("/happenings/{what}", summary="收回误报的日期")
async def untell_happening(what: What, session: Session, actor: Employer) -> ClockRead:
    return await own_service.untell(session, actor=actor, what=what)


@internal_router.get("/calendar/{organisation_id}")
async def read_due_entries(organisation_id: UUID, session: Session) -> list[Entry]:
    """For the address that calendar programs subscribe to, which is the business of notifications (BEY-03)."""
    return await own_service.due_entries(session, organisation_id)
