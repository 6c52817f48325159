"""One answer to "why can this unit not log in?" (FAQ-D21, STAFF-11): whatever the asker has of it, a login name, a part of the unit's name
or its credit code, leads to the whole chain of each of its accounts.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts.models import Account
from services.auth.access.codes.service import sign_in_codes
from services.auth.desks.oversight import repository
from services.auth.desks.oversight.chain import Facts, checks_of, organisation_check
from services.auth.desks.oversight.schemas import AccessCheck, AccountAccess, UnitAccess
from services.auth.directory.organisations.models import Organisation
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.reference.pinyin import folded

UNITS_AT_MOST = 20


async def check_access(session: AsyncSession, actor: Actor, query: str) -> list[UnitAccess]:
    """The units that the actor oversees and ``query`` means, at most ``UNITS_AT_MOST``. Raises InvalidInput for a blank query."""
    if not folded(query):
        raise InvalidInput(errors=[FieldError("q", "text_blank", "请填写登录账号、单位名称或统一社会信用代码")])
    units = await repository.matching(session, actor, query, UNITS_AT_MOST)
    accounts = await repository.accounts_in(session, [unit.id for unit in units])
    ids = [account.id for account in accounts]
    newest = await repository.newest_sessions(session, ids)
    failures = await repository.last_failures(session, ids)
    codes = await sign_in_codes(session, [account.phone_index for account in accounts])
    now = now_utc()
    facts = [
        Facts(each, newest.get(each.id), failures.get(each.id), actor, now, codes.get(each.phone_index, 0))
        for each in accounts
    ]
    chains = [(each.account, _account(each)) for each in facts]
    return [
        _unit(unit, [(a, chain) for a, chain in chains if a.organisation_id == unit.id], actor, now) for unit in units
    ]


def _account(facts: Facts) -> AccountAccess:
    checks, account = checks_of(facts), facts.account
    return AccountAccess(
        account_id=account.id,
        login_name=account.login_name,
        person_name=account.person_name,
        phone=mask_phone(account.phone),
        can_sign_in=_open(checks),
        checks=checks,
    )


def _unit(
    unit: Organisation, accounts: Sequence[tuple[Account, AccountAccess]], actor: Actor, now: datetime
) -> UnitAccess:
    checks = [organisation_check(unit, actor, now), _some_account(accounts)]
    return UnitAccess(
        organisation_id=unit.id,
        name=unit.name,
        credit_code=unit.credit_code,
        level=unit.level,
        region_code=unit.region_code,
        can_sign_in=_open(checks) and any(access.can_sign_in for _, access in accounts),
        checks=checks,
        accounts=[access for _, access in accounts],
    )


def _some_account(accounts: Sequence[tuple[Account, AccountAccess]]) -> AccessCheck:
    """管理员管理's switch: both levels must be on (ORG-12). The repair is at the account's own check."""
    usable = [
        check for _, access in accounts for check in access.checks if check.name == "account_enabled" and check.ok
    ]
    stopped = [check.action for _, access in accounts for check in access.checks if check.name == "account_enabled"]
    words = f"{len(accounts)} 个账号中有 {len(usable)} 个启用" if accounts else "该单位还没有账号，请先开通账号"
    return AccessCheck(
        name="some_account_enabled",
        label="是否有启用的账号",
        ok=bool(usable),
        blocks=True,
        detail=words if usable or not accounts else f"{words}，请启用至少一个账号",
        action=None if usable else next((action for action in stopped if action), None),
    )


def _open(checks: Sequence[AccessCheck]) -> bool:
    return all(check.ok for check in checks if check.blocks)
