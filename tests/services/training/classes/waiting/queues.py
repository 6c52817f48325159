"""A full class session and units that queue for it, as tests need them; and the sweep that offers what is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession, Schedule
from services.training.classes.seats.models import Placement
from services.training.classes.waiting.models import WaitingEntry
from services.training.classes.waiting.tasks import offer_places
from services.training.enrolment.registrations.models import Registration
from services.training.plans.models import Plan
from shared.clock import now_utc
from shared.db.history import History
from shared.events.log import EventRow
from shared.identity import Actor
from shared.runtime import Runtime
from tests.services.training.classes.selection.classes import add_class, add_people, add_schedule, assert_counters
from tests.services.training.classes.selection.test_placing import put
from tests.services.training.records import add_plan, today

ENTRIES = "/api/training/waiting-entries"


@dataclass
class Full:
    """A session whose places ``holder``'s people have all taken, by ``client``."""

    runtime: Runtime
    plan: Plan
    row: ClassSession
    holder: Actor
    client: httpx.AsyncClient
    seated: list[Registration]

    async def give_up(self, count: int, code: str = "skin") -> None:
        """The holder unticks the last ``count`` of its people."""
        kept = self.seated[: len(self.seated) - count]
        status, body = await put(self.client, self.row, code, kept)
        assert status == 200, body
        self.seated = kept

    async def people(self, unit: Actor, count: int, *codes: str) -> list[Registration]:
        async with self.runtime.database.unit_of_work() as session:
            return await add_people(session, unit, self.plan, count, *(codes or ("skin",)))

    async def another_session(self, codes: dict[str, int | None], **changes: Any) -> ClassSession:
        """第2期 of the same plan, on the same days unless said otherwise."""
        async with self.runtime.database.unit_of_work() as session:
            schedule = await session.get_one(Schedule, self.row.schedule_id)
            return await add_class(session, schedule, codes, **{"session_no": 2, **changes})

    async def sweep(self) -> None:
        await offer_places(self.runtime)
        async with self.runtime.database.unit_of_work() as session:
            await assert_counters(session, self.plan)

    async def change(self, **values: Any) -> None:
        """Writes the session's row, as time would."""
        async with self.runtime.database.unit_of_work() as session:
            await session.execute(update(ClassSession).where(ClassSession.id == self.row.id).values(**values))

    async def change_entry(self, entry_id: str, **values: Any) -> None:
        async with self.runtime.database.unit_of_work() as session:
            await session.execute(update(WaitingEntry).where(WaitingEntry.id == UUID(entry_id)).values(**values))

    async def counters(self) -> tuple[int, int, int]:
        """(capacity, taken, given up) of the session."""
        async with self.runtime.database.unit_of_work() as session:
            row = await session.get_one(ClassSession, self.row.id)
            return row.capacity, row.taken, row.freed

    async def held(self, entry_id: str | None) -> int:
        """Places in the session that belong to an offer, or with None to nobody's."""
        held = Placement.waiting_entry_id.is_(None) if entry_id is None else Placement.waiting_entry_id == entry_id
        async with self.runtime.database.unit_of_work() as session:
            found = select(Placement.registration_id).where(Placement.class_session_id == self.row.id, held)
            return len((await session.scalars(found)).all())


async def fill(
    runtime: Runtime,
    holder: Actor,
    client: httpx.AsyncClient,
    *,
    capacity: int = 3,
    codes: dict[str, int | None] | None = None,
    **changes: Any,
) -> Full:
    """A session of ``capacity`` seats, every one taken for skin."""
    codes = codes or {"skin": None}
    async with runtime.database.unit_of_work() as session:
        plan = await add_plan(session, *codes)
        schedule = await add_schedule(session, plan)
        schedule.opened_at = now_utc() - timedelta(days=10)
        row = await add_class(session, schedule, codes, capacity=capacity, **changes)
        seated = await add_people(session, holder, plan, capacity, "skin")
    status, body = await put(client, row, "skin", seated)
    assert (status, body["session_remaining"]) == (200, 0), body
    return Full(runtime, plan, row, holder, client, seated)


async def ask(
    client: httpx.AsyncClient, row: ClassSession, people: Sequence[Registration], code: str = "skin", **body: Any
) -> tuple[int, dict[str, Any]]:
    """POST as it is, whatever comes."""
    sent = {
        "class_session_id": str(row.id),
        "specialty_code": code,
        "registration_ids": [str(each.id) for each in people],
        **body,
    }
    answer = await client.post(ENTRIES, json=sent)
    return answer.status_code, answer.json()


async def queue(
    client: httpx.AsyncClient, full: Full, people: Sequence[Registration], code: str = "skin", *, together: bool = True
) -> list[str]:
    """Ids of the entries made."""
    status, body = await ask(client, full.row, people, code, together=together)
    assert status == 201, body
    return [each["id"] for each in body["entries"]]


async def status_of(client: httpx.AsyncClient, entry_id: str) -> str:
    answer = await client.get(f"{ENTRIES}/{entry_id}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


async def act(client: httpx.AsyncClient, entry_id: str, action: str) -> tuple[int, dict[str, Any]]:
    answer = await client.post(f"{ENTRIES}/{entry_id}/{action}", json={})
    return answer.status_code, answer.json()


async def told(session: AsyncSession, kind: str, entry_id: str) -> list[dict[str, Any]]:
    """Payloads of the events of that type about the entry."""
    rows = select(EventRow.payload).where(EventRow.type == kind, EventRow.payload["entry_id"].astext == entry_id)
    return list(await session.scalars(rows.order_by(EventRow.seq)))


async def remembered(session: AsyncSession, entry_id: str) -> list[str]:
    """The actions in the entry's history, oldest first."""
    rows = select(History.action).where(History.record_type == "waiting_entry", History.record_id == UUID(entry_id))
    return list(await session.scalars(rows.order_by(History.position)))


def long_ago() -> datetime:
    return now_utc() - timedelta(seconds=1)


def yesterday() -> Any:
    return today() - timedelta(days=1)
