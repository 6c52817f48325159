"""Sign in, sign out, who am I, change my password; and, between services, what a token is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.auth.access.sessions import service, sign_in
from services.auth.access.sessions.browsers import DeviceOf, hand_over, let_go
from services.auth.access.sessions.lookup import fill_cache, look_quietly
from services.auth.access.sessions.schemas import MeRead, PasswordChange, SignedInRead, SignInRequest
from shared.app import api_router
from shared.identity import Actor
from shared.services import Service
from shared.web.callers import SessionState, caller, internal_only
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "", "登录")
# Not units of work: these commit a counted guess although they refuse, and hold no connection while a password is checked.
password_router = APIRouter(prefix="/api/auth", tags=["登录"])
internal_router = APIRouter(
    prefix="/internal/auth/sessions", include_in_schema=False, dependencies=[Depends(internal_only)]
)
Anyone = Annotated[Actor, caller(before_password_change=True)]


@password_router.post("/sessions", status_code=201, summary="登录")
async def create_session(body: SignInRequest, runtime: RuntimeOf, response: Response, device: DeviceOf) -> SignedInRead:
    return hand_over(response, await sign_in.sign_in(runtime, body, device))


@password_router.post("/password", status_code=204, summary="修改密码")
async def change_password(body: PasswordChange, runtime: RuntimeOf, actor: Anyone) -> None:
    await sign_in.change_password(runtime, actor=actor, body=body)


@router.delete("/sessions/current", status_code=204, summary="重新登录（退出）")
async def delete_session(session: Session, response: Response, actor: Anyone) -> None:
    await service.sign_out(session, actor=actor)
    let_go(response)


@router.get("/me", summary="当前登录账号及菜单")
async def get_me(session: Session, actor: Anyone) -> MeRead:
    return await service.who_am_i(session, actor)


@internal_router.get("/{hashed}")
async def get_session_state(
    hashed: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    runtime: RuntimeOf,
    address: Annotated[str, Query(max_length=64)] = "",
    quietly: bool = False,
) -> SessionState:
    return await (look_quietly(runtime, hashed) if quietly else fill_cache(runtime, hashed, address))
