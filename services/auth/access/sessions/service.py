"""Login sessions: begun, looked up, ended. An ended session is refused at once by every service: its end is in the database, and after the
commit a tombstone stands in the cache. Passwords and guesses are judged before, in ``sign_in``.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT, AccountStatus
from services.auth.access.codes.service import give_back, spend
from services.auth.access.sessions import repository
from services.auth.access.sessions.devices import MAX_AGENT, Device
from services.auth.access.sessions.models import LoginSession
from services.auth.access.sessions.reading import actor_of, read_me, read_signed_in
from services.auth.access.sessions.refusals import (
    TIMED_OUT,
    AlreadySignedIn,
    WrongCredentials,
    hour_and_minute,
    refusal_of,
)
from services.auth.access.sessions.schemas import MeRead, SignedInRead
from services.auth.access.sessions.second_factor import next_ticket, prove_phone
from services.auth.access.tokens.service import end_tokens
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.db.session import note_cached
from shared.errors import AppError
from shared.identifiers import new_id
from shared.identity import SYSTEM, Actor
from shared.web.callers import SessionEnded, SessionState, cache_key, token_hash
from shared.workflow.definition import ActionBody


@dataclass(frozen=True)
class Proven:
    """Whose password was found right, against which hash; ``new_hash`` replaces one that was made with yesterday's parameters."""

    account_id: UUID
    verified_hash: str
    new_hash: str | None


async def begin_session(
    session: AsyncSession,
    *,
    proven: Proven,
    device: Device,
    take_over: bool,
    code: str | None = None,
    code_proven: bool = False,
) -> SignedInRead | AppError:
    """A new session for an account whose password was found right. ``code`` is what came by SMS (AUTH-28); ``code_proven`` says that
    the caller has just proven the account's present phone by a code of its own, and none is asked for again.

    A refusal is returned and not raised, because that somebody knew the password is to be kept.
    """
    account = await accounts.require_for_change(session, proven.account_id)
    if account.password_hash != proven.verified_hash:
        return WrongCredentials()
    if proven.new_hash:
        account.password_hash = proven.new_hash
    if refusal := await refusal_of(session, account):
        return _refused(session, account, device, refusal)
    used = None
    if not code_proven:
        used = await prove_phone(session, account=account, code=code, address=device.address)
    if isinstance(used, AppError):
        return used
    live = await repository.get_open(session, account.id)
    if live and not is_over(live) and not take_over:
        if used:
            give_back(used, device.address)
        return _refused(session, account, device, AlreadySignedIn(live, next_ticket(account)))
    if used:
        spend(used)
    return await _begin(session, account, device, live)


def _refused(session: AsyncSession, account: Account, device: Device, refusal: AppError) -> AppError:
    """Somebody knew the password and was not let in: that is remembered, too."""
    ACCOUNT.note(
        session,
        account.id,
        "refuse_sign_in",
        actor=replace(SYSTEM, address=device.address),
        after={"code": refusal.code, "device": device.label},
    )
    return refusal


async def _begin(session: AsyncSession, account: Account, device: Device, live: LoginSession | None) -> SignedInRead:
    actor = actor_of(account, new_id(), device.address)
    reason = f"您的账号已于 {hour_and_minute(now_utc())} 在另一台设备（{device.label}）登录"
    if live:
        reason = TIMED_OUT if is_over(live) else reason
        await end_sessions(session, actor=actor, account_id=account.id, reason=reason)
    begun, token = _new_session(account, actor.session_id, device)
    session.add(begun)
    after = {"session_id": str(begun.id), "device": device.label}
    ACCOUNT.note(session, account.id, "sign_in", actor=actor, after=after)
    await session.flush()
    return read_signed_in(account, begun, token, await repository.get_before(session, begun))


def _new_session(account: Account, session_id: UUID, device: Device) -> tuple[LoginSession, str]:
    token = secrets.token_urlsafe(32)
    begun = LoginSession(
        id=session_id,
        account_id=account.id,
        token_hash=token_hash(token),
        expires_at=now_utc() + timedelta(hours=auth_settings().session_hours),
        user_agent=device.user_agent[:MAX_AGENT],
        address=device.address,
    )
    return begun, token


def is_over(live: LoginSession) -> bool:
    """Whether a session that nobody ended has ended by itself: 12 hours old, or 2 hours unused."""
    now = now_utc()
    return live.expires_at <= now or live.last_seen_at <= now - timedelta(hours=auth_settings().idle_hours)


async def end_sessions(
    session: AsyncSession, *, actor: Actor, account_id: UUID, reason: str, sparing: UUID | None = None
) -> None:
    """Ends the open session of an account, whose row the caller holds. ``reason`` is what its holder is told."""
    tombstone = SessionState(ended_reason=reason).model_dump_json(), auth_settings().tombstone_seconds
    for ended in await repository.end_open(session, account_id, reason, sparing=sparing):
        note_cached(session, cache_key(ended.token_hash), tombstone)
        after = {"session_id": str(ended.id)}
        ACCOUNT.note(session, account_id, "end_session", actor=actor, after=after, reason=reason)
    await session.flush()


async def sign_out(session: AsyncSession, *, actor: Actor) -> None:
    """重新登录 (AUTH-19): ends the actor's own session."""
    await accounts.require_for_change(session, actor.account_id)
    await end_sessions(session, actor=actor, account_id=actor.account_id, reason="您已退出登录，请重新登录")


async def who_am_i(session: AsyncSession, actor: Actor) -> MeRead:
    """The actor's account and session as they are now. Raises SessionEnded when that session is not known."""
    own = await session.get(LoginSession, actor.session_id)
    if own is None:
        raise SessionEnded
    account = await accounts.require_account(session, actor.account_id)
    return read_me(account, own, await repository.get_before(session, own))


def _ended(status: AccountStatus, by: str) -> str:
    """What the holder of an account is told that is this afterwards."""
    if status.is_usable:
        return f"您的登录已被{by}结束，请重新登录；如有疑问请与其联系"
    if status.is_expired:
        return "您的账号有效期已届满，请联系所在地市的账号管理人员办理延期"
    return f"您的账号已被{by}停用，如有疑问请与其联系"


@ACCOUNT.effect("end_sessions")
async def end_sessions_of_account(session: AsyncSession, account: Account, actor: Actor, body: ActionBody) -> None:
    """A disabled or expired account is signed out at once, and one whose overseer says so (强制下线); no program acts for one that may not
    be used."""
    reason = _ended(account.status, actor.organisation_name)
    await end_sessions(session, actor=actor, account_id=account.id, reason=reason)
    if not account.status.is_usable:
        await end_tokens(session, actor=actor, account_ids=[account.id], reason=reason)


async def session_state(session: AsyncSession, hashed: str, *, quietly: bool = False) -> SessionState | None:
    """What is known of a token, which is noted as in use unless asked ``quietly``; None when there never was such a token."""
    found = await repository.get_by_hash(session, hashed)
    if found is None:
        return None
    if found.ended_at is not None or is_over(found) or not (quietly or await _noted_in_use(session, found)):
        return SessionState(ended_reason=found.ended_reason or TIMED_OUT)
    if refusal := await refusal_of(session, found.account):
        return SessionState(ended_reason=refusal.detail)
    return SessionState(actor=actor_of(found.account, found.id))


async def _noted_in_use(session: AsyncSession, live: LoginSession) -> bool:
    """Once a minute is enough, the cache asks no more often either; False when it has ended meanwhile."""
    if live.last_seen_at > now_utc() - timedelta(seconds=auth_settings().cache_seconds):
        return True
    return await repository.touch(session, live.id)


async def forget_cached_state(session: AsyncSession, actor: Actor) -> None:
    """What the cache says of the actor's session is no longer true; the next request asks the database."""
    own = await session.get_one(LoginSession, actor.session_id)
    note_cached(session, cache_key(own.token_hash), None)
