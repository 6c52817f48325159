"""Opening accounts, enabling and disabling them, and setting their passwords. Signing in is the business of the sessions domain; who
applies for an account, and how, is not here.
"""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository
from services.auth.access.accounts.buttons import offered_actions
from services.auth.access.accounts.contacts import account_manager_contact
from services.auth.access.accounts.editing import offered_edits
from services.auth.access.accounts.filters import AccountFilters
from services.auth.access.accounts.grants import GRANT_WORDS
from services.auth.access.accounts.models import Account, PastPassword
from services.auth.access.accounts.schemas import AccountListItem, AccountOpen, AccountRead
from services.auth.access.accounts.workflow import ACCOUNT, AccountAction, ExtendBody, account_changed, extension_range
from services.auth.access.guesses.models import name_index
from services.auth.access.guesses.service import forget_wrong_guesses
from services.auth.access.texts.service import send_text
from services.auth.directory.organisations.models import Organisation
from services.auth.settings import auth_settings
from shared.clock import beijing_today, now_utc
from shared.crypto import mask_phone
from shared.db.history import history_of
from shared.db.paging import PageRequest, Rows
from shared.db.types import blind_index
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput
from shared.events.log import record
from shared.identifiers import new_id
from shared.identity import Actor
from shared.roles import permissions_of
from shared.web.histories import HistoryEntry, history_entries
from shared.wording import Word, unsaid
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody


class PhoneTaken(Conflict):
    """X18."""

    code = "phone_taken"
    detail = "该手机号码已用于本平台另一个正常使用的账号，一个手机号码只能对应一个账号，请换一个号码"


class LoginNameTaken(Conflict):
    code = "login_name_taken"
    detail = "该登录账号已被使用，请换一个"


# What is done with an account beside the actions of its table.
DONE = {
    "open": "开通",
    "sign_in": "登录",
    "take_over": "结束其他设备的登录并登录",
    "refuse_sign_in": "登录被拒绝",
    "wrong_password": "密码错误",
    "wrong_old_phone": "填错旧手机号码",
    "send_code": "发送登录验证码",
    "wrong_code": "登录验证码不正确",
    "lock": "锁定",
    "end_session": "结束登录",
    "create_program_token": "生成程序令牌",
    "revoke_program_token": "停用程序令牌",
    "warn": "到期提醒",
    "activate": "激活并设置密码",
    "recover": "找回密码",
    "change_password": "修改密码",
    "change_phone": "更换手机号码",
    "update_settings": "修改个人设置",
    "import_legacy": "自原系统导入",
}
# Why somebody who knew the password was not let in.
_REFUSED = {
    "account_disabled": "账号或单位已停用",
    "account_expired": "账号已到期",
    "account_not_started": "未到启用日期",
    "already_signed_in": "已在另一台设备登录",
}
ACCOUNT.words.update(
    {
        "login_name": Word("登录账号"),
        "portal": Word("账号类别", {"training": "培训系统", "officials": "管理机构", "enterprise": "企业申报"}.get),
        "must_change_password": Word("首次登录须修改密码"),
        "device": Word("设备"),
        "session_id": unsaid("登录"),
        "code": Word("原因", _REFUSED.get),
        "by": Word("方式", {"code": "短信验证码", "link": "短信链接"}.get),
        "number": Word("连续次数"),
        "locked_until": Word("锁定至"),
        "person_name": Word("持有人"),
        "phone": Word("手机号码"),
        "email": Word("电子邮箱"),
        "grants": Word("权限", {grant.value: words for grant, words in GRANT_WORDS.items()}.__getitem__),
        "valid_from": Word("有效期开始日期"),
        "valid_until": Word("有效期截止日期"),
        "theme_colour": Word("主体颜色"),
        "sms_notices": Word("短信通知"),
        "email_notices": Word("邮件通知"),
        "program_token": Word("程序令牌"),
        "program_scopes": Word("程序令牌的权限"),
        "program_valid_until": Word("程序令牌的有效期"),
    }
)
_TAKEN = {"uq_accounts_phone": PhoneTaken, "uq_accounts_login_name": LoginNameTaken}


async def open_account(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation: Organisation,
    body: AccountOpen,
    account_id: UUID | None = None,
) -> Account:
    """A new account; emits ``AccountChanged``. Raises LoginNameTaken, PhoneTaken (X18) and InvalidInput for a validity that ends
    before it begins (AUTH-05)."""
    if body.valid_until < body.valid_from:
        raise InvalidInput(errors=[FieldError("valid_until", "before_start", "有效期的结束日期不能早于开始日期")])
    values = body.model_dump(exclude={"grants", "login_name"})
    account = Account(
        id=account_id or new_id(),
        login_name=body.login_name.lower(),
        name_index=name_index(body.login_name),
        phone_index=blind_index(body.phone),
        grants=sorted(grant.value for grant in body.grants),
        organisation=organisation,
        **values,
    )
    session.add(account)
    await _flush(session)
    if body.password_hash:
        session.add(PastPassword(account_id=account.id, password_hash=body.password_hash))
    after = body.model_dump(mode="json", exclude={"phone", "email", "resident_id", "password_hash"})
    ACCOUNT.note(session, account.id, "open", actor=actor, after=after, version=0)
    record(session, account_changed(account))
    await session.flush()
    await _tell_the_others(session, account)
    return account


async def _tell_the_others(session: AsyncSession, opened: Account) -> None:
    """Whoever holds another account of the unit hears of the new one at once: it may be a stranger's (AUTH-08)."""
    organisation = opened.organisation
    others = await repository.others_of(session, opened)
    if not others:
        return
    contact = await account_manager_contact(session, organisation.region_code, organisation.level)
    words = (
        f"{organisation.name}新开通了账号 {opened.login_name}（手机号码 {mask_phone(opened.phone)}）。"
        f"如非本单位申请，请立即联系{contact}停用。"
    )
    fields = {"login_name": opened.login_name, "contact": contact}
    for phone in {other.phone for other in others} - {opened.phone}:
        send_text(session, about="account_opened", phone=phone, words=words, fields=fields, record_id=opened.id)


async def _flush(session: AsyncSession) -> None:
    with refused_as(_refusal):
        await session.flush()


def _refusal(error: IntegrityError) -> Conflict:
    return next((taken() for name, taken in _TAKEN.items() if name in str(error.orig)), Conflict())


async def act_on_account(
    session: AsyncSession, actor: Actor, account_id: UUID, action: AccountAction, body: ActionBody
) -> AccountRead:
    """Enables or disables an account that the actor oversees. Raises PhoneTaken when its phone is another's by now (X18)."""
    account = await repository.require_overseen(session, actor, account_id)
    with refused_as(_refusal):
        await apply(session, ACCOUNT, account, action, actor=actor, body=body)
    return await read_account(session, account, actor)


@ACCOUNT.effect("extend", ExtendBody)
async def extend(_session: AsyncSession, account: Account, _actor: Actor, body: ExtendBody) -> None:
    """A new end of the validity, one to three years ahead and later than the present one (AUTH-05). Raises InvalidInput."""
    first, last = extension_range(account.valid_until, beijing_today(now_utc()))
    if not first <= body.valid_until <= last:
        message = f"有效期应自今天起延长 1 至 3 年，并晚于现在的截止日期，即 {first:%Y-%m-%d} 至 {last:%Y-%m-%d}"
        raise InvalidInput(errors=[FieldError("valid_until", "validity", message)])
    account.valid_until, account.warned_days = body.valid_until, None


@ACCOUNT.effect("forget_switch")
async def forget_switch(_session: AsyncSession, account: Account, _actor: Actor, _body: ActionBody) -> None:
    """It is in use again: what its organisation's switch had done to it is over."""
    account.disabled_along = False


@ACCOUNT.effect("unlock")
async def unlock(session: AsyncSession, account: Account, _actor: Actor, _body: ActionBody) -> None:
    """Wrong passwords count from one again (AUTH-27)."""
    await forget_wrong_guesses(session, name=account.name_index)


async def set_password(
    session: AsyncSession, *, actor: Actor, account: Account, password_hash: str, by_its_holder: bool
) -> None:
    """Gives the account, whose row the caller holds, a password; one that somebody else has set must be changed at once (AUTH-12)."""
    account.password_hash = password_hash
    account.must_change_password = not by_its_holder
    session.add(PastPassword(account_id=account.id, password_hash=password_hash))
    ACCOUNT.note(session, account.id, "change_password", actor=actor)
    await session.flush()


def give_to(account: Account, person_name: str) -> None:
    """The account, whose row the caller holds, is another person's from now on: nothing is known of that person but the name."""
    account.person_name, account.resident_id, account.email = person_name, None, None


async def set_phone(session: AsyncSession, *, actor: Actor, account: Account, phone: str, reason: str = "") -> None:
    """Another phone for the account, whose row the caller holds; emits ``AccountChanged``. Raises PhoneTaken (X18). Whoever calls this
    has made sure that the new phone is the holder's (AUTH-20)."""
    before = mask_phone(account.phone)
    account.phone, account.phone_index = phone, blind_index(phone)
    await _flush(session)
    ACCOUNT.note(
        session,
        account.id,
        "change_phone",
        actor=actor,
        before={"phone": before},
        after={"phone": mask_phone(phone)},
        reason=reason or None,
    )
    record(session, account_changed(account))
    await session.flush()


async def last_passwords(session: AsyncSession, account: Account) -> list[str]:
    """The hashes that a new password may not match."""
    return await repository.last_passwords(session, account.id, auth_settings().kept_passwords)


async def list_accounts(
    session: AsyncSession, actor: Actor, *, filters: AccountFilters, page: PageRequest
) -> Rows[Account]:
    """One page of the accounts that the actor oversees."""
    return await repository.list_accounts(session, actor, filters=filters, page=page)


async def get_account(session: AsyncSession, actor: Actor, account_id: UUID) -> AccountRead:
    """One account that the actor oversees; raises NotFound."""
    return await read_account(session, await repository.require_overseen(session, actor, account_id), actor)


async def account_history(session: AsyncSession, actor: Actor, account_id: UUID) -> list[HistoryEntry]:
    """Everything that was done with the account and every sign-in, oldest first (PLAT-04); raises NotFound."""
    account = await repository.require_overseen(session, actor, account_id)
    rows = await history_of(session, ACCOUNT, account.id)
    return history_entries(rows, actor, ACCOUNT, DONE)


def list_item(account: Account, actor: Actor) -> AccountListItem:
    """A row of the list."""
    return AccountListItem.of(account, **_beside(account, actor))


def _beside(account: Account, actor: Actor) -> dict[str, object]:
    organisation = account.organisation
    return {
        "phone": mask_phone(account.phone),
        "grants": sorted(account.granted),
        "organisation_name": organisation.name,
        "region_code": organisation.region_code,
        "level": organisation.level,
        "activated": account.password_hash is not None,
        "allowed_actions": offered_actions(account, actor),
    }


async def read_account(session: AsyncSession, account: Account, actor: Actor) -> AccountRead:
    """The whole account as its overseer, or its holder, sees it. A lock is looked up anew: what was just done may have ended it."""
    await session.refresh(account, ["locked_until", "first_id"])
    return AccountRead.of(
        account,
        **_beside(account, actor),
        edits=offered_edits(account, actor),
        permissions=sorted(permissions_of(account.granted, account.organisation.level)),
    )
