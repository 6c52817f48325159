"""Routes of 候补: a unit queues, looks, accepts, declines and leaves; the province sees every queue of a session."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.classes.waiting import queueing, reading, service
from services.training.classes.waiting.repository import WaitingFilter
from services.training.classes.waiting.schemas import WaitingEntriesCreate, WaitingEntriesRead, WaitingEntryRead
from services.training.classes.waiting.workflow import WAITING
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.lists import PageOf, tagged
from shared.web.route import Session

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
Reader = Annotated[Actor, caller(Permission.GROUP_REGISTRATION, Permission.CLASS_SCHEDULING)]

router = api_router(Service.TRAINING, "waiting-entries", "候补")
add_action_routes(router, WAITING, service.act_on_entry, WaitingEntryRead)


@router.post("", status_code=201, summary="加入候补")
async def join_queue(
    body: WaitingEntriesCreate, session: Session, response: Response, actor: Unit
) -> WaitingEntriesRead:
    made = await queueing.join_queue(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/waiting-entries/{made.entries[0].id}"
    return made


@router.get("", summary="候补列表")
async def list_waiting_entries(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[WaitingFilter, Query()]
) -> Page[WaitingEntryRead]:
    return await reading.list_entries(session, actor, wanted, page)


@router.get("/{entry_id}", summary="候补详情")
async def get_waiting_entry(entry_id: UUID, session: Session, response: Response, actor: Reader) -> WaitingEntryRead:
    return tagged(response, await reading.read_entry(session, actor, entry_id))
