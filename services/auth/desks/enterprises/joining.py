"""A unit that has an account of the training system and is an employer, too, such as a hospital (AUTH-22): its code is in use, so it cannot
sign up; whoever is signed in for it opens its declaration account, by the password that proves the account which it has.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.desks.enterprises import repository
from services.auth.desks.enterprises.schemas import DeclarationAccountCreate
from services.auth.directory.organisations.service import add_kinds, hold_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from services.auth.settings import auth_settings
from shared.clock import beijing_today, now_utc, years_after
from shared.errors import Conflict
from shared.identity import Actor
from shared.roles import Grant, Portal


class DeclaresAlready(Conflict):
    code = "declaration_account_exists"
    detail = "本单位已有申报账号，请用该账号登录；忘记账号或密码的，请在登录页点“忘记账号密码”"


async def open_beside(
    session: AsyncSession, actor: Actor, own: Account, body: DeclarationAccountCreate, hashed: str
) -> Account:
    organisation = await hold_organisation(session, own.organisation_id)
    if await repository.declares(session, organisation.id):
        raise DeclaresAlready
    today = beijing_today(now_utc())
    opening = AccountOpen(
        login_name=body.login_name,
        person_name=own.person_name,
        phone=own.phone,
        portal=Portal.ENTERPRISE,
        grants=frozenset({Grant.HAZARD_DECLARATION}),
        password_hash=hashed,
        valid_from=today,
        valid_until=years_after(today, auth_settings().enterprise_years),
    )
    account = await open_account(session, actor=actor, organisation=organisation, body=opening)
    add_kinds(session, organisation, [OrganisationKind.EMPLOYER], actor)
    await session.flush()
    return account
