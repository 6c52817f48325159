"""Is this credit code registered here, and what is to be done now (FAQ-D2, AUTH-26)? Whoever asks learns yes or no and the last two digits
of a phone, and names only where several units share the code (X22). An appeal chooses by what was shown.
"""

from collections.abc import Sequence

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import AccountStatus
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.desks.cases import repository
from services.auth.desks.cases.limits import count_lookup
from services.auth.desks.cases.schemas import (
    AccountHint,
    AppealCreate,
    NextStep,
    RegistrationLookup,
    UnitHint,
    UnitLookup,
)
from services.auth.directory.accepted import service as accepted
from services.auth.directory.organisations.models import Organisation
from shared.errors import Conflict, FieldError, InvalidInput
from shared.roles import Level

# A disabled account is its overseer's business.
APPEALABLE = AccountStatus.is_usable | AccountStatus.is_expired

SIGN_UP = NextStep(action="sign_up", label="企业注册", advice="该统一社会信用代码尚未注册，请办理企业注册")
RECOVER = NextStep(
    action="recover",
    label="找回账号和密码",
    advice="该单位已注册。注册时的手机号码仍在使用的，请用短信验证码找回账号或重设密码",
)
APPEAL = NextStep(
    action="appeal",
    label="账号申诉",
    advice="注册时的手机号码已忘记或不再使用的，请提交账号申诉，由所在地区县卫生健康委审核",
)
CLAIM = NextStep(
    action="claim",
    label="信用代码认领",
    advice="不是本单位注册、代码被其他单位（如分公司）使用的，请凭营业执照申请认领",
)
ASK_SUPERIOR = NextStep(
    action="ask_superior",
    label="联系上级机构",
    advice="该代码属于管理机构，账号由上级机构的账号管理人员查询和重置，请与其联系",
)


class NotRegistered(Conflict):
    code = "not_registered"
    detail = "该统一社会信用代码尚未注册，请直接办理企业注册"


class NoAccount(Conflict):
    code = "no_account"
    detail = "该单位没有可以申诉的账号，请联系所在地市疾控中心账号管理人员"


async def look_up(session: AsyncSession, redis: "Redis", *, body: RegistrationLookup, address: str) -> UnitLookup:
    """Whether the code is registered. Raises TooManyLookups and the refusals of a proof."""
    await count_lookup(redis, address)
    await use_proof(session, body.proof, Action.LOOKUP)
    found = await repository.list_with_code(session, body.credit_code)
    await _require_code(session, found, body.credit_code)
    units = [unit for unit in found if unit.level is Level.UNIT]
    accounts = await repository.accounts_of(session, [unit.id for unit in units])
    hints = [_unit(unit, [each for each in accounts if each.organisation_id == unit.id]) for unit in units]
    if len(hints) == 1:
        hints[0].name = None
    return UnitLookup(registered=bool(found), units=hints, next_steps=_next_steps(found, units))


async def _require_code(session: AsyncSession, found: Sequence[Organisation], credit_code: str) -> None:
    if not found and (problem := await accepted.code_problem(session, credit_code, "")):
        raise InvalidInput(errors=[problem])


def _next_steps(found: Sequence[Organisation], units: Sequence[Organisation]) -> list[NextStep]:
    if not found:
        return [SIGN_UP]
    return [RECOVER, APPEAL, CLAIM] if units else [ASK_SUPERIOR]


def _unit(unit: Organisation, accounts: Sequence[Account]) -> UnitHint:
    usable = [(number, account) for number, account in numbered(accounts) if account.status in APPEALABLE]
    several = len(usable) > 1
    return UnitHint(
        branch_no=unit.branch_no,
        name=unit.name,
        phone_hint=_phone_hint(usable[0][1].phone) if len(usable) == 1 else "",
        accounts=[_account(number, account) for number, account in usable] if several else [],
    )


def numbered(accounts: Sequence[Account]) -> list[tuple[int, Account]]:
    """A unit's accounts as an appeal names them, from 1; a disabled one keeps its number."""
    return list(enumerate(accounts, start=1))


def invalid(field: str, code: str, message: str) -> InvalidInput:
    """One bad field."""
    return InvalidInput(errors=[FieldError(field, code, message)])


async def chosen_unit(session: AsyncSession, body: AppealCreate) -> Organisation:
    """The unit that an appeal is about. Raises NotRegistered, and InvalidInput where one of several has to be chosen (X22)."""
    found = await repository.list_with_code(session, body.credit_code)
    await _require_code(session, found, body.credit_code)
    units = [unit for unit in found if unit.level is Level.UNIT]
    if not units:
        raise NotRegistered(ASK_SUPERIOR.advice if found else None)
    if body.branch_no is None and len(units) > 1:
        raise invalid("branch_no", "choose_unit", "有多个单位使用该代码，请按名称选择本单位")
    chosen = [unit for unit in units if body.branch_no in {None, unit.branch_no}]
    if not chosen:
        raise invalid("branch_no", "unknown_unit", "该代码下没有这个单位，请重新查询后选择")
    return chosen[0]


async def chosen_account(session: AsyncSession, unit: Organisation, body: AppealCreate) -> Account:
    """The account that an appeal is about. Raises NoAccount, and InvalidInput where one of several has to be chosen."""
    accounts = numbered(await repository.accounts_of(session, [unit.id]))
    usable = {number: account for number, account in accounts if account.status in APPEALABLE}
    if not usable:
        raise NoAccount
    if body.account is None and len(usable) > 1:
        raise invalid("account", "choose_account", "该单位有多个账号，请选择要申诉的账号")
    chosen = next(iter(usable.values())) if body.account is None else usable.get(body.account)
    if chosen is None:
        raise invalid("account", "unknown_account", "该单位没有这个账号，请重新查询后选择")
    return chosen


def _account(number: int, account: Account) -> AccountHint:
    return AccountHint(
        number=number, login_name=mask_login_name(account.login_name), phone_hint=_phone_hint(account.phone)
    )


def _phone_hint(phone: str) -> str:
    return f"尾号 {phone[-2:]}"


def mask_login_name(name: str) -> str:
    """Its first two characters and its last: enough to know one's own."""
    return f"{name[:2]}***{name[-1:]}" if len(name) > 4 else f"{name[:1]}***"
