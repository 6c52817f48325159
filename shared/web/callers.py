"""Who calls. A token (HttpOnly cookie, or Bearer for programs) becomes an ``Actor`` through Redis and, when Redis forgot, through auth.
``caller(...)`` is the rule that every route names; a contract test looks for it on each one.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from httpx import HTTPError
from pydantic import BaseModel, TypeAdapter, ValidationError
from redis.exceptions import RedisError

from shared.errors import Forbidden, NotFound, NotSignedIn, TooManyRequests, Unavailable
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.scopes import LABELS, SCOPE_OF
from shared.services import Service
from shared.settings import platform_settings
from shared.web.limits import count_up_to, refuse_from

COOKIE = "session"
# What a program's token begins with: it is known as one wherever it lies, and no browser is signed in by it.
PROGRAM = "oht_"
# By one address in an hour. A token has 256 random bits: this only slows down who tries, and tells a program that it holds a wrong one.
WRONG_TOKENS, _AN_HOUR = 30, 3600
_SAFE = {"GET", "HEAD", "OPTIONS"}


class SessionState(BaseModel):
    """What is known of a token: its actor, or why there is none any more."""

    actor: Actor | None = None
    ended_reason: str = ""


SessionLookup = Callable[[Runtime, str, str], Awaitable[SessionState]]
_STATE = TypeAdapter(SessionState)


class SessionEnded(NotSignedIn):
    code = "session_ended"
    detail = "登录已结束，请重新登录"


class TokenUnknown(NotSignedIn):
    """PLAT-15, as the two below."""

    code = "token_unknown"
    detail = "程序令牌不正确，请核对；令牌只在生成时显示一次，遗失的请在“个人设置”中停用并重新生成"


class TokenEnded(NotSignedIn):
    code = "token_ended"
    detail = "程序令牌已停用或已过期，请在“个人设置”中重新生成"


class TooManyTokens(TooManyRequests):
    code = "too_many_wrong_tokens"
    detail = "该网络地址使用错误的程序令牌的次数过多，请核对令牌后再试"


class OutsideScope(Forbidden):
    """What a program's token may not do, whoever made it."""

    code = "outside_scope"


class PasswordChangeRequired(Forbidden):
    """AUTH-12: until a password set by another person is changed, every other call is refused."""

    code = "password_change_required"
    detail = "首次登录请先修改初始密码"


class CrossSite(Forbidden):
    code = "cross_site"
    detail = "请从本平台页面操作"


def cookie_name() -> str:
    """``__Host-`` where the cookie goes by https alone: no other host of the domain, and nobody without https, can then put one there."""
    return f"__Host-{COOKIE}" if platform_settings().secure_cookie else COOKIE


def token_hash(token: str) -> str:
    """How a token is known outside of its holder's browser: SHA-256, hex."""
    return sha256(token.encode()).hexdigest()


def cache_key(hashed: str) -> str:
    """The Redis key under which auth keeps a token's state."""
    return f"session:{hashed}"


def read_state(cached: str | bytes | None) -> SessionState | None:
    """A cached state; None when Redis has none that can be read."""
    if not cached:
        return None
    try:
        return _STATE.validate_json(cached)
    except ValidationError:
        return None


async def ask_auth(runtime: Runtime, hashed: str, address: str = "") -> SessionState:
    """The look-up of every service but auth: the cache that auth fills, else auth itself, which notes from where a token is used."""
    return await _cached(runtime, hashed) or await _ask(runtime, hashed, {"address": address})


async def ask_quietly(runtime: Runtime, hashed: str) -> SessionState:
    """The same of a session, which is not kept alive by it (AUTH-09). Raises Unavailable when nobody knows."""
    return await _cached(runtime, hashed) or await _ask(runtime, hashed, {"quietly": "true"})


async def _cached(runtime: Runtime, hashed: str) -> SessionState | None:
    try:
        return read_state(await runtime.redis.get(cache_key(hashed)))
    except (RedisError, OSError):
        return None  # Redis may vanish: auth knows


async def _ask(runtime: Runtime, hashed: str, how: dict[str, str]) -> SessionState:
    url = f"{runtime.settings.internal_of(Service.AUTH)}/internal/auth/sessions/{hashed}"
    try:
        answer = await runtime.http.get(url, params=how, headers=internal_headers(runtime))
        answer.raise_for_status()
    except HTTPError as error:
        raise Unavailable("登录服务暂时不可用，请稍后重试") from error
    return _STATE.validate_json(answer.content)


def internal_headers(runtime: Runtime) -> dict[str, str]:
    """The credential between services."""
    return {"Authorization": f"Bearer {runtime.settings.internal_secret[0]}"}


def token_of(request: Request) -> tuple[str, bool]:
    """(token, came in the cookie). Empty when there is none."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip(), False
    return request.cookies.get(cookie_name(), ""), True


async def current_actor(request: Request, *, quietly: bool = False) -> Actor:
    """The actor of this request, looked up once; ``quietly`` keeps no session alive. Raises ``NotSignedIn`` or ``SessionEnded``."""
    known: Actor | None = getattr(request.state, "actor", None)
    if known is not None:
        return known
    token, by_cookie = token_of(request)
    is_program = token.startswith(PROGRAM)
    if not token or (is_program and by_cookie):
        raise NotSignedIn
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if by_cookie and request.method not in _SAFE and site not in {"same-origin", "none"}:
        raise CrossSite
    runtime: Runtime = request.app.state.runtime
    lookup: SessionLookup = request.app.state.session_lookup
    address = request.client.host if request.client else ""
    if is_program:
        await _refuse_guesser(runtime, address)
    hashed = token_hash(token)
    state = await (ask_quietly(runtime, hashed) if quietly else lookup(runtime, hashed, address))
    if state.actor is None:
        raise await _of_program(runtime, state, address) if is_program else SessionEnded(state.ended_reason or None)
    actor = replace(state.actor, address=address)
    request.state.actor = actor
    return actor


async def _refuse_guesser(runtime: Runtime, address: str) -> None:
    cap = WRONG_TOKENS
    await refuse_from(runtime.redis, "program-tokens", address, cap=cap, seconds=_AN_HOUR, refusal=TooManyTokens)


async def _of_program(runtime: Runtime, state: SessionState, address: str) -> NotSignedIn:
    """One that has ended is known, and no guess."""
    if state.ended_reason:
        return TokenEnded(state.ended_reason)
    cap = WRONG_TOKENS
    await count_up_to(runtime.redis, "program-tokens", address, cap=cap, seconds=_AN_HOUR, refusal=TooManyTokens)
    return TokenUnknown()


def _refuse_outside_scope(request: Request, actor: Actor) -> None:
    """A token does what its scopes say; a route that is in none is closed to all of them (PLAT-15). Raises OutsideScope."""
    if actor.scopes is None:
        return
    needed = SCOPE_OF.get(f"{request.method} {request.scope['route'].path}")
    if needed is None:
        raise OutsideScope("程序令牌不能办理此事项，请登录平台办理")
    if needed not in actor.scopes:
        raise OutsideScope(f"该程序令牌没有“{LABELS[needed]}”的权限，请在“个人设置”中重新生成带有该权限的令牌")


@dataclass(frozen=True)
class CallerRule:
    """The dependency that ``caller`` makes; empty ``permissions`` means anyone signed in, and what is asked ``quietly`` is no use of the
    session."""

    permissions: frozenset[Permission]
    before_password_change: bool
    quietly: bool = False

    async def __call__(self, request: Request) -> Actor:
        actor = await current_actor(request, quietly=self.quietly)
        _refuse_outside_scope(request, actor)
        if actor.must_change_password and not self.before_password_change:
            raise PasswordChangeRequired
        if self.permissions and not actor.may(*self.permissions):
            raise Forbidden
        return actor


def caller(*permissions: Permission, before_password_change: bool = False) -> Any:
    """``actor: Annotated[Actor, caller(Permission.X)]``: who may call this route, one of the permissions being enough."""
    return Depends(CallerRule(frozenset(permissions), before_password_change))


SignedIn = Annotated[Actor, caller()]
Administrator = Annotated[Actor, caller(Permission.ADMINISTRATION)]
SignedInQuietly = Annotated[Actor, Depends(CallerRule(frozenset(), before_password_change=False, quietly=True))]


async def internal_only(request: Request) -> None:
    """For routes between services: their credential, or the route does not exist."""
    runtime: Runtime = request.app.state.runtime
    given = request.headers.get("Authorization", "").encode()
    accepted = (f"Bearer {secret}".encode() for secret in runtime.settings.internal_secret)
    if not any([hmac.compare_digest(given, each) for each in accepted]):
        raise NotFound
