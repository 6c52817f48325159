"""Corrections that reach further than one record, by an overseer or by an employer itself: what an account may do shows in its menu at
once, where an organisation stands shows in the scope of its people. Switching is in ``switching``, the nightly job in ``validity``.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import editing as account_editing
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.schemas import AccountRead, AccountUpdate
from services.auth.access.accounts.service import read_account
from services.auth.access.accounts.workflow import ACCOUNT, account_changed
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.opening import open_account_below
from services.auth.desks.oversight.schemas import AccountCreate
from services.auth.desks.oversight.signing_out import forget_cached
from services.auth.directory.organisations import editing as organisation_editing
from services.auth.directory.organisations import service as organisation_service
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.schemas import OrganisationDetail, OrganisationUpdate
from shared.events.declaration import EmployerChanged
from shared.events.log import record
from shared.identity import Actor
from shared.workflow.definition import ActionBody


async def create_account(session: AsyncSession, *, actor: Actor, body: AccountCreate) -> AccountRead:
    """Opens an account below the actor; see ``open_account_below`` for what is raised."""
    return await read_account(session, await open_account_below(session, actor=actor, body=body), actor)


async def update_account(
    session: AsyncSession, *, actor: Actor, account_id: UUID, expected: int, body: AccountUpdate
) -> AccountRead:
    """Corrects an account; its holder's next request already has the new permissions (AUTH-17). Raises as ``change_account``."""
    account = await account_editing.change_account(
        session, actor=actor, account_id=account_id, expected=expected, body=body
    )
    await forget_cached(session, [account.id])
    return await read_account(session, account, actor)


@ACCOUNT.effect("grant_administration")
async def grant_administration(session: AsyncSession, account: Account, _actor: Actor, _body: ActionBody) -> None:
    """Its holder's next request has 管理 (AUTH-31)."""
    await account_editing.set_administration(session, account, held=True)
    await forget_cached(session, [account.id])


@ACCOUNT.effect("revoke_administration")
async def revoke_administration(session: AsyncSession, account: Account, _actor: Actor, _body: ActionBody) -> None:
    """Its holder's next request has it no more."""
    await account_editing.set_administration(session, account, held=False)
    await forget_cached(session, [account.id])


async def update_organisation(
    session: AsyncSession, *, actor: Actor, organisation_id: UUID, expected: int, body: OrganisationUpdate
) -> OrganisationDetail:
    """Corrects an organisation; a new region is its accounts' too, and the others are told of them. Raises as ``change_organisation``."""
    organisation, changed = await organisation_editing.change_organisation(
        session, actor=actor, organisation_id=organisation_id, expected=expected, body=body
    )
    await _reach_accounts(session, organisation, changed)
    return organisation_service.read_detail(organisation, actor)


async def follow_employer(session: AsyncSession, event: EmployerChanged) -> None:
    """What an employer has corrected itself reaches as far as what an overseer corrects (ORG-11)."""
    organisation, changed = await organisation_service.follow_employer(session, event)
    await _reach_accounts(session, organisation, changed)


async def _reach_accounts(session: AsyncSession, organisation: Organisation, changed: frozenset[str]) -> None:
    if changed & {"name", "region_code"}:
        accounts = await repository.accounts_of(session, [organisation.id])
        await forget_cached(session, [account.id for account in accounts])
        for account in accounts if "region_code" in changed else ():
            record(session, account_changed(account))
        await session.flush()
