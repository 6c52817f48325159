"""Certificates of people as these tests need them, and how the list of those that end is asked for."""

from datetime import date, timedelta
from typing import Any

import httpx

from services.training.people.personnel.models import Qualification, StaffMember
from services.training.plans.models import PlanType
from shared.identifiers import new_id
from tests.services.training.enrolment.registrations.stage import Stage
from tests.services.training.records import today

LIST = "/api/training/expiring-qualifications"
# A category that no plan leads to; those of plans are made with ``a_plan_type``.
MANUAL = "由本单位录入的资质"
SKIN, POISONING = "职业性皮肤病", "职业性化学中毒"


async def certify(stage: Stage, staff: StaffMember, days: int | None, category: str = MANUAL, **more: Any) -> str:
    """A certificate earned here that ends in so many days, never with None; gives its number."""
    values: dict[str, Any] = {
        "person_id": staff.person_id,
        "category": category,
        "number": f"证{new_id().hex[-8:]}",
        "issued_on": date(2022, 1, 1),
        "expires_on": None if days is None else today() + timedelta(days=days),
        "scope": [],
        "certificate_id": new_id(),
        "known_to": [staff.unit_id],
    }
    made = Qualification(**{**values, **more})
    async with stage.work() as session:
        session.add(made)
    return made.number


async def a_plan_type(stage: Stage) -> PlanType:
    """A type of its own, so that the open plans of other tests lead elsewhere."""
    tail = new_id().hex[-8:]
    made = PlanType(code=f"type_{tail}", label=f"资质{tail}", position=1000, number_code=tail)
    async with stage.work() as session:
        session.add(made)
    return made


async def listed(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(LIST, params=params)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def numbers(client: httpx.AsyncClient, **params: Any) -> list[str]:
    return [row["number"] for row in await listed(client, **params)]
