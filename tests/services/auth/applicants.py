"""Applicants for the tests of applications: a whole form, and somebody who fills it in without an account."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from ops.client import solve
from services.auth.access.accounts.models import Account
from services.auth.access.texts.models import Text
from services.auth.desks.applications.models import Application
from shared.clock import beijing_today, now_utc, years_after
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.conftest import make_actor
from tests.services.auth.records import Visitor, new_credit_code, new_mobile

BASE = "/api/auth/applications"
RESIDENT_ID = "11010519491231002X"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6454000000000"
    "49454e44ae426082"
)


def whole_form(**changes: Any) -> dict[str, Any]:
    """Everything that is mandatory, for a unit in Xuanwu, Nanjing, that wants to register people."""
    today = beijing_today(now_utc())
    return {
        "unit_name": "南京市玄武区梅园社区医院",
        "unit_short_name": "梅园医院",
        "credit_code": new_credit_code(),
        "district_code": "320102",
        "jurisdiction_code": "320102",
        "unit_address": "南京市玄武区梅园新村 30 号",
        "contact_name": "李芳",
        "contact_phone": "025-83759999",
        "unit_kinds": ["examination"],
        "person_name": "张小明",
        "phone": new_mobile(),
        "resident_id": RESIDENT_ID,
        "purpose": "reporter",
        "permissions": ["group_registration", "health_examination"],
        "valid_from": today.isoformat(),
        "valid_until": (years_after(today, 2) - timedelta(days=1)).isoformat(),
        "pledge_accepted": True,
        **changes,
    }


def body_form(level_code: str, **changes: Any) -> dict[str, Any]:
    """An application of a body that oversees ``level_code``."""
    values = {"purpose": "manager", "permissions": ["disease_control"], "unit_kinds": ["disease_control"]}
    return whole_form(**{**values, "jurisdiction_code": level_code, **changes})


async def newest_text(runtime: Runtime, phone: str, about: str) -> str:
    """The words of the newest message to this phone."""
    async with runtime.database.unit_of_work() as session:
        rows = await session.scalars(select(Text).where(Text.about == about).order_by(Text.id.desc()).limit(50))
        return next(row.words for row in rows if row.phone == phone and row.words)


async def newest_code(runtime: Runtime, phone: str) -> str:
    found = re.search(r"\d{6}", await newest_text(runtime, phone, "code_application"))
    assert found
    return found.group()


@dataclass
class Applicant:
    """A browser that holds an application's number and key."""

    runtime: Runtime
    visitor: Visitor
    number: str = ""
    key: str = ""

    async def proof(self) -> str:
        answer = await self.visitor.client.get("/api/auth/challenge", params={"action": "application"})
        return solve(answer.json())

    async def call(self, method: str, part: str = "", **more: Any) -> httpx.Response:
        headers = {"X-Applicant-Key": self.key, **more.pop("headers", {})}
        path = f"{BASE}/by-number/{self.number}{part}"
        return await self.visitor.client.request(method, path, headers=headers, **more)

    async def create(self, **form: Any) -> httpx.Response:
        body = {"proof": await self.proof(), "form": form}
        answer = await self.visitor.client.post(BASE, json=body)
        if answer.status_code == 201:
            self.number, self.key = answer.json()["number"], answer.json()["key"]
        return answer

    async def change(self, **form: Any) -> httpx.Response:
        etag = (await self.call("GET", "/form")).headers["ETag"]
        return await self.call("PATCH", "/form", json=form, headers={"If-Match": etag})

    async def code(self) -> str:
        """A fresh code, as the phone of the form gets it."""
        phone = (await self.call("GET", "/form")).json()["form"]["phone"]
        answer = await self.call("POST", "/codes", json={"proof": await self.proof()})
        assert answer.status_code == 200, answer.text
        return await newest_code(self.runtime, phone)

    async def submit(self, code: str | None = None) -> httpx.Response:
        return await self.call("POST", "/submit", json={"code": code or await self.code()})

    async def status(self) -> dict[str, Any]:
        answer = await self.visitor.client.get(f"{BASE}/by-number/{self.number}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def errors_of(answer: httpx.Response) -> dict[str, str]:
    """{field: code} of a refusal."""
    return {each["field"]: each["code"] for each in answer.json()["errors"]}


async def id_of(runtime: Runtime, person: Applicant) -> UUID:
    """How the managers know the application."""
    async with runtime.database.unit_of_work() as session:
        found = await session.scalar(select(Application.id).where(Application.number == person.number))
    assert found is not None
    return found


async def act(
    client: httpx.AsyncClient, runtime: Runtime, person: Applicant, action: str, **body: Any
) -> httpx.Response:
    """What a manager decides."""
    return await client.post(f"{BASE}/{await id_of(runtime, person)}/{action}", json=body)


def manager(level: Level = Level.CITY, region: str = "320100") -> Actor:
    """An account manager of that region."""
    return make_actor(Permission.ACCOUNT_MANAGEMENT, level=level, region=region)


async def account_of(runtime: Runtime, person: Applicant) -> Account:
    async with runtime.database.unit_of_work() as session:
        found = await session.scalar(
            select(Account)
            .join(Application, Application.account_id == Account.id)
            .where(Application.number == person.number)
        )
    assert found is not None
    return found
