"""Employers that sign up: the whole form, somebody who sends it, and what the old system knew of them."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from services.auth.access.challenges.actions import Action
from services.auth.directory.organisations.models import Organisation
from services.auth.directory.registry.models import LegacyAccount
from shared.identifiers import new_id
from shared.runtime import Runtime
from tests.services.auth.conftest import NewVisitor
from tests.services.auth.proofs import post_proven
from tests.services.auth.records import Visitor, new_credit_code, new_mobile
from tests.services.auth.sms import last_code

URL = "/api/auth/enterprises"
PASSWORD = "Zhuce2580"


def form(**changes: Any) -> dict[str, Any]:
    """A whole form, but for the SMS code."""
    return {
        "name": f"南京试炼机械{new_id().hex[-6:]}有限公司",
        "credit_code": new_credit_code(),
        "region_code": "320102",
        "address": "南京市玄武区珠江路88号",
        "legal_representative": "吴立人",
        "contact_name": "郑秀英",
        "phone": new_mobile(),
        "login_name": f"e{new_id().hex[-12:]}",
        "password": PASSWORD,
        **changes,
    }


SignUp = Callable[..., Awaitable[httpx.Response]]


def signing_up(runtime: Runtime, visitor: NewVisitor) -> SignUp:
    """``await sign_up(**changes)``: the answer to a sign-up with the right code."""

    async def run(**changes: Any) -> httpx.Response:
        person, body = visitor(), form(**changes)
        return await person.client.post(URL, json={**body, "code": await code_for(runtime, person, body["phone"])})

    return run


async def code_for(runtime: Runtime, person: Visitor, phone: str) -> str:
    asked = await post_proven(person, f"{URL}/codes", Action.SIGN_UP, phone=phone)
    assert asked.status_code == 202, asked.text
    return await last_code(runtime, phone)


async def organisation_of(runtime: Runtime, answer: httpx.Response) -> Organisation:
    assert answer.status_code == 201, answer.text
    async with runtime.database.unit_of_work() as session:
        return await session.get_one(Organisation, answer.json()["organisation_id"])


async def check(visitor: NewVisitor, **body: Any) -> dict[str, Any]:
    answer = await post_proven(visitor(), f"{URL}/checks", Action.LOOKUP, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def add_legacy(runtime: Runtime, **changes: Any) -> LegacyAccount:
    """An account of the old system."""
    values = {
        "name": f"old{new_id().hex[-10:]}",
        "credit_code": new_credit_code(),
        "company_name": "老系统机械厂",
        "region_code": "320106",
        "address": "南京市鼓楼区旧址3号",
        "postcode": "210009",
        "legal_representative": "老厂长",
        "contact_name": "老联系",
        "contact_phone": "13800001234",
        **changes,
    }
    async with runtime.database.unit_of_work() as session:
        session.add(row := LegacyAccount(**values))
    return row
