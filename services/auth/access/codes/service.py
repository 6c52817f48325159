"""SMS codes: asked for, sent, tried, used (AUTH-11, AUTH-20, AUTH-25). Six digits, five minutes, one purpose, five tries. Whoever calls
``request_code`` has had a picture check or a password before; whether the number has an account changes nothing that can be seen.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.codes import repository
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.texts.service import send_text, withdraw_texts
from services.auth.settings import auth_settings
from shared.clock import now_utc
from shared.crypto import mask_phone
from shared.db.types import field_cipher
from shared.errors import FieldError, InvalidInput, TooManyRequests
from shared.identifiers import new_id

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


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

    def __init__(self, whose: str, seconds: int) -> None:
        again = f"{seconds // 3600 + 1} 小时" if seconds > 3600 else f"{seconds // 60 + 1} 分钟"
        super().__init__(f"{whose}获取验证码的次数已达上限，请约 {again}后再试", retry_after=seconds)


class WrongCode(InvalidInput):
    """The try stays counted."""

    code = "code_wrong"
    keeps = True

    def __init__(self, left: int) -> None:
        then = f"还可再试 {left} 次" if left else "请重新获取验证码"
        super().__init__(errors=[FieldError("code", "code_wrong", f"短信验证码不正确，{then}")])


class NoCode(InvalidInput):
    code = "code_expired"

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("code", "code_expired", "短信验证码已失效或尚未获取，请重新获取")])


def phone_index(phone: str) -> bytes:
    """How a number is looked up in every table of auth."""
    return field_cipher().blind_index(phone)


async def request_code(
    session: AsyncSession, *, purpose: Purpose, phone: str, address: str, known: bool = True
) -> CodeSent:
    """Sends a code to ``phone``, and no earlier one from now on; with ``known`` False it only seems so. Raises CodeTooSoon (60 s after one
    that nobody has used) and TooManyCodes (10 a day per number, 30 an hour per address)."""
    settings = auth_settings()
    index = phone_index(phone)
    await repository.hold(session, index, address)
    await _refuse_too_many(session, index, address)
    row = Code(
        id=new_id(),
        purpose=purpose,
        phone_index=index,
        code_hash=b"",
        address=address,
        expires_at=now_utc() + timedelta(seconds=settings.code_seconds),
    )
    digits = f"{secrets.randbelow(10**6):06}"
    row.code_hash = _hash(row, digits)
    session.add(row)
    await withdraw_texts(session, await repository.texts_of(session, purpose, index, _HOUR))
    if known:
        minutes = settings.code_seconds // 60
        words = f"验证码 {digits}，{minutes} 分钟内有效，用于{purpose.label}。请勿告诉他人。"
        row.text_id = send_text(
            session, about=f"code_{purpose}", phone=phone, words=words, record_id=row.id, useless_at=row.expires_at
        )
    await session.flush()
    return CodeSent(phone=mask_phone(phone), resend_after=settings.code_gap_seconds, expires_in=settings.code_seconds)


async def _refuse_too_many(session: AsyncSession, index: bytes, address: str) -> None:
    settings = auth_settings()
    gap = timedelta(seconds=settings.code_gap_seconds)
    if last := await repository.last_unused(session, index, gap):
        raise CodeTooSoon(_seconds_until(last + gap))
    number, oldest = await repository.sent_to(session, index, _DAY)
    if oldest and number >= settings.codes_per_phone_a_day:
        raise TooManyCodes("该手机号码", _seconds_until(oldest + _DAY))
    number, oldest = await repository.asked_from(session, address, _HOUR)
    if oldest and number >= settings.codes_per_address_an_hour:
        raise TooManyCodes("该网络地址", _seconds_until(oldest + _HOUR))


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - datetime.now(UTC)).total_seconds()))


async def check_code(session: AsyncSession, *, purpose: Purpose, phone: str, code: str) -> Code:
    """The code if it is right; it stays usable until ``spend``. Raises WrongCode, whose try counts, and NoCode."""
    cap = auth_settings().code_tries
    row = await repository.charge_try(session, purpose, phone_index(phone), cap=cap)
    if row is None:
        raise NoCode
    if not hmac.compare_digest(row.code_hash, _hash(row, code.strip())):
        raise WrongCode(cap - row.tries)
    return row


def spend(row: Code) -> None:
    """The code has opened what it was for, and opens nothing more. The caller's transaction holds its row since ``check_code``."""
    row.used_at = now_utc()


async def use_code(session: AsyncSession, *, purpose: Purpose, phone: str, code: str) -> None:
    """``check_code`` and ``spend`` in one."""
    spend(await check_code(session, purpose=purpose, phone=phone, code=code))
    await session.flush()


async def forget_old_codes(session: AsyncSession) -> None:
    """Lets go of what no limit counts any more."""
    await repository.forget_older_than(session, 2 * _DAY)


def _hash(row: Code, digits: str) -> bytes:
    return field_cipher().blind_index(f"code:{row.id}:{digits}")
