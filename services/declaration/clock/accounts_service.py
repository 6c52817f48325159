"""Whom of a unit a notice reaches, as auth tells of its accounts. Older news never replaces newer."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.clock import repository
from shared.events.auth import AccountChanged
from shared.events.bookmarks import handled
from shared.roles import Level, Permission


async def keep_account(session: AsyncSession, event: AccountChanged) -> None:
    """Takes in what auth says of a unit's account; those of authorities are no business of the clock."""
    if event.level is not Level.UNIT:
        return
    await repository.keep_account(
        session,
        id=event.account_id,
        employer_id=event.organisation_id,
        may_declare=event.active and Permission.HAZARD_DECLARATION in event.permissions,
        has_phone=event.phone is not None,
        changed_at=handled.get().occurred_at,
    )
