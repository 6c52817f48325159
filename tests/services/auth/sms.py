"""What a phone would have shown: the text messages of auth, read from their rows before the worker sends them."""

import re
from typing import Any

import httpx
from sqlalchemy import select

from services.auth.access.accounts.models import Account
from services.auth.access.texts.models import Text
from shared.runtime import Runtime
from tests.services.auth.records import PASSWORD, Visitor


async def last_text(runtime: Runtime, phone: str) -> str:
    """The words of the newest message to this number that has not left yet."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Text).where(Text.done_at.is_(None)).order_by(Text.id.desc()))
        return next(row.words or "" for row in rows if row.phone == phone)


async def last_code(runtime: Runtime, phone: str) -> str:
    """The six digits of the newest message to this number."""
    found = re.search(r"验证码 (\d{6})", await last_text(runtime, phone))
    assert found
    return found[1]


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"


async def sign_in_by_code(
    runtime: Runtime, person: Visitor, account: Account, password: str = PASSWORD, **more: Any
) -> httpx.Response:
    """Both steps of an official's sign-in; the answer to the second."""
    asked = await person.sign_in(account.login_name, password, **more)
    assert asked.json()["code"] == "code_required", asked.text
    code = await last_code(runtime, account.phone)
    return await second_step(person, account, asked.json()["ticket"], code, password=password, **more)


async def second_step(person: Visitor, account: Account, ticket: str, code: str | None, **more: Any) -> httpx.Response:
    """The same request again, with the ticket as its proof."""
    body = {"account": account.login_name, "password": PASSWORD, "proof": ticket, **more}
    return await person.client.post("/api/auth/sessions", json={**body, "code": code} if code else body)
