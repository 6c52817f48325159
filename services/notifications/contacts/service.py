"""Keeps the directory in step with auth. News may arrive late (a parked event that is let go again): older news never replaces newer."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.contacts import repository
from services.notifications.contacts.models import Account, Organisation
from shared.events.auth import AccountChanged, OrganisationChanged
from shared.events.bookmarks import handled


async def keep_organisation(session: AsyncSession, event: OrganisationChanged) -> None:
    """Takes in what auth says of an organisation."""
    await repository.keep(
        session,
        Organisation,
        id=event.organisation_id,
        name=event.name,
        region_code=event.region_code,
        level=event.level,
        active=event.active,
        changed_at=handled.get().occurred_at,
    )


async def keep_account(session: AsyncSession, event: AccountChanged) -> None:
    """Takes in what auth says of an account and of where its holder is reached."""
    await repository.keep(
        session,
        Account,
        id=event.account_id,
        organisation_id=event.organisation_id,
        person_name=event.person_name,
        portal=event.portal,
        permissions=sorted(permission.value for permission in event.permissions),
        level=event.level,
        region_code=event.region_code,
        active=event.active,
        sms_notices=event.sms_notices,
        email_notices=event.email_notices,
        phone_sealed=event.phone.token if event.phone else None,
        email_sealed=event.email.token if event.email else None,
        changed_at=handled.get().occurred_at,
    )
