"""The other job of the platform under the same faults: a unit declares, its county reviews, and whoever is told is told once (PLAT-11)."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from ops.client import Json, PlatformClient
from ops.demo_declarations import WHOLE
from ops.journey.play import all_items, body_of, until
from services.auth.demo import DEMO_PASSWORD
from shared.services import Service
from tests.faults.inside import Inside
from tests.faults.persevering import Persevering

DECLARATIONS = "/api/declaration/declarations"
RETURNED = "接害人数与检测点位不符，请核对"
# What the unit and its county do, and what of it is told to the unit.
STEPS = ("create", "submit", "open", "reject", "update", "submit", "open", "approve")
TOLD = {"declaration_rejected": 1, "declaration_approved": 1}
_HISTORY = "SELECT action FROM history WHERE record_type = 'declaration' AND record_id = %s AND position IS NOT NULL ORDER BY position"
_EVENTS = "SELECT type, count(*) FROM events WHERE payload->>'declaration_id' = %s GROUP BY type"
_PRINTED = "SELECT kind, count(*) FROM form_documents WHERE source_id = %s AND storage_key IS NOT NULL GROUP BY kind"


@dataclass
class Declaring:
    """``made`` are the declarations that were approved, in their order."""

    unit: httpx.AsyncClient
    county: httpx.AsyncClient
    made: list[Json] = field(default_factory=list)


@asynccontextmanager
async def open_declaring(base_url: str) -> AsyncIterator[Declaring]:
    """The demo's declaring unit and its county, signed in."""
    async with AsyncExitStack() as stack:

        async def client(account: str) -> httpx.AsyncClient:
            made = await stack.enter_async_context(PlatformClient(base_url, timeout=60, transport=Persevering()))
            await made.sign_in(account, DEMO_PASSWORD)
            return made.http

        yield Declaring(unit=await client("employer01"), county=await client("county01"))


async def declare(declaring: Declaring) -> None:
    """One declaration that is returned once and then approved. Raises ``WrongStep``."""
    unit, county = declaring.unit, declaring.county
    again = {"kind": "change", "change_reason": "process"} if await _declared(unit) else {"kind": "initial"}
    made = body_of(await unit.post(DECLARATIONS, json={**WHOLE, **again}), 201)
    address = f"{DECLARATIONS}/{made['id']}"
    body_of(await unit.post(f"{address}/submit"))
    body_of(await county.post(f"{address}/open"))
    body_of(await county.post(f"{address}/reject", json={"reason": RETURNED}))
    seen = await unit.get(address)
    changed = {"trained_count": body_of(seen)["trained_count"] - 1}
    body_of(await unit.patch(address, json=changed, headers={"If-Match": seen.headers["ETag"]}))
    body_of(await unit.post(f"{address}/submit"))
    body_of(await county.post(f"{address}/open"))
    declaring.made.append(body_of(await county.post(f"{address}/approve")))


async def _declared(unit: httpx.AsyncClient) -> bool:
    return any(row["status"] == "approved" for row in await all_items(unit, DECLARATIONS))


async def check_declared(declaring: Declaring, inside: Inside) -> None:
    """Each declaration took each step once, was told once and printed once."""
    for made in declaring.made:
        record = made["id"]
        # When the paper comes is the printer's business.
        steps = [action for (action,) in inside.rows(Service.DECLARATION, _HISTORY, record) if action != "print"]
        assert tuple(steps) == STEPS, (record, steps)
        events = dict(inside.rows(Service.DECLARATION, _EVENTS, record))
        assert set(events.values()) <= {1, 2}, (record, events)

        async def told(record: str = record) -> Counter[str]:
            messages = await all_items(declaring.unit, "/api/notifications/messages")
            return Counter(each["kind"] for each in messages if record in each["link"])

        async def all_told() -> bool:
            return (await told()) >= Counter(TOLD)

        await until(all_told, "the unit told of its declaration")
        assert {kind: count for kind, count in (await told()).items() if kind in TOLD} == TOLD

        async def printed(record: str = record) -> bool:
            return bool(inside.rows(Service.CERTIFICATES, _PRINTED, record))

        await until(printed, "the declaration's papers printed")
