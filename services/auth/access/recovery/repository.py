"""Every query about recovery: the accounts of a phone that its holder may recover alone. Officials are not among them: their superior
body does it (AUTH-29).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from shared.roles import Portal

_PORTALS = (Portal.TRAINING, Portal.ENTERPRISE)


def _recoverable(phone_index: bytes, portal: Portal | None = None) -> ColumnElement[bool]:
    portals = [each for each in _PORTALS if portal in {None, each}]
    return and_(
        Account.phone_index == phone_index, Account.status.in_(AccountStatus.is_usable), Account.portal.in_(portals)
    )


async def is_known(session: AsyncSession, phone_index: bytes, portal: Portal | None) -> bool:
    """Whether there is anything to recover."""
    return bool(await session.scalar(select(exists().where(_recoverable(phone_index, portal)))))


async def list_accounts(session: AsyncSession, phone_index: bytes, portal: Portal | None) -> Sequence[Account]:
    """Every account of this phone, by name."""
    found = select(Account).where(_recoverable(phone_index, portal)).order_by(Account.login_name)
    return (await session.scalars(found)).all()


async def get_account(session: AsyncSession, phone_index: bytes, account_id: UUID) -> Account | None:
    """One of them, as it is now and locked until the transaction ends."""
    found: Account | None = await session.scalar(
        select(Account)
        .where(_recoverable(phone_index), Account.id == account_id)
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    return found
