"""Keeps the officers in step with auth. Older news never replaces newer."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.officers import repository
from shared.events.auth import AccountChanged
from shared.events.bookmarks import handled
from shared.roles import Level, Permission

_SEES = frozenset({Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT})


async def keep_officer(session: AsyncSession, event: AccountChanged) -> None:
    """Takes in what auth says of an authority's account; those of units are no officers."""
    if event.level is Level.UNIT:
        return
    await repository.keep(
        session,
        id=event.account_id,
        organisation_id=event.organisation_id,
        person_name=event.person_name,
        sees=event.active and bool(_SEES & event.permissions),
        changed_at=handled.get().occurred_at,
    )
