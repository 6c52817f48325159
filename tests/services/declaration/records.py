"""What the tests of declaration make for themselves: an employer known to the directory, content that may be submitted, a cast of people
around one employer. Nothing here is shared between tests.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from services.declaration.orders.models import ReviewOrder
from shared.clock import beijing_today, now_utc
from shared.events.auth import OrganisationChanged
from shared.identity import Actor
from shared.roles import Level, Permission

URL = "/api/declaration/declarations"
COUNTY = "320102"
COMPLETE: dict[str, Any] = {
    "kind": "initial",
    "size": "3",
    "industry": "C35",
    "economic_type": "150",
    "sites": [{"address": "南京市玄武区龙蟠路1号", "name": "一号厂区"}],
    "products": [{"product": "齿轮", "output": "1200", "unit": "件"}],
    "tested": True,
    "test_org": "江苏某检测有限公司",
    "test_report_no": "JC-2026-018",
    "tests": [
        {"item": "dust", "measured": 8, "over": 1},
        {"item": "silica", "measured": 4, "over": 0},
        {"item": "phys", "measured": 6, "over": 0},
        {"item": "noise", "measured": 6, "over": 0},
    ],
    "exam_org": "南京某职业健康检查中心",
    "exam_report_no": "2026-0018",
    "exams": [
        {"item": "dust", "due": 40, "done": 38},
        {"item": "silica", "due": 30, "done": 30},
        {"item": "phys", "due": 50, "done": 49},
        {"item": "noise", "due": 50, "done": 49},
    ],
    "contact_name": "王芳",
    "contact_phone": "13812345678",
    "staff_count": 100,
    "outsourced_count": 20,
    "exposed_count": 60,
    "disease_count": 0,
    "leader_trained": True,
    "manager_trained": False,
    "trained_count": 55,
    "surveillance_done": True,
    "hazards": [
        {
            "class_code": "dust",
            "exposed_count": 40,
            "factors": [{"factor_code": "A001", "exposed_count": 30}, {"factor_code": "A003"}],
        },
        {"class_code": "phys", "exposed_count": 50, "factors": [{"factor_code": "C001", "exposed_count": 50}]},
    ],
}
# What a unit declares that has declared before, whenever that was.
AGAIN: dict[str, Any] = {"kind": "change", "change_reason": "process"}
# What goes with other hazards: nothing measured, nobody examined.
UNTESTED: dict[str, Any] = {"tested": False, "tests": [], "surveillance_done": False, "exams": []}
ONLY_BIOLOGICAL = [
    {"class_code": "bio", "exposed_count": 10, "factors": [{"factor_code": "E002"}]},
    {"class_code": "oth", "exposed_count": 5, "factors": [{"factor_code": "F001"}]},
]


def organisation(actor: Actor, **changes: Any) -> OrganisationChanged:
    """What auth tells about the actor's organisation."""
    return OrganisationChanged(
        **{
            "organisation_id": actor.organisation_id,
            "name": actor.organisation_name,
            "short_name": "",
            "credit_code": "91320100MA1ABCD2XR",
            "level": actor.level,
            "region_code": actor.region_code,
            "active": True,
            **changes,
        }
    )


def an_order(actor: Actor) -> ReviewOrder:
    """That some declaration in the actor's region be looked at again."""
    return ReviewOrder(
        declaration_id=uuid.uuid4(),
        employer_name="某单位",
        region_code=actor.region_code,
        level=Level.COUNTY,
        reason="复核",
        due_on=beijing_today(now_utc()),
        ordered_by=actor.account_id,
        ordered_by_name="某人",
        organisation_id=uuid.uuid4(),
        organisation_name="某市卫生健康委",
    )


@dataclass(frozen=True)
class Cast:
    """One employer of a county, the reviewers above it, and clients signed in as them."""

    employer: httpx.AsyncClient
    county: httpx.AsyncClient
    city: httpx.AsyncClient
    province: httpx.AsyncClient
    actor: Actor

    async def add(self, **changes: Any) -> str:
        """A 暂存 record with complete content; gives its address."""
        answer = await self.employer.post(URL, json={**COMPLETE, **changes})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def submitted(self, **changes: Any) -> str:
        """A 待审核 record that nobody has opened."""
        address = await self.add(**changes)
        answer = await self.employer.post(f"{address}/submit")
        assert answer.status_code == 200, answer.text
        return address

    async def opened(self) -> str:
        """A 待审核 record that the county has opened."""
        address = await self.submitted()
        assert (await self.county.post(f"{address}/open")).status_code == 200
        return address

    async def approved(self, **changes: Any) -> str:
        address = await self.submitted(**changes)
        assert (await self.county.post(f"{address}/approve")).status_code == 200
        return address

    async def approved_after(self, address: str) -> str:
        """That rejected record, sent again and approved."""
        assert (await self.employer.post(f"{address}/submit")).status_code == 200
        assert (await self.county.post(f"{address}/approve")).status_code == 200
        return address

    async def rejected(self, reason: str = "缺少噪声") -> str:
        address = await self.submitted()
        assert (await self.county.post(f"{address}/reject", json={"reason": reason})).status_code == 200
        return address

    async def edit(self, address: str, **changes: Any) -> httpx.Response:
        """The record, read and changed at once."""
        seen = await self.employer.get(address)
        return await self.employer.patch(address, json=changes, headers={"If-Match": seen.headers["etag"]})


MakeCast = Callable[..., Awaitable[Cast]]
PEOPLE = {
    "county": (Level.COUNTY, {Permission.DECLARATION_REVIEW}),
    "city": (Level.CITY, {Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT}),
    "province": (Level.PROVINCE, {Permission.DECLARATION_OVERSIGHT}),
}
REGION_OF = {Level.COUNTY: slice(0, 6), Level.CITY: slice(0, 4), Level.PROVINCE: slice(0, 2)}


def region_of(level: Level, county: str) -> str:
    """The code of the authority of ``level`` above ``county``."""
    return county[REGION_OF[level]].ljust(6, "0")


def button(record: dict[str, Any], action: str) -> dict[str, Any]:
    """One of the record's allowed actions."""
    return next(each for each in record["allowed_actions"] if each["action"] == action)


def unknown() -> str:
    """An address that no record has."""
    return f"{URL}/{uuid.uuid4()}"
