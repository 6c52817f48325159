"""The one query about phones: whether a number is free. Nobody lists whose it is."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from shared.roles import Portal


async def is_taken(session: AsyncSession, account: Account, phone_index: bytes) -> bool:
    """Whether another account that is in use in the same portal has this phone; an employer's may serve several units (X18)."""
    if account.portal is Portal.ENTERPRISE:
        return False
    others = exists().where(
        Account.portal == account.portal,
        Account.phone_index == phone_index,
        Account.status.in_(AccountStatus.is_usable),
        Account.id != account.id,
    )
    return bool(await session.scalar(select(others)))
