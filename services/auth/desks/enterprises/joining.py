"""A unit that has an account of the training system and is an employer, too, such as a hospital (AUTH-22): its code is in use, so it cannot
sign up; whoever is signed in for it opens its declaration account, by the password that proves the account which it has.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_password
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.access.sessions.sign_in import check_own_password
from services.auth.desks.enterprises import repository
from services.auth.desks.enterprises.schemas import DeclarationAccountCreate, DeclarationAccountOpened
from services.auth.directory.organisations.service import add_kinds, hold_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from services.auth.settings import auth_settings
from shared.clock import beijing_today, now_utc, years_after
from shared.errors import Conflict, Forbidden
from shared.identity import Actor
from shared.roles import Grant, Portal
from shared.runtime import Runtime


class DeclaresAlready(Conflict):
    code = "declaration_account_exists"
    detail = "本单位已有申报账号，请用该账号登录；忘记账号或密码的，请在登录页点“忘记账号密码”"


async def open_declaration_account(
    runtime: Runtime, *, actor: Actor, body: DeclarationAccountCreate
) -> DeclarationAccountOpened:
    """The unit's declaration account, at the phone of the account that is signed in. Raises Forbidden for whoever is no training unit's,
    what ``check_own_password`` raises, DeclaresAlready, LoginNameTaken; no connection is held while passwords are worked on."""
    if actor.portal is not Portal.TRAINING:
        raise Forbidden("只有培训系统的单位账号可以为本单位开通申报账号")
    own = await check_own_password(
        runtime, actor=actor, password=body.own_password.get_secret_value(), field="own_password"
    )
    hashed = await hash_password(body.password.get_secret_value())
    async with runtime.database.unit_of_work() as session:
        opened = await _open(session, actor, own, body, hashed)
    return DeclarationAccountOpened(
        account_id=opened.id,
        login_name=opened.login_name,
        message=f"申报账号 {opened.login_name} 已开通，请退出后用它登录，办理职业病危害项目申报",
    )


async def _open(
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
