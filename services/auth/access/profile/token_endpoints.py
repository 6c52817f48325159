"""程序令牌 over HTTP (PLAT-15)."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.auth.access.profile import tokens
from services.auth.access.tokens.schemas import ProgramTokenCreate, ProgramTokenMade, ProgramTokens
from shared.app import api_router
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "me/tokens", "程序令牌")
# Not a unit of work: it holds no connection while a password is checked.
password_router = APIRouter(prefix=tokens.ADDRESS, tags=["程序令牌"])


@router.get("", summary="本单位的程序令牌，以及可以选择的权限")
async def list_program_tokens(session: Session, actor: SignedIn) -> ProgramTokens:
    return await tokens.list_tokens(session, actor)


@password_router.post("", status_code=201, summary="生成程序令牌，只显示这一次")
async def create_program_token(
    body: ProgramTokenCreate, runtime: RuntimeOf, response: Response, actor: SignedIn
) -> ProgramTokenMade:
    made = await tokens.make_token(runtime, actor, body)
    response.headers["Location"] = tokens.ADDRESS
    return made


@router.post("/{token_id}/revoke", status_code=204, summary="停用程序令牌")
async def revoke_program_token(token_id: UUID, session: Session, actor: SignedIn) -> None:
    await tokens.revoke_token(session, actor, token_id)
