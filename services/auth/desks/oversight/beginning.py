"""The first account of a real installation (PLAT-20): the province's body and the account manager who opens all others. Whoever operates
the platform asks for it once, by ``ops.first_account``; no route leads here.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.editing import make_first
from services.auth.access.accounts.grants import check_grants, portal_for
from services.auth.access.accounts.login_names import ChosenLoginName
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account, set_phone
from services.auth.access.activations.service import Link, begin_activation
from services.auth.access.sessions.refusals import refusal_of
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.opening import MAX_YEARS
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from services.auth.directory.organisations.workflow import OrganisationKind
from shared.clock import beijing_today, now_utc, years_after
from shared.errors import Conflict
from shared.fields import CleanText, Email, Landline, Mobile, PersonName, Uscc
from shared.identity import SYSTEM
from shared.roles import Grant, Level

# By the kind of body: what its account does beside opening the accounts of all others.
GRANTS = {
    OrganisationKind.DISEASE_CONTROL: frozenset({Grant.ACCOUNT_MANAGEMENT, Grant.DISEASE_CONTROL}),
    OrganisationKind.HEALTH_ADMINISTRATION: frozenset({Grant.ACCOUNT_MANAGEMENT, Grant.HEALTH_ADMINISTRATION}),
}


class ProvinceBegun(Conflict):
    code = "province_begun"

    def __init__(self, account: Account) -> None:
        super().__init__(
            f"已有省级账号（{account.organisation.name}，登录账号 {account.login_name}），首个账号只能开设一次；"
            "其他账号由省级账号管理人员登录后在平台内开通。首个账号尚未激活、需要新链接的，请加 --again"
        )


class NotBegun(Conflict):
    code = "province_not_begun"
    detail = "还没有省级账号，请先开设首个账号（不加 --again）"


class AlreadyActivated(Conflict):
    code = "already_activated"
    detail = "首个账号已经激活或已有其他省级账号，不再发放新链接；忘记密码的，请由另一位省级账号管理人员重置"


def _province(code: str) -> str:
    if not (len(code) == 6 and code.isascii() and code.isdecimal() and code.endswith("0000")):
        raise PydanticCustomError("not_a_province", "应为省级行政区划代码：六位数字、以 0000 结尾，如 320000")
    return code


class FirstAccount(BaseModel):
    """What the operator tells of the body and of the person. ``years`` is how long the account is valid (AUTH-05)."""

    model_config = ConfigDict(extra="forbid")

    organisation_name: Annotated[str, CleanText(100)]
    credit_code: Uscc
    region_code: Annotated[str, AfterValidator(_province)]
    kind: Literal[OrganisationKind.DISEASE_CONTROL, OrganisationKind.HEALTH_ADMINISTRATION] = (
        OrganisationKind.DISEASE_CONTROL
    )
    office_phone: Landline | None = None
    person_name: PersonName
    phone: Mobile
    login_name: ChosenLoginName
    email: Email | None = None
    years: int = Field(default=MAX_YEARS, ge=1, le=MAX_YEARS)


@dataclass(frozen=True)
class Begun:
    """The account that waits for its activation, and the link that activates it."""

    account: Account
    link: Link


async def require_not_begun(session: AsyncSession) -> None:
    """Raises ProvinceBegun when the province has an account already; nobody else opens its first one until the transaction ends."""
    await repository.hold_beginning(session)
    if known := await repository.province_accounts(session):
        raise ProvinceBegun(known[0])


async def open_first_account(session: AsyncSession, body: FirstAccount) -> Begun:
    """The province's body, its account manager, and the link by which that person sets a password.

    Raises ProvinceBegun, InvalidInput (a region that is not valid today), CreditCodeTaken, LoginNameTaken, PhoneTaken.
    """
    await require_not_begun(session)
    organisation = await open_organisation(
        session,
        actor=SYSTEM,
        body=OrganisationOpen(
            name=body.organisation_name,
            short_name=body.organisation_name[:50],
            credit_code=body.credit_code,
            level=Level.PROVINCE,
            region_code=body.region_code,
            phone=body.office_phone,
            kinds=(body.kind,),
        ),
    )
    grants, today = GRANTS[body.kind], beijing_today(now_utc())
    portal = portal_for(organisation.level, grants)
    check_grants(portal, organisation.level, grants)
    opening = AccountOpen(
        **body.model_dump(include={"login_name", "person_name", "phone", "email"}),
        portal=portal,
        grants=grants,
        valid_from=today,
        valid_until=years_after(today, body.years),
    )
    account = await open_account(session, actor=SYSTEM, organisation=organisation, body=opening)
    await make_first(session, account)
    return Begun(account, await begin_activation(session, account=account))


async def renew_first_link(session: AsyncSession, phone: str | None = None) -> Begun:
    """A new link while nobody has used the account; the link before is dead. ``phone`` corrects a number that was mistyped.

    Raises NotBegun, AlreadyActivated, PhoneTaken, and what stands against using the account.
    """
    await repository.hold_beginning(session)
    known = await repository.province_accounts(session)
    if not known:
        raise NotBegun
    account = known[0]
    if len(known) > 1 or account.password_hash is not None:
        raise AlreadyActivated
    if refusal := await refusal_of(session, account):
        raise refusal
    if phone and phone != account.phone:
        await set_phone(session, actor=SYSTEM, account=account, phone=phone)
    return Begun(account, await begin_activation(session, account=account))
