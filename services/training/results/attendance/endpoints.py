"""Routes of attendance: the code on the wall and the list of a day for the province, and the check-in for those in the room, who have no
account.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.training.classes.class_sessions.repository import READERS
from services.training.results.attendance import check_ins, service
from services.training.results.attendance.codes import qr_svg
from services.training.results.attendance.schemas import (
    AttendancePut,
    AttendanceRead,
    CheckInCodeRead,
    CheckInCreate,
    CheckInRead,
    LiveCheckIns,
    PersonPresent,
)
from shared.addresses import address
from shared.app import api_router
from shared.clock import now_utc
from shared.days import Day
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.caching import cacheable
from shared.web.callers import caller
from shared.web.route import RuntimeOf, Session

Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]
Reader = Annotated[Actor, caller(*READERS)]

router = api_router(Service.TRAINING, "class-sessions", "签到")
# No unit of work of its own: a projector asks every few seconds.
live_router = api_router(Service.TRAINING, "class-sessions", "签到")
live_router.route_class = APIRoute
public_router = api_router(Service.TRAINING, "check-ins", "签到")


@router.get("/{class_session_id}/check-in-code", summary="现场签到二维码")
async def get_check_in_code(
    class_session_id: UUID, session: Session, runtime: RuntimeOf, actor: Scheduler
) -> CheckInCodeRead:
    code = await service.make_code(session, actor=actor, class_session_id=class_session_id, now=now_utc())
    # Behind the #, so that the token stands in no log of a server on the way.
    path = f"{address('check-in')}#{code.token(runtime.settings.signing_key)}"
    return CheckInCodeRead(
        class_session_id=class_session_id,
        day=code.day,
        path=path,
        svg=qr_svg(runtime.settings.public_url.rstrip("/") + path),
        expires_at=code.expires_at,
    )


@router.get("/{class_session_id}/attendance", summary="签到情况")
async def get_attendance(class_session_id: UUID, session: Session, actor: Reader) -> AttendanceRead:
    return await service.read_attendance(session, actor=actor, class_session_id=class_session_id)


@router.put("/{class_session_id}/attendance/{day}", summary="按名单登记一天的出勤")
async def put_attendance(
    class_session_id: UUID, day: Day, body: AttendancePut, session: Session, actor: Scheduler
) -> AttendanceRead:
    return await service.enter_day(
        session, actor=actor, class_session_id=class_session_id, day=day, body=body, now=now_utc()
    )


@router.put("/{class_session_id}/attendance/{day}/{registration_id}", summary="手工签到一人，或撤回")
async def put_presence(
    class_session_id: UUID, day: Day, registration_id: UUID, body: PersonPresent, session: Session, actor: Scheduler
) -> AttendanceRead:
    return await service.enter_person(
        session,
        actor=actor,
        class_session_id=class_session_id,
        day=day,
        registration_id=registration_id,
        present=body.present,
        now=now_utc(),
    )


@live_router.get(
    "/{class_session_id}/check-ins", summary="今天的签到进度（轻量，供投影页面定时查询）", response_model=LiveCheckIns
)
async def read_live_check_ins(
    class_session_id: UUID, request: Request, runtime: RuntimeOf, actor: Scheduler
) -> Response:
    found = await service.live_check_ins(runtime, actor=actor, class_session_id=class_session_id)
    return cacheable(request, found.model_dump_json().encode(), public=False, seconds=0)


@public_router.post("", summary="扫码签到")
async def check_in(body: CheckInCreate, request: Request, session: Session, runtime: RuntimeOf) -> CheckInRead:
    return await check_ins.try_check_in(session, runtime, body, request.client.host if request.client else "")
