"""Asking for SMS codes and using them, for tests: from the address of the number's holder, who has one of their own; the digits are read
from the message that has not left yet.
"""

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, text

from services.auth.access.codes import service
from services.auth.access.codes.models import Code, Purpose
from services.auth.access.codes.service import CodeSent, CodeTooSoon, TooManyCodes
from services.auth.access.texts.models import Text
from shared.errors import AppError
from shared.runtime import Runtime

RECOVERY = Purpose.RECOVERY
DIGITS = re.compile(r"验证码 ([0-9]{6})，5 分钟内有效，用于(\S+?)。请勿告诉他人。")
MINUTE = timedelta(seconds=61)


def at_home(phone: str) -> str:
    return sha256(phone.encode()).hexdigest()[:32]


async def ask(runtime: Runtime, phone: str, purpose: Purpose = RECOVERY, **more: Any) -> CodeSent:
    """From the holder's address unless ``address`` is given."""
    values = {"address": at_home(phone), **more}
    async with runtime.database.unit_of_work() as session:
        return await service.request_code(session, purpose=purpose, phone=phone, **values)


async def newest(runtime: Runtime, phone: str) -> Code:
    async with runtime.database.unit_of_work() as session:
        mine = select(Code).where(Code.phone_index == service.phone_index(phone))
        return (await session.scalars(mine.order_by(Code.id.desc()).limit(1))).one()


async def digits(runtime: Runtime, phone: str) -> str:
    """What stands in the message of the newest code, which has not left yet."""
    code = await newest(runtime, phone)
    async with runtime.database.unit_of_work() as session:
        message = await session.get_one(Text, code.text_id)
    assert message.phone == phone
    found = DIGITS.search(message.words or "")
    assert found
    assert found.group(2) == code.purpose.label
    return found.group(1)


async def asked(runtime: Runtime, phone: str, purpose: Purpose = RECOVERY) -> str:
    await ask(runtime, phone, purpose)
    return await digits(runtime, phone)


async def use(runtime: Runtime, phone: str, code: str, purpose: Purpose = RECOVERY, *, address: str = "") -> str:
    """The outcome; what a refusal keeps is kept, as by a route."""
    try:
        async with runtime.database.unit_of_work() as session:
            try:
                await service.use_code(
                    session, purpose=purpose, phone=phone, code=code, address=address or at_home(phone)
                )
            except AppError as refusal:
                if not refusal.keeps:
                    raise
                return refusal.code
    except AppError as refusal:
        return refusal.code
    return "opened"


async def later(runtime: Runtime, phone: str, by: timedelta) -> None:
    """Every code of this number was asked for so much earlier."""
    earlier = (
        "UPDATE codes SET created_at = created_at - :by, expires_at = expires_at - :by WHERE phone_index[1] = :index"
    )
    async with runtime.database.unit_of_work() as session:
        await session.execute(text(earlier), {"by": by, "index": service.phone_index(phone)})


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def refused(runtime: Runtime, phone: str, **more: Any) -> AppError:
    with pytest.raises((CodeTooSoon, TooManyCodes)) as error:
        await ask(runtime, phone, **more)
    return error.value
