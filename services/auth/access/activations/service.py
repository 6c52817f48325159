"""Activations: the account's holder gets a link by SMS, or a code when the link has expired or was lost, and sets a password that nobody
else ever sees (X15, AUTH-12, AUTH-29). Who opens or resets an account is decided elsewhere.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.buttons import FIRST_PHONE
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_unused, refuse_weak
from services.auth.access.accounts.service import PhoneTaken, last_passwords, set_password, set_phone
from services.auth.access.accounts.workflow import ACCOUNT, ResetBody
from services.auth.access.activations import repository
from services.auth.access.activations.models import Activation
from services.auth.access.activations.schemas import (
    ActivationByCode,
    ActivationCodeCreate,
    ActivationCreate,
    ActivationRead,
    PasswordSet,
    read_policy,
)
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import CodeSent, check_code, phone_index, request_code, spend_checked
from services.auth.access.guesses.service import forget_wrong_guesses
from services.auth.access.sessions.reading import actor_of
from services.auth.access.sessions.refusals import AccountNotStarted, refusal_of
from services.auth.access.sessions.service import end_sessions
from services.auth.access.texts.service import send_text
from services.auth.access.tokens.service import end_tokens
from services.auth.settings import auth_settings
from services.auth.units import keeping_unit
from shared.addresses import address
from shared.blind_index import is_same
from shared.clock import now_utc
from shared.errors import Conflict, FieldError, InvalidInput
from shared.identity import SYSTEM_ID, Actor
from shared.runtime import Runtime
from shared.settings import platform_settings
from shared.web.callers import token_hash


class ActivationOver(Conflict):
    code = "activation_over"
    detail = (
        "该激活已失效：链接已使用、已被新链接代替或已过期，或者该账号无需激活。尚未设置密码的，请在登录页“账号激活”中用登录账号和手机号码"
        "获取验证码设置密码；手机号码已更换的，请联系为您开通或重置账号的机构重新发送"
    )


@dataclass(frozen=True)
class Link:
    """Where a password can be set, once, until ``expires_at``. Its ``repr`` does not show the address, which is a secret."""

    address: str = field(repr=False)
    expires_at: datetime


async def begin_activation(session: AsyncSession, *, account: Account) -> Link:
    """Sends the holder a link that sets a password once, within three days, and gives it; a link sent before is dead."""
    hours = auth_settings().activation_hours
    await repository.end_open(session, account.id)
    token = secrets.token_urlsafe(24)
    link = Link(f"{platform_settings().public_url}{address('activate')}#{token}", now_utc() + timedelta(hours=hours))
    session.add(Activation(account_id=account.id, token_hash=token_hash(token), expires_at=link.expires_at))
    words = f"您的账号 {account.login_name} 请在 {hours} 小时内打开 {link.address} 设置密码后使用。链接只能使用一次，请勿转发。"
    fields = {"login_name": account.login_name, "hours": hours, "link": link.address}
    send_text(session, about="activation", phone=account.phone, words=words, fields=fields, record_id=account.id)
    await session.flush()
    return link


@ACCOUNT.effect("reset", ResetBody)
async def reset(session: AsyncSession, account: Account, actor: Actor, body: ResetBody) -> None:
    """A new password for the holder, and in the same step the phone to which its link goes: the superior has made sure whose it is
    (AUTH-29, STAFF-11). Raises InvalidInput for a phone that is another's (X18), and for any to the province's first account, which nobody
    who is signed in may become (AUTH-31)."""
    if body.phone and body.phone != account.phone:
        if account.is_first:
            raise InvalidInput(errors=[FieldError("phone", FIRST_PHONE.code, FIRST_PHONE.reason)])
        await give_phone(session, account, actor, body.phone, body.reason or "")
    await reset_password(session, account, actor)


async def give_phone(session: AsyncSession, account: Account, actor: Actor, phone: str, reason: str) -> None:
    """Another phone for the account; the old one is told, if it was ever the holder's. Raises InvalidInput for one that is another's."""
    before, was_used = account.phone, account.password_hash is not None
    try:
        await set_phone(session, actor=actor, account=account, phone=phone, reason=reason)
    except PhoneTaken as error:
        raise InvalidInput(errors=[FieldError("phone", PhoneTaken.code, PhoneTaken.detail)]) from error
    if was_used:  # else the old number is a stranger's, who learns nothing of the account
        words = f"您的账号的手机号码已由{actor.organisation_name}更换。如非本人申请，请立即与其联系。"
        send_text(session, about="phone_changed", phone=before, words=words, record_id=account.id)


async def reset_password(session: AsyncSession, account: Account, actor: Actor) -> Link:
    """The password is gone, a lock with it, whoever is signed in is signed out, and the holder gets a link (AUTH-29, BEY-09)."""
    account.password_hash = None
    account.must_change_password = False
    await forget_wrong_guesses(session, name=account.name_index)
    reason = f"您的密码已由{actor.organisation_name}重置，请按短信中的链接设置新密码"
    await end_sessions(session, actor=actor, account_id=account.id, reason=reason)
    # Whoever had the old password could have made one.
    words = f"程序令牌已随{actor.organisation_name}重置密码而停用，请重新生成"
    await end_tokens(session, actor=actor, account_ids=[account.id], reason=words)
    return await begin_activation(session, account=account)


async def link_until(session: AsyncSession, account: Account) -> datetime | None:
    """Until when the link that the account's holder was sent sets a password; None when there is none that does."""
    return await repository.open_until(session, account.id)


async def look_at_activation(session: AsyncSession, token: str) -> ActivationRead:
    """What the page behind the link shows. Raises ActivationOver, and what stands against using the account."""
    row = await _require_open(session, token)
    account = row.account
    return ActivationRead(
        login_name=account.login_name,
        organisation_name=account.organisation.name,
        person_name=_masked(account.person_name),
        policy=read_policy(account.portal),
        expires_at=row.expires_at,
    )


def _masked(name: str) -> str:
    """``张*``, ``张*丰``: enough for its holder."""
    return f"{name[:1]}*{name[-1:] if len(name) > 2 else ''}"


async def _require_open(session: AsyncSession, token: str) -> Activation:
    row = await repository.get_open(session, token)
    if row is None:
        raise ActivationOver
    refusal = await refusal_of(session, row.account)
    if refusal and not isinstance(refusal, AccountNotStarted):
        raise refusal
    return row


async def activate(runtime: Runtime, body: ActivationCreate, address: str) -> PasswordSet:
    """Sets the password by the link's token, which is used up by it (X15). Raises ActivationOver, and InvalidInput for every rule that the
    password breaks; the link stays usable then."""
    async with runtime.database.unit_of_work() as session:
        account = (await _require_open(session, body.token)).account
        past = await last_passwords(session, account)
    hashed = await _new_hash(body.password.get_secret_value(), account, past)
    async with runtime.database.unit_of_work() as session:
        # The account first, as whoever resets it does.
        account = await accounts.require_for_change(session, account.id)
        row = await _require_open(session, body.token)
        row.used_at = now_utc()
        await install_password(session, account=account, hashed=hashed, address=address, action="activate", by="link")
    return PasswordSet(login_name=account.login_name)


async def request_activation_code(session: AsyncSession, body: ActivationCodeCreate, address: str) -> CodeSent:
    """Sends a code to the phone when it is that of the account and the account waits for its activation; else it only seems so."""
    await use_proof(session, body.proof, Action.ACTIVATION)
    account = await accounts.get_by_login_name(session, body.account)
    known = account is not None and _waits(account, body.phone)
    return await request_code(
        session,
        purpose=Purpose.ACTIVATION,
        phone=body.phone,
        address=address,
        known=known,
        named=body.account.lower(),
    )


def _waits(account: Account, phone: str) -> bool:
    is_active = account.status.is_usable
    return is_active and account.password_hash is None and is_same(account.phone_index, phone_index(phone))


async def activate_by_code(runtime: Runtime, body: ActivationByCode, address: str) -> PasswordSet:
    """Sets the password by a code, and ends the link that was sent. Raises the refusals of a code, ActivationOver when there is nothing to
    activate, and InvalidInput for every rule that the password breaks; the code stays usable then."""
    async with keeping_unit(runtime) as session:
        code = await check_code(session, purpose=Purpose.ACTIVATION, phone=body.phone, code=body.code, address=address)
        account = await accounts.get_by_login_name(session, body.account)
        if account is None or not _waits(account, body.phone):
            raise ActivationOver
        past = await last_passwords(session, account)
    hashed = await _new_hash(body.password.get_secret_value(), account, past)
    async with runtime.database.unit_of_work() as session:
        account = await accounts.require_for_change(session, account.id)
        if not _waits(account, body.phone):
            raise ActivationOver
        await spend_checked(session, code.id)
        await install_password(session, account=account, hashed=hashed, address=address, action="activate", by="code")
    return PasswordSet(login_name=account.login_name)


async def _new_hash(clear: str, account: Account, past: list[str]) -> str:
    refuse_weak(clear, account.portal, account.known)
    return await hash_unused(clear, past)


async def install_password(
    session: AsyncSession, *, account: Account, hashed: str, address: str, action: str, by: str
) -> None:
    """A password that the account's holder, proven ``by`` something else than the old one, has chosen. The row of the account is held. A
    link that still waits, a lock (BEY-09) and whoever is signed in with the old password end."""
    holder = actor_of(account, SYSTEM_ID, address)
    await session.flush()
    await repository.end_open(session, account.id)
    await forget_wrong_guesses(session, name=account.name_index)
    reason = "您的密码已重新设置，请用新密码登录"
    await end_sessions(session, actor=holder, account_id=account.id, reason=reason)
    after = {"by": by}
    ACCOUNT.note(session, account.id, action, actor=holder, after=after)
    await set_password(session, actor=holder, account=account, password_hash=hashed, by_its_holder=True)
