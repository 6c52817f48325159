"""SMS codes: asked for, sent, tried, used (AUTH-11, AUTH-20, AUTH-25). Six digits, five minutes, one purpose, five tries. Whoever
calls ``request_code`` has had a picture check or a password before; whether the number has an account changes nothing that can be seen.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes import repository
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.texts.service import send_text, withdraw_texts
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.types import blind_index, field_cipher
from shared.errors import FieldError, InvalidInput, TooManyRequests
from shared.identifiers import new_id
from shared.quotas import tell

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
LIFT = "，或请上级机构的账号管理人员解除验证码限制"


class CodeSent(BaseModel):
    """What somebody who has asked for a code is told; the same whether or not the number has an account."""

    phone: str = Field(description="掩码显示")
    resend_after: int = Field(description="多少秒后可以重新获取")
    expires_in: int = Field(description="验证码有效的秒数")


class CodeTooSoon(TooManyRequests):
    code = "code_too_soon"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"验证码刚刚发送过，请 {seconds} 秒后再获取", retry_after=seconds)


class TooManyCodes(TooManyRequests):
    code = "too_many_codes"

    def __init__(self, whose: str, seconds: int, advice: str = "") -> None:
        again = f"{seconds // 3600 + 1} 小时" if seconds > 3600 else f"{seconds // 60 + 1} 分钟"
        super().__init__(f"{whose}获取验证码的次数已达上限，请约 {again}后再试{advice}", retry_after=seconds)


class WrongCode(InvalidInput):
    """The try stays counted."""

    code = "code_wrong"
    keeps = True

    def __init__(self, left: int, field: str = "code") -> None:
        then = f"还可再试 {left} 次" if left else "请重新获取验证码"
        super().__init__(errors=[FieldError(field, "code_wrong", f"短信验证码不正确，{then}")])


class NoCode(InvalidInput):
    code = "code_expired"

    def __init__(self, field: str = "code") -> None:
        super().__init__(errors=[FieldError(field, "code_expired", "短信验证码已失效或尚未获取，请重新获取")])


def phone_index(phone: str) -> bytes:
    """How a number is looked up in every table of auth."""
    return blind_index(phone)


async def request_code(
    session: AsyncSession, *, purpose: Purpose, phone: str, address: str, known: bool = True, named: str = ""
) -> CodeSent:
    """Sends a code to ``phone``, and no earlier one that was asked for from here; with ``known`` False it only seems so. ``named`` is what
    ``known`` hangs on beside the number. Raises CodeTooSoon and TooManyCodes; each purpose has limits of its own, so that nobody
    uses up another's (AUTH-11)."""
    settings = auth_settings()
    index = phone_index(phone)
    wanted = repository.Wanted(purpose, index, blind_index(named), address, known)
    await repository.hold(session, index, address)
    await _refuse_too_many(session, wanted)
    row = Code(
        id=new_id(),
        purpose=purpose,
        phone_index=index,
        named=wanted.named,
        code_hash=b"",
        address=address,
        expires_at=now_utc() + timedelta(seconds=settings.code_seconds),
    )
    digits = f"{secrets.randbelow(10**6):06}"
    row.code_hash = field_cipher().keyed_hashes(_said(row, digits))[0]
    session.add(row)
    await withdraw_texts(session, await repository.texts_of(session, wanted, _HOUR))
    if known:
        minutes = settings.code_seconds // 60
        words = f"验证码 {digits}，{minutes} 分钟内有效，用于{purpose.label}。请勿告诉他人。"
        row.text_id = send_text(
            session,
            about=f"code_{purpose}",
            phone=phone,
            words=words,
            fields={"code": digits, "minutes": minutes, "purpose": purpose.label},
            record_id=row.id,
            useless_at=row.expires_at,
        )
    await session.flush()
    return CodeSent(phone=mask_phone(phone), resend_after=settings.code_gap_seconds, expires_in=settings.code_seconds)


async def _refuse_too_many(session: AsyncSession, wanted: repository.Wanted) -> None:
    settings, after_password = auth_settings(), wanted.purpose.follows_password
    gap = timedelta(seconds=settings.code_gap_seconds)
    if last := await repository.last_unused(session, wanted, gap):
        raise CodeTooSoon(_seconds_until(last + gap))
    a_day = settings.sign_in_codes_per_phone_a_day if after_password else settings.codes_per_phone_a_day
    number, oldest = await repository.asked_for(session, wanted, _DAY)
    if oldest and number >= a_day:
        raise TooManyCodes("该手机号码", _seconds_until(oldest + _DAY), LIFT if after_password else "")
    # Half of them from one address: whoever is not the number's holder leaves some to its holder.
    number, oldest = await repository.asked_by(session, wanted, _DAY)
    if oldest and not after_password and number >= a_day - a_day // 2:
        raise TooManyCodes("该手机号码在此网络地址", _seconds_until(oldest + _DAY))
    an_hour = settings.sign_in_codes_per_address_an_hour if after_password else settings.codes_per_address_an_hour
    alike = Purpose.follows_password if after_password else frozenset(Purpose) - Purpose.follows_password
    number, oldest = await repository.asked_from(session, alike, wanted.address, _HOUR)
    left = _seconds_until((oldest or now_utc()) + _HOUR)
    name = "sign-in-codes" if after_password else "codes"
    tell(name, most=an_hour, seconds=3600, used=number + 1, left=left)
    if number >= an_hour:
        raise TooManyCodes("该网络地址", left)


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - datetime.now(UTC)).total_seconds()))


async def check_code(
    session: AsyncSession, *, purpose: Purpose, phone: str, code: str, address: str, field: str = "code"
) -> Code:
    """The code if it is right; it stays usable until ``spend``. Raises WrongCode, whose try counts, and NoCode.

    A try counts against the codes that were asked for from this address, and apart from those against what others asked for: a
    stranger's tries use up no code of the number's holder, and a holder whose address has changed is let in (AUTH-28).
    """
    cap = auth_settings().code_tries
    tried = [
        row for row in await repository.hold_newest(session, purpose, phone_index(phone)) if _tries(row, address) < cap
    ]
    if not tried:
        raise NoCode(field)
    for row in tried:
        _charge(row, address, 1)
    await session.flush()
    right = [row for row in tried if field_cipher().is_hash_of(row.code_hash, _said(row, code.strip()))]
    if not right:
        own = [row for row in tried if row.address == address] or tried
        raise WrongCode(cap - min(_tries(row, address) for row in own), field)
    return right[0]


def _tries(row: Code, address: str) -> int:
    return row.tries if row.address == address else row.other_tries


def _charge(row: Code, address: str, number: int) -> None:
    if row.address == address:
        row.tries += number
    else:
        row.other_tries += number


def give_back(row: Code, address: str) -> None:
    """The code was right, and what it was for did not happen: it stays good, and its try does not count."""
    _charge(row, address, -1)


def spend(row: Code) -> None:
    """The code has opened what it was for, and opens nothing more. The caller's transaction holds its row since ``check_code``."""
    row.used_at = now_utc()


async def spend_checked(session: AsyncSession, code_id: UUID) -> None:
    """``spend`` of a code that an earlier transaction found right, in that of what it opens. Raises NoCode when it was used since."""
    held = await repository.hold_unused(session, code_id)
    if held is None:
        raise NoCode
    spend(held)


async def use_code(session: AsyncSession, *, purpose: Purpose, phone: str, code: str, address: str) -> None:
    """``check_code`` and ``spend`` in one."""
    spend(await check_code(session, purpose=purpose, phone=phone, code=code, address=address))
    await session.flush()


async def sign_in_codes(session: AsyncSession, phone_indexes: Collection[bytes]) -> dict[bytes, int]:
    """How many codes for signing in each of these numbers was asked for within a day."""
    return await repository.asked_by_number(session, Purpose.SIGN_IN, phone_indexes, _DAY)


async def lift_limits(session: AsyncSession, *, phone: str) -> int:
    """What was asked for after a right password counts from one again, and what was sent is good for nothing; gives how many."""
    return await repository.forget(session, Purpose.follows_password, phone_index(phone))


async def forget_old_codes(session: AsyncSession) -> None:
    """Lets go of what no limit counts any more."""
    await repository.forget_older_than(session, 2 * _DAY)


def _said(row: Code, digits: str) -> str:
    return f"code:{row.id}:{digits}"
