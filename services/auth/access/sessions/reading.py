"""What a session is to others: the actor that the services see, and what its holder learns about itself."""

from uuid import UUID

from services.auth.access.accounts.models import Account
from services.auth.access.sessions.devices import device_label
from services.auth.access.sessions.menu import menu_for, work_of
from services.auth.access.sessions.models import LoginSession
from services.auth.access.sessions.schemas import CurrentSession, LastSignIn, MeRead, OwnAccount, SignedInRead
from services.auth.directory.organisations.schemas import OrganisationRead
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.identity import Actor
from shared.reference.regions import scope_prefix
from shared.roles import permissions_of


def actor_of(account: Account, session_id: UUID, address: str = "") -> Actor:
    """The actor behind a session of this account; its data scope follows from its organisation's region (PLAT-06)."""
    organisation = account.organisation
    return Actor(
        account_id=account.id,
        account_name=account.login_name,
        person_name=account.person_name,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        level=organisation.level,
        portal=account.portal,
        region_code=organisation.region_code,
        region_prefix=scope_prefix(organisation.region_code),
        permissions=permissions_of(account.granted, organisation.level),
        session_id=session_id,
        must_change_password=account.must_change_password,
        address=address,
    )


def read_me(account: Account, own: LoginSession, before: LoginSession | None) -> MeRead:
    """The account, its organisation, the menu of exactly what it may do (AUTH-17), its session and the one before."""
    permissions = permissions_of(account.granted, account.organisation.level)
    menu = menu_for(permissions, account.granted)
    return MeRead(
        account=OwnAccount.of(account, phone=mask_phone(account.phone)),
        organisation=OrganisationRead.of(account.organisation),
        level=account.organisation.level,
        permissions=sorted(permissions),
        menu=menu,
        job_services=work_of(menu),
        must_change_password=account.must_change_password,
        session=CurrentSession(
            begun_at=own.created_at,
            device=device_label(own.user_agent),
            address=own.address,
            expires_at=own.expires_at,
            seconds_left=max(0, round((own.expires_at - now_utc()).total_seconds())),
            idle_seconds=auth_settings().idle_hours * 3600,
        ),
        last_sign_in=before
        and LastSignIn(at=before.created_at, device=device_label(before.user_agent), address=before.address),
    )


def read_signed_in(account: Account, begun: LoginSession, token: str, before: LoginSession | None) -> SignedInRead:
    """The answer to a sign-in."""
    me = read_me(account, begun, before)
    return SignedInRead(**me.model_dump(), token=token, expires_at=begun.expires_at)
