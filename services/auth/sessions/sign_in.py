"""Signing in and changing one's password: the steps that look at a password. Each takes its own units of work, because a guess counts even
when the answer is a refusal, and because no connection is held while argon2id works.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.accounts import passwords
from services.auth.accounts import repository as accounts
from services.auth.accounts.models import Account
from services.auth.accounts.service import last_passwords, set_password
from services.auth.challenges.service import use_proof
from services.auth.guesses import service as guesses
from services.auth.guesses.models import name_index
from services.auth.sessions.devices import Device
from services.auth.sessions.refusals import WrongCredentials
from services.auth.sessions.schemas import PasswordChange, SignedInRead, SignInRequest
from services.auth.sessions.service import begin_session, end_sessions, forget_cached_state
from services.auth.settings import auth_settings
from shared.errors import AppError, Conflict, FieldError, InvalidInput
from shared.identity import SYSTEM, Actor
from shared.passwords import broken_rules
from shared.runtime import Runtime

# Of the process's five connections: a flood of guesses waits here, and those who are signed in go on working.
_TURNS = asyncio.Semaphore(3)


async def sign_in(runtime: Runtime, body: SignInRequest, device: Device) -> SignedInRead:
    """A session for whoever knows the password (AUTH-10, AUTH-12).

    Raises AddressTooBusy (X20), the refusals of a proof, AccountLocked (AUTH-27), WrongCredentials, AccountDisabled,
    AccountExpired (AUTH-05), AlreadySignedIn (AUTH-09).
    """
    await guesses.refuse_busy_address(runtime.redis, device.address)
    name = name_index(body.account)
    async with _turn(runtime) as session:
        await use_proof(session, body.proof)
        guess = await guesses.charge_guess(session, name=name)
        account = await accounts.get_by_login_name(session, body.account)
    number = _allowed(guess)
    hashed = account.password_hash if account else None
    clear = body.password.get_secret_value()
    right = await passwords.check_password(clear, hashed)
    if not right or account is None or hashed is None:
        stranger = replace(SYSTEM, address=device.address)
        await _note_wrong(runtime, name, number, account.id if account else None, stranger)
        await guesses.count_failure(runtime.redis, device.address)
        raise WrongCredentials
    new_hash = await passwords.hash_password(clear) if passwords.is_outdated(hashed) else None
    async with _turn(runtime) as session:
        outcome = await begin_session(
            session,
            account_id=account.id,
            verified_hash=hashed,
            new_hash=new_hash,
            device=device,
            take_over=body.take_over,
        )
    if isinstance(outcome, AppError):
        raise outcome
    return outcome


async def change_password(runtime: Runtime, *, actor: Actor, body: PasswordChange) -> None:
    """Sets the actor's own new password and ends its other sessions (AUTH-12…15). Raises InvalidInput with every broken rule at once,
    for a wrong old password, and for one of the last five; AccountLocked, because an old password can be guessed here too."""
    clear = body.new.get_secret_value()
    rules = broken_rules(clear, passwords.POLICIES[actor.portal])
    if rules:
        raise InvalidInput(errors=[FieldError("new", rule.code, rule.message) for rule in rules])
    name = name_index(actor.account_name)
    async with _turn(runtime) as session:
        guess = await guesses.charge_guess(session, name=name)
        account = await accounts.require_for_change(session, actor.account_id)
        hashes = await last_passwords(session, account)
    number = _allowed(guess)
    if not await passwords.check_password(body.old.get_secret_value(), account.password_hash):
        await _note_wrong(runtime, name, number, account.id, actor)
        raise InvalidInput(errors=[FieldError("old", "wrong_password", "原密码不正确")])
    new_hash = None if await passwords.is_among(clear, hashes) else await passwords.hash_password(clear)
    await _replace(runtime, actor, account, name, new_hash)
    if new_hash is None:
        kept = auth_settings().kept_passwords
        raise InvalidInput(errors=[FieldError("new", "reused", f"不能使用最近 {kept} 次用过的密码")])


async def _replace(runtime: Runtime, actor: Actor, checked: Account, name: bytes, new_hash: str | None) -> None:
    async with _turn(runtime) as session:
        account = await accounts.require_for_change(session, actor.account_id)
        if account.password_hash != checked.password_hash:
            raise Conflict("密码刚刚被修改，请重新登录后再试")
        await guesses.forget_wrong_guesses(session, name=name)
        if new_hash:
            await set_password(session, actor=actor, account=account, password_hash=new_hash, by_its_holder=True)
            reason = "您的密码已修改，请用新密码重新登录"
            await end_sessions(session, actor=actor, account_id=account.id, reason=reason, sparing=actor.session_id)
            await forget_cached_state(session, actor)


@asynccontextmanager
async def _turn(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    async with _TURNS, runtime.database.unit_of_work() as session:
        yield session


def _allowed(guess: guesses.Guess) -> int:
    if guess.number is None:
        raise guesses.AccountLocked(guess.locked_until)
    return guess.number


async def _note_wrong(runtime: Runtime, name: bytes, number: int, account_id: UUID | None, actor: Actor) -> None:
    async with _turn(runtime) as session:
        if account_id is not None:
            await accounts.require_for_change(session, account_id)
        await guesses.note_wrong_guess(session, name=name, number=number, account_id=account_id, actor=actor)
