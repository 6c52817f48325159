"""The chain that stands between an account and its sign-in, as a table of checks: each is a pure function of what is known of the account
and says in words what is wrong and which action repairs it (FAQ-D21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.auth.access.accounts.models import Account
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction
from services.auth.access.sessions.devices import device_label
from services.auth.access.sessions.models import LoginSession
from services.auth.access.sessions.service import is_over
from services.auth.desks.oversight.schemas import AccessCheck, RepairAction
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.organisations.workflow import ORGANISATION, OrganisationAction
from services.auth.settings import auth_settings
from shared.clock import beijing_time, beijing_today, is_past
from shared.identity import Actor
from shared.workflow.buttons import allowed_actions
from shared.workflow.definition import A, R, Workflow


@dataclass(frozen=True)
class Facts:
    """What the checks look at. ``newest`` is the account's newest session, ``failed_at`` its last wrong password, ``codes`` how many
    codes for signing in it was sent within a day."""

    account: Account
    newest: LoginSession | None
    failed_at: datetime | None
    actor: Actor
    now: datetime
    codes: int = 0


def when(moment: datetime) -> str:
    """A moment on Beijing's clock."""
    return f"{beijing_time(moment):%Y-%m-%d %H:%M}"


def _repair(
    path: str, workflow: Workflow[R, A], record: R, action: A, facts: Facts | tuple[Actor, datetime]
) -> RepairAction | None:
    actor, now = facts if isinstance(facts, tuple) else (facts.actor, facts.now)
    url = f"/api/auth/{path}/{record.id}/{action.value}"
    shown = (each for each in allowed_actions(workflow, record, actor, now) if each.action == action.value)
    return next((RepairAction(**each.model_dump(), url=url) for each in shown), None)


def organisation_check(organisation: Organisation, actor: Actor, now: datetime) -> AccessCheck:
    """机构管理's switch."""
    words = (
        f"{organisation.name}已启用"
        if organisation.active
        else f"{organisation.name}已停用，其所有账号都不能登录，请启用机构"
    )
    action = OrganisationAction.ENABLE
    return AccessCheck(
        name="organisation_enabled",
        label="机构是否启用",
        ok=organisation.active,
        blocks=True,
        detail=words,
        action=None
        if organisation.active
        else _repair("organisations", ORGANISATION, organisation, action, (actor, now)),
    )


def _organisation(facts: Facts) -> AccessCheck:
    return organisation_check(facts.account.organisation, facts.actor, facts.now)


def _check(
    facts: Facts, name: str, label: str, detail: str, *, ok: bool, repair: AccountAction | None, blocks: bool = True
) -> AccessCheck:
    action = _repair("accounts", ACCOUNT, facts.account, repair, facts) if repair and not ok else None
    return AccessCheck(name=name, label=label, ok=ok, blocks=blocks, detail=detail, action=action)


def _enabled(facts: Facts) -> AccessCheck:
    ok = not facts.account.status.is_disabled
    detail = "账号未被停用" if ok else "账号已停用，不能登录，请启用账号"
    return _check(facts, "account_enabled", "账号是否启用", detail, ok=ok, repair=AccountAction.ENABLE)


def _activated(facts: Facts) -> AccessCheck:
    ok = facts.account.password_hash is not None
    detail = (
        "已设置密码" if ok else "账号尚未激活：持有人还没有按短信中的链接设置密码；链接已过期的，请重置密码以重新发送"
    )
    return _check(facts, "activated", "是否激活", detail, ok=ok, repair=AccountAction.RESET)


def _valid(facts: Facts) -> AccessCheck:
    account = facts.account
    first, last = f"{account.valid_from:%Y-%m-%d}", f"{account.valid_until:%Y-%m-%d}"
    label, name = "有效期", "valid"
    if account.valid_from > beijing_today(facts.now):
        return _check(facts, name, label, f"有效期自 {first} 开始，届时方可登录", ok=False, repair=None)
    ok = not account.status.is_expired and not is_past(account.valid_until, facts.now)
    detail = f"有效期至 {last}" if ok else f"有效期已于 {last} 届满，不能登录，请办理延期"
    return _check(facts, name, label, detail, ok=ok, repair=AccountAction.EXTEND)


def _unlocked(facts: Facts) -> AccessCheck:
    until = facts.account.locked_until
    ok = until is None or until <= facts.now
    detail = f"密码连续输错，账号锁定至 {when(until)}，可解除锁定" if until and not ok else "没有被锁定"
    return _check(facts, "unlocked", "是否锁定", detail, ok=ok, repair=AccountAction.UNLOCK)


def _own_password(facts: Facts) -> AccessCheck:
    ok = not facts.account.must_change_password
    detail = "密码由持有人自己设置" if ok else "密码由他人设置，首次登录后须先修改密码才能办理业务"
    return _check(facts, "password_changed", "首次改密", detail, ok=ok, repair=None, blocks=False)


def _elsewhere(facts: Facts) -> AccessCheck:
    live = facts.newest if facts.newest and facts.newest.ended_at is None and not is_over(facts.newest) else None
    detail = "目前没有在其他设备登录"
    if live:
        device = f"{device_label(live.user_agent)}，{live.address}"
        detail = f"自 {when(live.created_at)} 起已在一台设备（{device}）登录；再次登录时可确认结束那台设备上的登录，也可强制下线"
    repair = AccountAction.END_SESSIONS
    return _check(facts, "not_elsewhere", "是否已在别处登录", detail, ok=live is None, repair=repair, blocks=False)


def _last(facts: Facts) -> AccessCheck:
    signed_in = f"最近一次登录 {when(facts.newest.created_at)}" if facts.newest else "从未登录"
    failed = f"最近一次密码错误 {when(facts.failed_at)}" if facts.failed_at else "没有密码错误记录"
    failed_last = facts.failed_at and (facts.newest is None or facts.failed_at > facts.newest.created_at)
    detail = f"{signed_in}；{failed}"
    return _check(facts, "last_sign_in", "最近一次登录", detail, ok=not failed_last, repair=None, blocks=False)


def _codes(facts: Facts) -> AccessCheck:
    most = auth_settings().sign_in_codes_per_phone_a_day
    ok = facts.codes < most
    detail = f"24 小时内获取登录验证码 {facts.codes} 次，最多 {most} 次"
    words = detail if ok else f"{detail}，现在不能再获取，可解除限制；如非持有人本人操作，请重置密码"
    return _check(facts, "codes", "验证码是否用尽", words, ok=ok, repair=AccountAction.LIFT_CODE_LIMIT)


CHAIN: tuple[Callable[[Facts], AccessCheck], ...] = (
    _organisation,
    _enabled,
    _activated,
    _valid,
    _unlocked,
    _codes,
    _own_password,
    _elsewhere,
    _last,
)


def checks_of(facts: Facts) -> list[AccessCheck]:
    """The account's checks, in the order in which signing in asks; of codes only where it asks for one."""
    return [check(facts) for check in CHAIN if check is not _codes or facts.account.needs_code]
