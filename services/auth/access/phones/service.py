"""A new phone for an account (AUTH-20, AUTH-18): proven by the password, the old number and a code to the new one; by officials with a
code to the old one, too, signed in or not, because knowing a number is not having it (AUTH-28). Whoever has lost the old phone asks the
superior body (FAQ-D17), which is a case and not decided here.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.service import set_phone
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import ProofRefused, require_ticket, take_once
from services.auth.access.challenges.tickets import Ticket, make_ticket
from services.auth.access.codes.models import Purpose
from services.auth.access.codes.service import request_code, spend, use_code
from services.auth.access.guesses.service import forget_wrong_guesses
from services.auth.access.phones.old_numbers import OldNumber, asks_old_phone, judge_old_number, prove_old_phone
from services.auth.access.phones.schemas import (
    OwnPhoneChange,
    OwnPhoneConfirm,
    PhoneChangeConfirm,
    PhoneChangeStart,
    PhoneCodeSent,
    PhoneRead,
)
from services.auth.access.sessions.devices import Device
from services.auth.access.sessions.reading import actor_of
from services.auth.access.sessions.refusals import AlreadySignedIn, WrongCredentials, refusal_of
from services.auth.access.sessions.schemas import SignedInRead
from services.auth.access.sessions.second_factor import PhoneUnusable
from services.auth.access.sessions.service import Proven, begin_session
from services.auth.access.sessions.sign_in import prove_password
from services.auth.access.texts.service import send_text
from services.auth.settings import auth_settings
from services.auth.units import keeping_unit
from shared.crypto import mask_phone
from shared.db.types import field_cipher
from shared.errors import AppError, FieldError, InvalidInput
from shared.identifiers import mobile_problem
from shared.identity import SYSTEM_ID, Actor
from shared.runtime import Runtime


def _refused(field: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(field, code, message)])


async def start_change(runtime: Runtime, body: PhoneChangeStart, address: str) -> PhoneCodeSent:
    """Sends a code to the new phone for whoever knows the password and the old phone (AUTH-20).

    Raises what ``prove_password`` raises, what stands against using the account, OldPhoneWrong, and the limits of codes. Whether the new
    number is another account's is told to whoever has proved it (X18).
    """
    proven = await prove_password(
        runtime,
        account=body.account,
        password=body.password.get_secret_value(),
        proof=body.proof,
        action=Action.CHANGE_PHONE,
        address=address,
    )
    account = await _accept(runtime, proven, OldNumber(body.old_phone, address))
    return await _send(runtime, account, body.new_phone, address)


async def start_own_change(runtime: Runtime, actor: Actor, body: OwnPhoneChange) -> PhoneCodeSent:
    """The same from 个人设置 (AUTH-18): for a unit the session and the password stand for the old phone, an official has to have it here
    too (AUTH-28), since a browser that was left open has not. A wrong password is a counted guess."""
    try:
        proven = await prove_password(
            runtime,
            account=actor.account_name,
            password=body.password.get_secret_value(),
            proof=body.proof,
            action=Action.CHANGE_PHONE,
            address=actor.address,
        )
    except WrongCredentials as error:
        # A 401 would say that the session is over.
        raise _refused("password", "wrong_password", "登录密码不正确") from error
    return await _send(runtime, await _accept(runtime, proven), body.new_phone, actor.address)


async def _accept(runtime: Runtime, proven: Proven, old: OldNumber | None = None) -> Account:
    """The account whose password was right, unless something stands against using it or the ``old`` number is not its own."""
    async with keeping_unit(runtime) as session:
        account = await accounts.require_for_change(session, proven.account_id)
        if account.password_hash != proven.verified_hash:
            raise WrongCredentials
        if refusal := await refusal_of(session, account):
            raise refusal
        if old:
            await judge_old_number(session, account, old)
    return account


async def _send(runtime: Runtime, account: Account, new_phone: str, address: str) -> PhoneCodeSent:
    with_old = asks_old_phone(account)
    if account.phone == new_phone:
        raise _refused("new_phone", "same_phone", "新手机号码与现在的相同，请填写新的号码")
    if with_old and mobile_problem(account.phone):
        raise PhoneUnusable
    async with runtime.database.unit_of_work() as session:
        sent = await request_code(session, purpose=Purpose.NEW_PHONE, phone=new_phone, address=address)
        if with_old:
            await request_code(session, purpose=Purpose.OLD_PHONE, phone=account.phone, address=address)
    seconds = auth_settings().code_seconds
    ticket = make_ticket(Action.CHANGE_PHONE, seconds=seconds, subject=_subjects(account, new_phone)[0])
    old_phone = mask_phone(account.phone) if with_old else None
    return PhoneCodeSent(**sent.model_dump(), ticket=ticket, old_phone=old_phone)


def _subjects(account: Account, new_phone: str) -> list[str]:
    """What the ticket is for; a password changed meanwhile makes it worthless."""
    said = f"new-phone:{account.id}:{account.password_hash}:{new_phone}"
    return [each.hex() for each in field_cipher().keyed_hashes(said)]


async def confirm_change(runtime: Runtime, body: PhoneChangeConfirm, device: Device) -> SignedInRead:
    """The code came to the new phone: it is the account's, and its holder is signed in (AUTH-20).

    Raises the refusals of ticket and code, PhoneTaken, and AlreadySignedIn (AUTH-09): the same request with ``take_over`` goes on.
    """
    async with keeping_unit(runtime) as session:
        found = await accounts.get_by_login_name(session, body.account)
        if found is None or found.password_hash is None:
            raise ProofRefused
        account = await accounts.require_for_change(session, found.id)
        ticket = _require_ticket(account, body)
        old_code = await prove_old_phone(session, account, body.old_code, device.address)
        await _move(session, actor_of(account, SYSTEM_ID, device.address), account, body, ticket)
        if old_code:
            spend(old_code)
        await forget_wrong_guesses(session, name=account.name_index)
        proven = Proven(account_id=account.id, verified_hash=found.password_hash, new_hash=None)
        outcome = await begin_session(session, proven=proven, device=device, take_over=body.take_over, code_proven=True)
        if isinstance(outcome, AlreadySignedIn):
            outcome.extra["ticket"] = body.proof
        if isinstance(outcome, AppError):
            raise outcome  # nothing has happened then: code and ticket serve again
    return outcome


async def confirm_own_change(session: AsyncSession, actor: Actor, body: OwnPhoneConfirm) -> PhoneRead:
    """The code came to the new phone: it is the actor's (AUTH-18). Raises the refusals of ticket and codes, and PhoneTaken."""
    account = await accounts.require_for_change(session, actor.account_id)
    ticket = _require_ticket(account, body)
    old_code = await prove_old_phone(session, account, body.old_code, actor.address)
    await _move(session, actor, account, body, ticket)
    if old_code:
        spend(old_code)
    return PhoneRead(phone=mask_phone(account.phone))


def _require_ticket(account: Account, body: OwnPhoneConfirm) -> Ticket:
    ticket = require_ticket(body.proof, Action.CHANGE_PHONE)
    if ticket.subject not in _subjects(account, body.new_phone):
        raise ProofRefused
    return ticket


async def _move(session: AsyncSession, actor: Actor, account: Account, body: OwnPhoneConfirm, ticket: Ticket) -> None:
    await use_code(session, purpose=Purpose.NEW_PHONE, phone=body.new_phone, code=body.code, address=actor.address)
    await take_once(session, ticket.nonce, ticket.expires_at)
    old_phone = account.phone
    await set_phone(session, actor=actor, account=account, phone=body.new_phone)
    masked = mask_phone(body.new_phone)
    words = f"您的账号 {account.login_name} 的手机号码已更换为 {masked}。如非本人操作，请立即联系账号管理人员停用账号。"
    send_text(session, about="phone_changed", phone=old_phone, words=words, record_id=account.id)
    await session.flush()
