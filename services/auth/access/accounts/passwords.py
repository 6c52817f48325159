"""Hashing and checking of passwords: argon2id in a few threads of its own, so that neither the event loop nor the memory suffers under
many guesses. What makes a password good is in ``shared.passwords``; here is which of it counts in which portal, and who is told. Who may
guess how often is in the sessions domain.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.auth.settings import auth_settings
from shared import passwords
from shared.errors import FieldError, InvalidInput
from shared.passwords import COMMON, PasswordPolicy, Rule, RuleBroken, broken_rules, is_common, is_own, rules_of
from shared.reference.pinyin import initials
from shared.roles import Portal

T = TypeVar("T")

# X17: employers need no special character, officials and training units do.
POLICIES: dict[Portal, PasswordPolicy] = {
    Portal.TRAINING: passwords.TRAINING,
    Portal.OFFICIALS: passwords.OFFICIALS,
    Portal.ENTERPRISE: passwords.DECLARATION,
}


def rules_for(portal: Portal) -> list[Rule]:
    """Everything that is asked of a new password in this portal, in words."""
    return [*rules_of(POLICIES[portal]), Rule("reused", _reused())]


def broken_in(portal: Portal, clear: str, known: Iterable[str] = ()) -> list[RuleBroken]:
    """Every rule of this portal that a new password breaks, the list of common ones and what is ``known`` of its owner included
    (AUTH-13…15, AUTH-24, X16, X17)."""
    broken = broken_rules(clear, POLICIES[portal])
    return [*broken, RuleBroken("common", COMMON)] if is_common(clear) or is_own(clear, known) else broken


def known_of(login_name: str, unit_name: str, phone: str) -> tuple[str, ...]:
    """What everybody knows of whoever has this account: a password that holds it is guessed."""
    return login_name, unit_name, initials(unit_name), phone


def refuse_weak(clear: str, portal: Portal, known: Iterable[str], *, field: str = "password") -> None:
    """Raises InvalidInput with every rule that this new password breaks, at once."""
    if broken := broken_in(portal, clear, known):
        raise InvalidInput(errors=[FieldError(field, rule.code, rule.message) for rule in broken])


async def hash_unused(clear: str, past: list[str], *, field: str = "password") -> str:
    """The hash of a new password; raises InvalidInput when one of ``past`` was made from it."""
    if await is_among(clear, past):
        raise InvalidInput(errors=[FieldError(field, "reused", _reused())])
    return await hash_password(clear)


def _reused() -> str:
    return f"不能使用最近 {auth_settings().kept_passwords} 次用过的密码"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    settings = auth_settings()
    return PasswordHasher(settings.argon2_passes, settings.argon2_memory_kib, parallelism=1)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(auth_settings().argon2_threads, thread_name_prefix="argon2")


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe())


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads(), work)


def _matches(clear: str, hashed: str) -> bool:
    try:
        return _hasher().verify(hashed, clear)
    except (VerificationError, InvalidHashError):
        return False


async def hash_password(clear: str) -> str:
    """The argon2id hash, with its parameters and salt."""
    return await _in_thread(lambda: _hasher().hash(clear))


async def check_password(clear: str, hashed: str | None) -> bool:
    """Whether this is the password. Without a hash (no such account, none set) it takes as long and is False."""
    return await _in_thread(lambda: _matches(clear, hashed or _nobodys_hash()))


async def is_among(clear: str, hashes: list[str]) -> bool:
    """Whether one of these was made from this password."""
    return await _in_thread(lambda: any(_matches(clear, each) for each in hashes))


def is_outdated(hashed: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(hashed)
