"""The province's only account manager without phone and password (AUTH-29, STAFF-11): nobody stands above, so whoever operates the
platform gives the account back, by ``ops.rescue_manager``. Two people answer for it by name; the history keeps them and the reason, and the
old phone is told. As long as another manager of the province can do it, it is not done here; a new phone of the first account is given here
alone, whoever else there is (AUTH-31). No route leads here.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction
from services.auth.access.activations.service import give_phone, reset_password
from services.auth.access.sessions.refusals import refusal_of
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.beginning import Begun
from shared.clock import beijing_today, now_utc, years_after
from shared.errors import Conflict, NotFound
from shared.fields import PASTED, CleanText, Mobile, PersonName
from shared.identity import SYSTEM
from shared.reference.pinyin import same_name
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody


class OthersCanHelp(Conflict):
    code = "others_can_help"

    def __init__(self, others: list[Account]) -> None:
        names = "、".join(f"{each.person_name}（{each.login_name}）" for each in others)
        super().__init__(f"省级还有其他账号管理人员可以办理：{names}。请由其在“账号”中重置密码、更换手机号码")


class NoManager(NotFound):
    code = "no_such_manager"
    detail = "没有这个省级账号管理人员的账号，请核对登录账号；其他账号由其上级机构的账号管理人员办理"


class Rescue(BaseModel):
    """``phone`` is the holder's new number, left out where the old one is still the holder's. ``operator`` does it, ``witness`` has checked
    who asks; both are named in the history."""

    model_config = ConfigDict(extra="forbid")

    login_name: Annotated[str, CleanText(64), PASTED]
    phone: Mobile | None = None
    reason: Annotated[str, CleanText(200)]
    operator: PersonName
    witness: Annotated[PersonName, Field(validate_default=True)]

    @field_validator("witness")
    @classmethod
    def _somebody_else(cls, witness: str, info: ValidationInfo) -> str:
        if same_name(witness, str(info.data.get("operator", ""))):
            raise PydanticCustomError("same_person", "经办人和核对人须为两个人")
        return witness


async def rescue_manager(session: AsyncSession, body: Rescue) -> Begun:
    """The account without its password, at the new phone, valid for at least a year where it had expired, and the link by which its holder
    sets another. Raises NoManager, OthersCanHelp, InvalidInput for a phone that is another's, and what stands against using the account."""
    await repository.hold_beginning(session)
    managers = await repository.province_managers(session)
    account = next((each for each in managers if each.login_name == body.login_name.lower()), None)
    if account is None:
        raise NoManager
    today = beijing_today(now_utc())
    only_here = account.is_first and body.phone is not None
    others = [each for each in managers if each is not account and can_help(each, today)]
    if others and not only_here:
        raise OthersCanHelp(others)
    reason = f"{body.reason}（经办 {body.operator}，核对 {body.witness}）"
    if account.valid_until < today:
        account.valid_until = years_after(today, 1)
    await apply(session, ACCOUNT, account, AccountAction.RESCUE, actor=SYSTEM, body=ActionBody(reason=reason))
    if refusal := await refusal_of(session, account):
        raise refusal
    if body.phone and body.phone != account.phone:
        await give_phone(session, account, SYSTEM, body.phone, reason)
    link = await reset_password(session, account, SYSTEM)
    return Begun(account, link)


def can_help(account: Account, today: date) -> bool:
    """Whether somebody signs in with this account today."""
    usable = account.status.is_usable and account.organisation.active and account.password_hash is not None
    return usable and account.valid_from <= today <= account.valid_until
