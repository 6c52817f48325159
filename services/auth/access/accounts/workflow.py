"""Whether an account may be used at all, and what its overseers do with it (STAFF-11, AUTH-05, AUTH-29). A lock after wrong passwords is
no status: it passes by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, PlainSerializer

from services.auth.directory.organisations.workflow import is_above
from shared.clock import beijing_today, years_after
from shared.crypto import Sealed, mask_phone
from shared.days import Day
from shared.db.types import field_cipher
from shared.events.auth import AccountChanged
from shared.fields import Mobile
from shared.identity import Actor
from shared.roles import Grant, Level, Permission, Portal, permissions_of
from shared.workflow.asked import ActionChoice
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.auth.access.accounts.models import Account


class AccountStatus(Labelled):
    ACTIVE = "active", "正常", Colour.GOOD
    EXPIRED = "expired", "到期", Colour.WAITING
    DISABLED = "disabled", "停用", Colour.REFUSED

    @meaning
    def is_usable(self) -> bool:
        """Its holder signs in, and its phone is nobody else's (X18)."""
        return self is AccountStatus.ACTIVE

    @meaning
    def is_expired(self) -> bool:
        """An extension brings it back."""
        return self is AccountStatus.EXPIRED

    @meaning
    def is_disabled(self) -> bool:
        """Somebody took it out of use."""
        return self is AccountStatus.DISABLED


class AccountAction(Labelled):
    ENABLE = "enable", "启用"
    DISABLE = "disable", "停用"
    EXTEND = "extend", "延期"
    RESET = "reset", "重置密码"
    UNLOCK = "unlock", "解除锁定"
    END_SESSIONS = "end_sessions", "强制下线"
    LIFT_CODE_LIMIT = "lift_code_limit", "解除验证码限制"
    RESCUE = "rescue", "由平台运维人员重置"
    EXPIRE = "expire", "到期停用"
    GRANT_ADMINISTRATION = "grant_administration", "授予平台管理"
    REVOKE_ADMINISTRATION = "revoke_administration", "收回平台管理"


class ExtendBody(ActionBody):
    """``valid_until`` lies one to three years ahead (AUTH-05), and never before the end that the account has."""

    valid_until: Day = Field(description="新的有效期截止日期")


class ResetBody(ActionBody):
    """``phone`` is the holder's new one where the old one is lost, or was a stranger's from the start (AUTH-29); the history shows it
    masked."""

    phone: Annotated[Mobile, PlainSerializer(mask_phone, when_used="json")] | None = Field(
        default=None, description="新的手机号码（原号码已不能使用或开通时填错的才填写）"
    )


def account_changed(account: "Account", _actor: Actor | None = None, _body: ActionBody | None = None) -> AccountChanged:
    """The event of an account as it is now; phone and e-mail go sealed (PLAT-05)."""
    cipher, organisation = field_cipher(), account.organisation
    return AccountChanged(
        account_id=account.id,
        organisation_id=organisation.id,
        person_name=account.person_name,
        portal=account.portal,
        level=organisation.level,
        region_code=organisation.region_code,
        permissions=permissions_of(account.granted, organisation.level),
        active=account.status is AccountStatus.ACTIVE,
        phone=Sealed.seal(cipher, account.phone),
        email=Sealed.seal(cipher, account.email) if account.email else None,
        sms_notices=account.sms_notices,
        email_notices=account.email_notices,
    )


def _overseer(account: "Account", actor: Actor, _now: datetime) -> Refusal | None:
    return not_overseer(account, actor)


_NEEDS_FIRST = Refusal("needs_first_account", "有平台管理权限的账号由本省首个账号办理，平台管理权限也由其授予和收回")


def not_overseer(account: "Account", actor: Actor) -> Refusal | None:
    """Why this actor, who sees the account, may not act on it (AUTH-29); None when it may."""
    if account.id == actor.account_id:
        return Refusal("own_account", "不能办理自己的账号，请由上级账号管理人员办理")
    if account.portal is Portal.OFFICIALS and not is_above(actor, account.organisation.level):
        return Refusal("needs_superior", "管理机构的账号由其上级机构办理，请联系上级机构的账号管理人员")
    if Grant.PLATFORM_ADMINISTRATION in account.granted and actor.account_id != account.first_id:
        return _NEEDS_FIRST
    return None


_FIRST_STAYS = Refusal(
    "first_account_stays",
    "这是本省首个账号，平台管理权限由其授予和收回，不能由其他账号停用。持有人离岗的，请平台运维人员核对身份后，"
    "用 rescue-manager 命令把账号交给接任人",
)


def _closer(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    return _overseer(account, actor, now) or (_FIRST_STAYS if account.is_first else None)


def _may_be_granted(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    """AUTH-31: the province's first account alone grants 平台管理 and takes it back, to accounts of its own organisation, never to itself.
    Whoever holds it hands it on to nobody, and is looked after by the first account."""
    if Grant.PLATFORM_ADMINISTRATION in account.granted:
        return Refusal("administration_held", "该账号已有平台管理权限")
    return _granter(account, actor, now)


def _may_be_revoked(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    if Grant.PLATFORM_ADMINISTRATION not in account.granted:
        return Refusal("administration_not_held", "该账号没有平台管理权限")
    if refusal := _granter(account, actor, now):
        return refusal
    if len(account.granted) == 1:
        return Refusal("only_grant", "平台管理是该账号唯一的权限，请先修改资料给予其他权限，或停用该账号")
    return None


def _granter(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    if account.organisation_id != actor.organisation_id:
        return Refusal("other_organisation", "平台管理权限只授予首个账号所在机构的账号")
    if account.id != actor.account_id and actor.account_id != account.first_id:
        return _NEEDS_FIRST
    return _overseer(account, actor, now)


def _locked(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    if account.locked_until is None or account.locked_until <= now:
        return Refusal("not_locked", "账号没有被锁定")
    return _overseer(account, actor, now)


def _asked_for_codes(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    if not account.needs_code:
        return Refusal("no_codes", "该账号登录不需要短信验证码")
    return _overseer(account, actor, now)


def _extender(account: "Account", actor: Actor, now: datetime) -> Refusal | None:
    if actor.level is Level.COUNTY:
        return Refusal("needs_city", "账号延期由地市疾控中心账号管理人员办理，请与其联系")
    first, last = extension_range(account.valid_until, beijing_today(now))
    if first > last:
        return Refusal(
            "valid_long_enough", f"账号有效期至 {account.valid_until:%Y-%m-%d}，已超过自今天起 3 年，暂不需要延期"
        )
    return _overseer(account, actor, now)


def extension_range(valid_until: date, today: date) -> tuple[date, date]:
    """The first and the last day to which a validity may be extended (AUTH-05): one to three years ahead, and longer than it is."""
    return max(years_after(today, 1), valid_until + timedelta(days=1)), years_after(today, 3)


def _extensions(account: "Account", now: datetime) -> Mapping[str, Sequence[ActionChoice]]:
    today = beijing_today(now)
    first, last = extension_range(account.valid_until, today)
    ends = [(years, years_after(max(today, account.valid_until), years)) for years in (1, 2, 3)]
    fitting = [(years, end) for years, end in ends if first <= end <= last]
    return {"valid_until": [ActionChoice(value=f"{end:%Y-%m-%d}", label=f"{years} 年") for years, end in fitting]}


_S, _A = AccountStatus, AccountAction
_MANAGERS = {Permission.ACCOUNT_MANAGEMENT}

ACCOUNT: "Workflow[Account, AccountAction]" = Workflow(
    name="account",
    label="账号",
    statuses=AccountStatus,
    initial=_S.ACTIVE,
    consequences={
        _A.ENABLE: "该账号可以重新登录，原来的密码不变。",
        _A.DISABLE: "该账号立即不能再登录，正在使用的会被退出，直到重新启用；理由记入变更记录。",
        _A.EXTEND: "账号有效期延长到所选日期；已到期的同时恢复正常。",
        _A.RESET: "原密码和已发出的链接作废、锁定解除、正在使用的会被退出；设置新密码的链接以短信发送给持有人本人，填写了新手机号码的，"
        "账号改用该号码并发送到该号码，原号码会收到告知。您不会看到密码。",
        _A.UNLOCK: "该账号立即可以再次登录，密码不变。",
        _A.END_SESSIONS: "该账号正在使用的登录会被退出，可以重新登录。",
        _A.GRANT_ADMINISTRATION: "该账号的菜单中出现“管理”：可以维护班次类型、专业、科室等字典，查看各项操作记录和平台运行状况。",
        _A.REVOKE_ADMINISTRATION: "该账号不再看到“管理”，其他权限不变。",
        _A.LIFT_CODE_LIMIT: "可以重新获取登录验证码，已发送的验证码作废；如非本人频繁获取，请同时重置密码。",
    },
    suggestions={_A.EXTEND: _extensions},
    transitions=(
        Transition(
            _A.ENABLE,
            {_S.DISABLED},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_overseer,
            then="forget_switch",
            emits=account_changed,
        ),
        Transition(
            _A.DISABLE,
            {_S.ACTIVE, _S.EXPIRED},
            _S.DISABLED,
            by=_MANAGERS,
            guard=_closer,
            needs_reason=True,
            then="end_sessions",
            emits=account_changed,
        ),
        Transition(
            _A.EXTEND,
            {_S.ACTIVE, _S.EXPIRED},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_extender,
            then="extend",
            emits=account_changed,
            body=ExtendBody,
        ),
        Transition(
            _A.RESET,
            {_S.ACTIVE},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_overseer,
            needs_reason=True,
            then="reset",
            body=ResetBody,
        ),
        Transition(_A.UNLOCK, {_S.ACTIVE}, _S.ACTIVE, by=_MANAGERS, guard=_locked, then="unlock"),
        Transition(_A.END_SESSIONS, {_S.ACTIVE}, _S.ACTIVE, by=_MANAGERS, guard=_overseer, then="end_sessions"),
        Transition(
            _A.LIFT_CODE_LIMIT,
            {_S.ACTIVE},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_asked_for_codes,
            then="lift_code_limit",
        ),
        Transition(
            _A.GRANT_ADMINISTRATION,
            {_S.ACTIVE},
            _S.ACTIVE,
            by=_MANAGERS,
            guard=_may_be_granted,
            needs_reason=True,
            then="grant_administration",
            emits=account_changed,
        ),
        *(
            Transition(
                _A.REVOKE_ADMINISTRATION,
                {status},
                status,
                by=_MANAGERS,
                guard=_may_be_revoked,
                needs_reason=True,
                then="revoke_administration",
                emits=account_changed,
            )
            for status in _S
        ),
        Transition(_A.RESCUE, {_S.ACTIVE, _S.EXPIRED}, _S.ACTIVE, needs_reason=True, emits=account_changed),
        Transition(_A.EXPIRE, {_S.ACTIVE}, _S.EXPIRED, then="end_sessions", emits=account_changed),
    ),
    hints={
        (_A.ENABLE, _S.ACTIVE): "账号已是正常状态，无需启用",
        (_A.ENABLE, _S.EXPIRED): "账号已到期，请办理延期",
        (_A.DISABLE, _S.DISABLED): "账号已停用，如需恢复请启用",
        (_A.EXTEND, _S.DISABLED): "账号已停用，请先启用再延期",
        (_A.RESET, _S.DISABLED): "账号已停用，请先启用再重置密码",
        (_A.RESET, _S.EXPIRED): "账号已到期，请先延期再重置密码",
    },
)
