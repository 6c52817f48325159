"""Accounts and visitors for the tests of auth: each test opens its own."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from ops.client import solve
from services.auth.access.accounts.models import Account
from services.auth.access.accounts.passwords import hash_password
from services.auth.access.accounts.schemas import AccountOpen
from services.auth.access.accounts.service import open_account
from services.auth.directory.organisations.schemas import OrganisationOpen
from services.auth.directory.organisations.service import open_organisation
from shared.clock import beijing_today, now_utc
from shared.identifiers import USCC_ALPHABET, USCC_WEIGHTS, new_id
from shared.identity import SYSTEM
from shared.roles import Grant, Level, Portal
from shared.runtime import Runtime

PASSWORD = "Tk#20Lmx!"
_random = random.Random(20250414)


def new_mobile() -> str:
    return f"139{_random.randrange(10**8):08}"


def new_credit_code() -> str:
    body = "12320100" + "".join(_random.choices("0123456789", k=9))
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(body, USCC_WEIGHTS, strict=False))
    return body + USCC_ALPHABET[-total % 31]


async def add_account(
    runtime: Runtime,
    *grants: Grant,
    level: Level = Level.UNIT,
    region: str = "320102",
    portal: Portal = Portal.TRAINING,
    valid_days: int = 365,
    office_phone: str | None = None,
    **changes: Any,
) -> Account:
    """An account of an organisation of its own, with the password ``PASSWORD``."""
    name = f"t{new_id().hex[-12:]}"
    organisation = OrganisationOpen(
        name=f"测试单位{name}",
        short_name="测试单位",
        credit_code=new_credit_code(),
        level=level,
        region_code=region,
        phone=office_phone,
    )
    today = beijing_today(now_utc())
    values: dict[str, Any] = {
        "login_name": name,
        "person_name": "测试员",
        "phone": new_mobile(),
        "portal": portal,
        "grants": grants or (Grant.GROUP_REGISTRATION,),
        "password_hash": await hash_password(PASSWORD),
        "valid_from": today - timedelta(days=400),
        "valid_until": today + timedelta(days=valid_days),
    }
    async with runtime.database.unit_of_work() as session:
        opened = await open_organisation(session, actor=SYSTEM, body=organisation)
        body = AccountOpen.model_validate({**values, **changes})
        return await open_account(session, actor=SYSTEM, organisation=opened, body=body)


@dataclass
class Visitor:
    """A browser at one address; it keeps the cookie that it is given."""

    client: httpx.AsyncClient
    address: str

    async def proof(self) -> str:
        return solve((await self.client.get("/api/auth/challenge")).json())

    async def sign_in(self, account: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
        """The answer to a sign-in with a fresh proof."""
        body = {"account": account, "password": password, "proof": await self.proof(), **more}
        return await self.client.post("/api/auth/sessions", json=body)

    async def me(self) -> httpx.Response:
        return await self.client.get("/api/auth/me")
