"""个人设置: everybody's own settings and sessions."""

from fastapi import APIRouter, Response

from services.auth.access.profile import service
from services.auth.access.profile.schemas import OwnSessionItem, SettingsRead, SettingsUpdate
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "me", "个人设置")
# Not a unit of work: it holds no connection while a password is checked.
password_router = APIRouter(prefix="/api/auth/me", tags=["个人设置"])


@router.get("/settings", summary="个人设置")
async def get_settings(session: Session, response: Response, actor: SignedIn) -> SettingsRead:
    return tagged(response, await service.get_settings(session, actor))


@password_router.patch("/settings", summary="修改个人设置")
async def update_settings(
    body: SettingsUpdate, runtime: RuntimeOf, response: Response, actor: SignedIn, expected: ExpectedVersion
) -> SettingsRead:
    return tagged(response, await service.update_settings(runtime, actor, body, expected))


@router.get("/sessions", summary="本人最近的登录")
async def list_own_sessions(session: Session, actor: SignedIn) -> list[OwnSessionItem]:
    return await service.list_own_sessions(session, actor)


@router.post("/sessions/end-others", status_code=204, summary="结束本人在其他设备上的登录")
async def end_other_sessions(session: Session, actor: SignedIn) -> None:
    await service.end_other_sessions(session, actor)
