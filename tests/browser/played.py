"""What the main job leaves behind up to a step, over the API: a plan of its own, with people who wait for the review or have passed it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from ops.client import Json
from ops.journey.filing import save_filing
from ops.journey.importing import import_people
from ops.journey.play import Play, body_of
from ops.journey.portrait import add_photos
from ops.journey.steps import SPECIALTIES, publish_plan, register_ten
from shared.clock import beijing_today, now_utc
from tests.sessions import open_play
from tests.stack import Stack


async def rows_of(play: Play, plan: str) -> Json:
    """What waits in this plan, in the queue's order."""
    return body_of(await play.province.get("/api/training/reviews", params={"plan_id": plan, "limit": 50}))["items"]


async def ten_wait(stack: Stack) -> tuple[str, list[str]]:
    """A plan of its own with ten registrations that wait: its id, and their names in the queue's order."""
    async with open_play(stack.base_url) as play:
        plan = await _registered(play)
        return plan, [row["name"] for row in await rows_of(play, plan)]


async def ten_approved(stack: Stack) -> tuple[str, list[str]]:
    """The same, all of them approved."""
    async with open_play(stack.base_url) as play:
        plan = await _registered(play)
        rows = await rows_of(play, plan)
        body = {"registration_ids": [row["registration_id"] for row in rows], "action": "approve"}
        assert body_of(await play.province.post("/api/training/reviews/batch", json=body))["done"] == len(rows)
        return plan, [row["name"] for row in rows]


async def _registered(play: Play) -> str:
    for step in (import_people, add_photos, publish_plan, register_ten):
        await step(play)
    return str(play.facts["plan_id"])


async def sessions_of(play: Play, plan: str, *capacities: int) -> list[str]:
    """Class sessions of these sizes for all the plan's 专业类别, one after the other, open to be chosen; their ids."""
    day = beijing_today(now_utc())
    made = []
    for number, capacity in enumerate(capacities, start=1):
        start = day + timedelta(days=20 + 10 * number)
        body = {
            "plan_id": plan,
            "training_kind": "initial",
            "capacity": capacity,
            "location": "南京市职业病防治院 3 楼",
            "start_date": str(start),
            "end_date": str(start + timedelta(days=4)),
            "selection_deadline": str(day + timedelta(days=18)),
            "specialties": [{"specialty_code": each, "places": None} for each in SPECIALTIES],
        }
        made.append(body_of(await play.province.post("/api/training/class-sessions", json=body), 201)["id"])
    schedule = body_of(await play.province.get("/api/training/schedules", params={"plan_id": plan}))["items"][0]
    body_of(await play.province.post(f"/api/training/schedules/{schedule['id']}/open"))
    return made


@asynccontextmanager
async def other_unit(base_url: str, plan: str) -> AsyncIterator[tuple[Play, list[str]]]:
    """Another unit with ten approved people in the plan, and the ids of their registrations."""
    async with open_play(base_url, unit="unit03") as play:
        play.facts |= {"plan_id": plan}
        for step in (save_filing, import_people, add_photos, register_ten):
            await step(play)
        ids = list(play.facts["registrations"])
        body = {"registration_ids": ids, "action": "approve"}
        assert body_of(await play.province.post("/api/training/reviews/batch", json=body))["done"] == len(ids)
        yield play, ids
