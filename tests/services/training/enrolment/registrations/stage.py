"""A unit with its people and a plan, ready for calls: what tests of registrations and review begin with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.main import app
from services.training.people.personnel.models import StaffMember
from services.training.plans.models import Plan
from shared.events.log import EventRow
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff

ClientFor = Callable[[FastAPI, Actor | None], Awaitable[httpx.AsyncClient]]
FORM: dict[str, Any] = {"needs_credit": True, "training_kind": "refresher", "lodging": "single"}
CDC = (
    Permission.TRAINING_OVERSIGHT,
    Permission.PLAN_MANAGEMENT,
    Permission.PROVINCE_REVIEW,
)


@dataclass
class Stage:
    """Calls as the unit (``unit``), another unit (``stranger``), the province (``province``), and records put into the tables."""

    runtime: Runtime
    actor: Actor
    other: Actor
    unit: httpx.AsyncClient
    stranger: httpx.AsyncClient
    province: httpx.AsyncClient

    @asynccontextmanager
    async def work(self) -> AsyncIterator[AsyncSession]:
        async with self.runtime.database.unit_of_work() as session:
            yield session

    async def plan(self, *specialties: str, **changes: Any) -> Plan:
        async with self.work() as session:
            return await add_plan(session, *specialties, **changes)

    async def staff(self, name: str = "张三", *, actor: Actor | None = None, **changes: Any) -> StaffMember:
        async with self.work() as session:
            await add_institution(session, actor or self.actor)
            return await add_staff(session, actor or self.actor, name, **changes)

    async def registered(
        self, plan: Plan, name: str = "张三", *specialties: str, actor: Actor | None = None, **changes: Any
    ) -> Registration:
        """A person of the unit, in the plan; 审核通过 and complete unless said otherwise."""
        staff = await self.staff(name, actor=actor)
        async with self.work() as session:
            return await add_registration(session, actor or self.actor, plan, staff, *specialties, **changes)

    async def found(self, registration_id: UUID | str) -> dict[str, Any]:
        """The registration as the unit reads it."""
        answer = await self.unit.get(f"/api/training/registrations/{registration_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def change(self, registration_id: UUID | str, version: int | None = None, **body: Any) -> httpx.Response:
        """The unit changes the form, as it is now unless a version is given."""
        expected = version or (await self.found(registration_id))["version"]
        where = f"/api/training/registrations/{registration_id}"
        return await self.unit.patch(where, json=body, headers={"If-Match": f'"{expected}"'})

    async def told(self, event: str, registration_id: UUID | str) -> list[dict[str, Any]]:
        """The events of a type ``training.registration.<event>.v1`` about one registration, oldest first."""
        async with self.work() as session:
            rows = await session.scalars(
                select(EventRow.payload)
                .where(EventRow.type == f"training.registration.{event}.v1")
                .order_by(EventRow.seq)
            )
            return [each for each in rows if each["registration_id"] == str(registration_id)]

    async def row(self, plan: Plan, **params: Any) -> dict[str, Any] | None:
        """The plan's row in the unit's list of 集体报名."""
        query = {"name": plan.name, **params}
        answer = await self.unit.get("/api/training/group-registrations", params=query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["items"]
        return next((row for row in rows if row["plan_id"] == str(plan.id)), None)


async def set_stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    """A new unit, a stranger and the province."""
    runtime = await open_app(app)
    actor, other = (make_actor(Permission.GROUP_REGISTRATION, Permission.INSTITUTION_FILING) for _ in range(2))
    province = make_actor(*CDC, level=Level.PROVINCE)
    clients = [await client_for(app, each) for each in (actor, other, province)]
    return Stage(runtime, actor, other, *clients)


def field_codes(answer: httpx.Response) -> dict[str, str]:
    """{field: code} of a problem document."""
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def button(record: dict[str, Any], action: str, key: str = "allowed_actions") -> dict[str, Any]:
    """One of a record's actions."""
    found: dict[str, Any] = next(each for each in record[key] if each["action"] == action)
    return found
