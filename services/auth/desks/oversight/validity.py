"""The end of an account's validity (AUTH-05): warned of 30, 7 and 1 days before, over on the day after the last one. Each batch is a
transaction of its own; a run that is cut short or comes twice leaves nothing half done and warns nobody twice.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.repository import note_warned
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.signing_out import contacts_of
from shared.clock import beijing_today, now_utc
from shared.events.auth import AccountExpiring
from shared.events.log import record
from shared.identity import SYSTEM
from shared.workflow.apply_all import apply_all

THRESHOLDS = (30, 7, 1)
BATCH = 500


async def expire_batch(session: AsyncSession) -> bool:
    """Ends some accounts whose last day, which counts to its end in Beijing, is over; True when there may be more."""
    due = await repository.past_their_day(session, beijing_today(now_utc()), BATCH)
    await apply_all(session, ACCOUNT, due, AccountAction.EXPIRE, actor=SYSTEM, held=True)
    return len(due) == BATCH


async def warn_batch(session: AsyncSession) -> bool:
    """Tells some holders whose last day is near, once for each threshold; True when there may be more."""
    today = beijing_today(now_utc())
    due = await repository.near_their_day(session, today, THRESHOLDS, BATCH)
    contacts = await contacts_of(session, due)
    for account in due:
        days = (account.valid_until - today).days
        organisation = account.organisation
        record(
            session,
            AccountExpiring(
                account_id=account.id,
                organisation_id=organisation.id,
                person_name=account.person_name,
                login_name=account.login_name,
                region_code=organisation.region_code,
                days=days,
                valid_until=account.valid_until,
                contact=contacts[account.id],
            ),
        )
        after = {"days": days, "valid_until": account.valid_until.isoformat()}
        ACCOUNT.note(session, account.id, "warn", actor=SYSTEM, after=after)
    if due:
        await note_warned(session, today, THRESHOLDS, [account.id for account in due])
    await session.flush()
    return len(due) == BATCH
