"""The light route behind a page of 集体选班 that is open (TRN-72): with an ETag, without a unit of work of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.training.classes.live import service
from services.training.classes.live.schemas import LiveSeats
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller
from shared.web.route import RuntimeOf

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]

router = api_router(Service.TRAINING, "selections", "集体选班")
# Hundreds may wait here for the one that reads: none of them holds a place at the pool.
router.route_class = APIRoute


@router.get("/{plan_id}/seats", summary="各班次剩余人数（轻量，供页面定时查询）", response_model=LiveSeats)
async def read_live_seats(plan_id: UUID, request: Request, runtime: RuntimeOf, actor: Unit) -> Response:
    return cacheable(request, await service.live_seats(runtime, actor=actor, plan_id=plan_id), public=False, seconds=0)
