"""What a program's token is to the services: an actor with the rights of the account behind it, within the token's scopes (PLAT-15)."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.sessions.reading import actor_of
from services.auth.access.sessions.refusals import refusal_of
from services.auth.access.tokens import repository
from services.auth.access.tokens.models import ProgramToken
from services.auth.access.tokens.service import is_live
from services.auth.settings import auth_settings
from shared.identity import Actor
from shared.scopes import Scope
from shared.web.callers import SessionState

PASSED = "程序令牌的有效期已过，请在“个人设置”中重新生成"


async def program_state(session: AsyncSession, hashed: str, address: str) -> SessionState | None:
    """What is known of a token, which is noted as in use; None when there never was such a token."""
    token = await repository.get_by_hash(session, hashed)
    if token is None:
        return None
    if not is_live(token):
        return SessionState(ended_reason=token.ended_reason or PASSED)
    if refusal := await refusal_of(session, token.account):
        return SessionState(ended_reason=refusal.detail)
    await repository.touch(session, token.id, address, timedelta(seconds=auth_settings().cache_seconds))
    return SessionState(actor=_actor(token))


def _actor(token: ProgramToken) -> Actor:
    """In histories it stands with its name beside that of the person who answers for it. A scope that is no more is none."""
    known = {each.value for each in Scope}
    who = actor_of(token.account, token.id)
    scopes = frozenset(Scope(each) for each in token.scopes if each in known)
    return replace(who, person_name=f"{who.person_name}（程序：{token.name}）", scopes=scopes)
