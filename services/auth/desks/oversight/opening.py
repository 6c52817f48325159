"""A superior opens an account for a body or unit below it (STAFF-11): the holder gets a link by SMS and sets the password; nobody else ever
knows one (X15). Accounts that units apply for are opened by applications.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.grants import check_grants, portal_for
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.naming import free_login_name
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.access.activations.service import begin_activation
from services.auth.desks.oversight.schemas import AccountCreate
from services.auth.directory.organisations import repository as organisations
from services.auth.directory.organisations.workflow import is_above
from shared.clock import beijing_today, now_utc, years_after
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import Actor

MAX_YEARS = 3


class NeedsSuperior(Conflict):
    code = "needs_superior"
    detail = "账号由上级机构的账号管理人员开通，请联系上级机构"


class OrganisationDisabled(Conflict):
    code = "organisation_disabled"
    detail = "该机构已停用，请先启用机构再开通账号"


async def open_account_below(session: AsyncSession, *, actor: Actor, body: AccountCreate) -> Account:
    """A new account that waits for its activation.

    Raises NotFound (not the actor's to oversee), NeedsSuperior, OrganisationDisabled, InvalidInput (X25, or a validity beyond three
    years; AUTH-05), LoginNameTaken, PhoneTaken (X18).
    """
    organisation = await organisations.require_overseen(session, actor, body.organisation_id)
    if not is_above(actor, organisation.level):
        raise NeedsSuperior
    if not organisation.active:
        raise OrganisationDisabled
    portal = portal_for(organisation.level, body.grants)
    check_grants(portal, organisation.level, body.grants)
    _check_validity(body)
    name = body.login_name or await free_login_name(session, organisation.short_name or organisation.name)
    opening = AccountOpen(**body.model_dump(exclude={"organisation_id", "login_name"}), login_name=name, portal=portal)
    account = await open_account(session, actor=actor, organisation=organisation, body=opening)
    await begin_activation(session, account=account)
    return account


def _check_validity(body: AccountCreate) -> None:
    today, last = beijing_today(now_utc()), years_after(max(body.valid_from, beijing_today(now_utc())), MAX_YEARS)
    if not today <= body.valid_until <= last:
        message = f"有效期的截止日期应在 {today:%Y-%m-%d} 至 {last:%Y-%m-%d} 之间（最长 {MAX_YEARS} 年）"
        raise InvalidInput(errors=[FieldError("valid_until", "validity", message)])
