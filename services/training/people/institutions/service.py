"""Keeps the organisations in step with auth. News may come late (a parked event that is let go again): older never replaces newer."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.institutions import repository
from shared.events.auth import OrganisationChanged
from shared.events.bookmarks import handled
from shared.identity import Actor
from shared.roles import Level


async def keep_organisation(session: AsyncSession, event: OrganisationChanged) -> None:
    """Takes in what auth says of a unit; offices that oversee keep no files and are passed over."""
    if event.level is not Level.UNIT:
        return
    await repository.keep(
        session,
        id=event.organisation_id,
        name=event.name,
        credit_code=event.credit_code,
        region_code=event.region_code,
        active=event.active,
        changed_at=handled.get().occurred_at,
    )


async def ensure_own_unit(session: AsyncSession, actor: Actor) -> None:
    """Makes sure that the actor's unit can be referred to, also in the seconds before auth's news of it has come."""
    await repository.add_unless_known(
        session,
        id=actor.organisation_id,
        name=actor.organisation_name,
        credit_code="",
        region_code=actor.region_code,
        active=True,
    )


async def hold_own_unit(session: AsyncSession, actor: Actor) -> None:
    """As ``ensure_own_unit``, and whoever else asks for the same unit waits until this transaction ends."""
    await ensure_own_unit(session, actor)
    await repository.lock(session, actor.organisation_id)
