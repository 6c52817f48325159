"""Tokens of programs (PLAT-15): made by a person for the organisation, with scopes and a last day; ended by anybody of the organisation,
and with the account or the organisation. What one may do is decided by ``shared.scopes``; what it is to the services, by ``sessions``.
"""

import secrets
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.tokens import repository
from services.auth.access.tokens.models import ProgramToken
from services.auth.settings import auth_settings
from shared.clock import beijing_today, is_past, now_utc
from shared.db.session import note_cached
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor
from shared.scopes import LABELS, Scope
from shared.web.callers import PROGRAM, SessionState, cache_key, token_hash

MOST_LIVE = 20
LONGEST = timedelta(days=366)


class TooManyLive(Conflict):
    code = "too_many_program_tokens"
    detail = f"本单位可用的程序令牌已达 {MOST_LIVE} 个，请先停用不再使用的"


class TokenOver(Conflict):
    code = "program_token_over"
    detail = "该程序令牌已经停用，不需要再次停用"


def latest_day() -> date:
    """The last day that a new one may have."""
    return beijing_today(now_utc()) + LONGEST


def is_live(token: ProgramToken) -> bool:
    """Whether nobody has ended it and its last day has not passed."""
    return token.ended_at is None and not is_past(token.valid_until, now_utc())


def refuse_bad_day(valid_until: date) -> None:
    """Raises InvalidInput for a day that is over or too far."""
    today = beijing_today(now_utc())
    if not today <= valid_until <= latest_day():
        message = f"应在 {today} 至 {latest_day()} 之间"
        raise InvalidInput(errors=[FieldError("valid_until", "validity_range", message)])


async def make_token(
    session: AsyncSession, *, actor: Actor, name: str, scopes: Collection[Scope], valid_until: date
) -> tuple[ProgramToken, str]:
    """(the row, the token, which nobody sees again). Raises TooManyLive, and InvalidInput as ``refuse_bad_day``."""
    refuse_bad_day(valid_until)
    account = await accounts.require_for_change(session, actor.account_id)
    if await repository.count_live(session, account.organisation_id) >= MOST_LIVE:
        raise TooManyLive
    token = PROGRAM + secrets.token_urlsafe(32)
    made = ProgramToken(
        organisation_id=account.organisation_id,
        account_id=account.id,
        name=name,
        scopes=sorted(set(scopes)),
        token_hash=token_hash(token),
        valid_until=valid_until,
    )
    session.add(made)
    await session.flush()
    await session.refresh(made)
    ACCOUNT.note(session, account.id, "create_program_token", actor=actor, after=_told(made))
    return made, token


def _told(token: ProgramToken) -> dict[str, object]:
    labels = "；".join(LABELS[Scope(each)] for each in token.scopes)
    return {"program_token": token.name, "program_scopes": labels, "program_valid_until": token.valid_until.isoformat()}


async def list_tokens(session: AsyncSession, actor: Actor, number: int) -> list[ProgramToken]:
    """Those of the actor's organisation."""
    return list(await repository.list_of_organisation(session, actor.organisation_id, number))


async def revoke_token(session: AsyncSession, *, actor: Actor, token_id: UUID) -> None:
    """Ends one of the actor's organisation at once. Raises NotFound, TokenOver."""
    token = await repository.require_own(session, actor.organisation_id, token_id)
    if token.ended_at is not None:
        raise TokenOver
    token.ended_at, token.ended_reason = now_utc(), f"该程序令牌已由{actor.person_name}停用"
    _bury(session, token)
    ACCOUNT.note(session, token.account_id, "revoke_program_token", actor=actor, before={"program_token": token.name})
    await session.flush()


async def end_tokens(session: AsyncSession, *, actor: Actor, account_ids: Collection[UUID], reason: str) -> None:
    """Ends all of these accounts, whose rows the caller holds: who may not sign in any more has no program that does."""
    for token in await repository.end_live(session, account_ids, reason):
        _bury(session, token)
        before = {"program_token": token.name}
        ACCOUNT.note(session, token.account_id, "revoke_program_token", actor=actor, before=before, reason=reason)
    await session.flush()


def _bury(session: AsyncSession, token: ProgramToken) -> None:
    """Every service refuses it from the commit on."""
    tombstone = SessionState(ended_reason=token.ended_reason or "").model_dump_json()
    note_cached(session, cache_key(token.token_hash), (tombstone, auth_settings().tombstone_seconds))
