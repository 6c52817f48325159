"""Signing in and changing one's password: the steps that look at a password. Each takes its own units of work, because a guess counts even
when the answer is a refusal, and because no connection is held while argon2id works.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.accounts import passwords
from services.auth.access.accounts import repository as accounts
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.service import last_passwords, set_password
from services.auth.access.accounts.workflow import ACCOUNT
from services.auth.access.challenges.actions import Action
from services.auth.access.challenges.service import use_proof
from services.auth.access.guesses import service as guesses
from services.auth.access.guesses.models import name_index
from services.auth.access.sessions.devices import Device
from services.auth.access.sessions.refusals import WrongCredentials
from services.auth.access.sessions.schemas import PasswordChange, SignedInRead, SignInRequest
from services.auth.access.sessions.service import Proven, begin_session, end_sessions, forget_cached_state
from services.auth.settings import auth_settings
from shared.errors import AppError, Conflict, FieldError, InvalidInput, NotFound, Unavailable
from shared.identity import SYSTEM, Actor
from shared.runtime import Runtime

# Of the process's five connections: a flood of guesses waits here, and those who are signed in go on working.
_TURNS = asyncio.Semaphore(3)
# Seconds between two looks for a place: as long as the guesses before it may take, one after the other on a busy machine.
_PATIENCE = (0.05, 0.1, 0.2, 0.4, *(0.8,) * 15)


async def sign_in(runtime: Runtime, body: SignInRequest, device: Device) -> SignedInRead:
    """A session for whoever knows the password and, where one is asked for, the code (AUTH-10, AUTH-12, AUTH-28).

    Raises what ``prove_password`` raises, then in this order AccountDisabled, AccountExpired (AUTH-05), CodeRequired and the refusals of
    a code, AlreadySignedIn (AUTH-09).
    """
    proven = await prove_password(
        runtime,
        account=body.account,
        password=body.password.get_secret_value(),
        proof=body.proof,
        action=Action.SIGN_IN,
        address=device.address,
    )
    async with _turn(runtime) as session:
        outcome = await begin_session(session, proven=proven, device=device, take_over=body.take_over, code=body.code)
    if isinstance(outcome, AppError):
        raise outcome
    return outcome


async def prove_password(
    runtime: Runtime, *, account: str, password: str, proof: str, action: Action, address: str
) -> Proven:
    """Takes the proof and a place for the guess, looks at the password; a proof and a wrong guess stay taken and counted.

    Raises AddressTooBusy (X20), the refusals of a proof, AccountLocked (AUTH-27), WrongCredentials.
    """
    await guesses.refuse_busy_address(runtime.redis, address)
    name = name_index(account)
    async with _turn(runtime) as session:
        await use_proof(session, proof, action, subject=account.lower())
        place = await guesses.take_place(session, name=name)
        found = await accounts.get_by_login_name(session, account)
    hashed = found.password_hash if found else None
    stranger = replace(SYSTEM, address=address)
    right = await _check(runtime, place, name, password, found, stranger)
    if not right or found is None or hashed is None:
        raise WrongCredentials
    new_hash = await passwords.hash_password(password) if passwords.is_outdated(hashed) else None
    return Proven(account_id=found.id, verified_hash=hashed, new_hash=new_hash)


async def check_own_password(runtime: Runtime, *, actor: Actor, password: str, field: str) -> Account:
    """The actor's account, if this is its password; a wrong one is a counted guess, because a browser may have been left open. Raises
    AddressTooBusy, AccountLocked, and InvalidInput at ``field``: a 401 would say that the session is over."""
    await guesses.refuse_busy_address(runtime.redis, actor.address)
    name = name_index(actor.account_name)
    async with _turn(runtime) as session:
        place = await guesses.take_place(session, name=name)
        account = await accounts.require_account(session, actor.account_id)
    if not await _check(runtime, place, name, password, account, actor):
        label = "原密码" if field == "old" else "登录密码"
        raise InvalidInput(errors=[FieldError(field, "wrong_password", f"{label}不正确")])
    return account


async def _check(
    runtime: Runtime, place: guesses.Place, name: bytes, password: str, account: Account | None, actor: Actor
) -> bool:
    """Whether this is the account's password, once there is a place to look. Raises AccountLocked and Unavailable."""
    await _wait_for(runtime, place, name)
    hashed = account.password_hash if account else None
    if await passwords.check_password(password, hashed) and hashed is not None:
        async with _turn(runtime) as session:
            await guesses.note_right_guess(session, name=name)
        return True
    async with _turn(runtime) as session:
        # Looked for also where there is none, so that an unknown name costs the same statements.
        record_type, record_id = (ACCOUNT, account.id) if account else (guesses.UNKNOWN_NAME, UUID(bytes=name[1:17]))
        with suppress(NotFound):
            await accounts.require_for_change(session, record_id)
        await guesses.note_wrong_guess(session, record_type, record_id, name=name, actor=actor)
    await guesses.count_failure(runtime.redis, actor.address)
    return False


async def _wait_for(runtime: Runtime, place: guesses.Place, name: bytes) -> None:
    """Until those that are being looked at have turned out right, which makes room, or wrong, which locks."""
    for seconds in _PATIENCE:
        if place.taken or place.locked_until:
            break
        await asyncio.sleep(seconds)
        async with _turn(runtime) as session:
            place = await guesses.take_place(session, name=name)
    if place.locked_until:
        raise guesses.AccountLocked(place.locked_until)
    if not place.taken:
        raise Unavailable("该账号同时登录的请求过多，请稍后重试")


async def change_password(runtime: Runtime, *, actor: Actor, body: PasswordChange) -> None:
    """Sets the actor's own new password and ends its other sessions (AUTH-12…15). Raises InvalidInput with every broken rule at once, and
    for one of the last five; what ``check_own_password`` raises, because an old password can be guessed here too."""
    clear = body.new.get_secret_value()
    async with _turn(runtime) as session:
        own = await accounts.require_account(session, actor.account_id)
    passwords.refuse_weak(clear, actor.portal, own.known, field="new")
    account = await check_own_password(runtime, actor=actor, password=body.old.get_secret_value(), field="old")
    async with _turn(runtime) as session:
        hashes = await last_passwords(session, account)
    new_hash = None if await passwords.is_among(clear, hashes) else await passwords.hash_password(clear)
    if new_hash is None:
        kept = auth_settings().kept_passwords
        raise InvalidInput(errors=[FieldError("new", "reused", f"不能使用最近 {kept} 次用过的密码")])
    await _replace(runtime, actor, account, new_hash)


async def _replace(runtime: Runtime, actor: Actor, checked: Account, new_hash: str) -> None:
    async with _turn(runtime) as session:
        account = await accounts.require_for_change(session, actor.account_id)
        if account.password_hash != checked.password_hash:
            raise Conflict("密码刚刚被修改，请重新登录后再试")
        await set_password(session, actor=actor, account=account, password_hash=new_hash, by_its_holder=True)
        reason = "您的密码已修改，请用新密码重新登录"
        await end_sessions(session, actor=actor, account_id=account.id, reason=reason, sparing=actor.session_id)
        await forget_cached_state(session, actor)


@asynccontextmanager
async def _turn(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    async with _TURNS, runtime.database.unit_of_work() as session:
        yield session
