"""Many sessions at once: ended, each with the reason that its holder is told, or asked anew from the database because what they may do
has changed. One account's session is the business of the sessions domain.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.contacts import account_manager_contact, expired_words
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.sessions.repository import end_all_open
from services.auth.access.sessions.service import end_sessions_of_account
from services.auth.access.tokens.service import end_tokens
from services.auth.desks.oversight import repository
from services.auth.settings import auth_settings
from shared.db.session import note_cached
from shared.identity import Actor
from shared.web.callers import SessionState, cache_key
from shared.workflow.definition import ActionBody

_NO_ACCOUNT = "程序令牌随账号停用或到期而停用，账号恢复后请重新生成"


async def end_many(session: AsyncSession, *, actor: Actor, reasons: Mapping[UUID, str]) -> None:
    """Ends the open sessions of these accounts, which are out of use and whose rows the caller holds, and their programs; every service
    refuses them from the commit on."""
    await end_tokens(session, actor=actor, account_ids=reasons.keys(), reason=_NO_ACCOUNT)
    for ended in await end_all_open(session, reasons):
        tombstone = SessionState(ended_reason=ended.reason or "").model_dump_json()
        note_cached(session, cache_key(ended.token_hash), (tombstone, auth_settings().tombstone_seconds))
        ACCOUNT.note(
            session,
            ended.account_id,
            "end_session",
            actor=actor,
            after={"session_id": str(ended.session_id)},
            reason=ended.reason,
        )
    await session.flush()


async def forget_cached(session: AsyncSession, account_ids: Collection[UUID]) -> None:
    """What the cache says of these accounts' sessions is no longer true; their next request asks the database (AUTH-17)."""
    for token_hash in await repository.open_hashes(session, account_ids):
        note_cached(session, cache_key(token_hash), None)


async def contacts_of(session: AsyncSession, accounts: Sequence[Account]) -> dict[UUID, str]:
    """For each account who extends it; a city is asked for once for each level, however many of its accounts there are."""
    places = {account.id: (account.organisation.region_code[:4], account.organisation.level) for account in accounts}
    words = {
        (city, level): await account_manager_contact(session, f"{city}00", level) for city, level in places.values()
    }
    return {account_id: words[place] for account_id, place in places.items()}


@ACCOUNT.effect_of_many("end_sessions")
async def end_sessions_of_accounts(
    session: AsyncSession, accounts: Sequence[Account], actor: Actor, body: ActionBody
) -> None:
    """Accounts that have expired are signed out in one statement and told who extends them; the others as one would be."""
    expired = [account for account in accounts if account.status.is_expired]
    contacts = await contacts_of(session, expired)
    reasons = {account.id: expired_words(account.valid_until, contacts[account.id]) for account in expired}
    await end_many(session, actor=actor, reasons=reasons)
    for account in accounts:
        if account.id not in reasons:
            await end_sessions_of_account(session, account, actor, body)
