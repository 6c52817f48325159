"""One registration that everybody is at in the same moment: who looks disturbs nobody, and who acts gets a turn (PLAT-01, PLAT-04)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.db.history import RecordType, broken_history, changes_of, history_of
from shared.identity import Actor
from tests.length import at_length
from tests.services.training.enrolment.registrations.stage import ClientFor, Stage, set_stage

pytestmark = pytest.mark.req("PLAT-01", "PLAT-04", "STAFF-03")
S = RegistrationStatus
ROUNDS = at_length(1, 20)
ONE, REVIEWS = "/api/training/registrations", "/api/training/reviews"
WHY = {"kind": "material_missing", "reason": "缺少职称证书", "fields": ["title_level"]}


@pytest.fixture
async def stage(open_app: Any, client_for: ClientFor, make_actor: Callable[..., Actor]) -> Stage:
    return await set_stage(open_app, client_for, make_actor)


def looks(stage: Stage, one: Registration) -> Iterator[Awaitable[httpx.Response]]:
    for client in (stage.unit, stage.province):
        yield client.get(f"{ONE}/{one.id}")
        yield client.get(f"{ONE}/{one.id}/history")
    yield stage.province.get(f"{REVIEWS}/{one.id}")
    yield stage.unit.get(f"/api/training/personnel/{one.staff_id}")
    yield stage.province.get(f"/api/training/personnel/{one.staff_id}")


def acts(stage: Stage, one: Registration, ids: list[str]) -> Iterator[Awaitable[httpx.Response]]:
    for action, body in (("approve", None), ("return", WHY), ("undo_review", None)):
        yield stage.province.post(f"{ONE}/{one.id}/{action}", json=body)
        yield stage.province.post(f"{REVIEWS}/batch", json={"registration_ids": ids, "action": action, **(body or {})})
    yield stage.unit.post(f"{ONE}/{one.id}/request_return", json={"reason": "填写有误"})


async def test_reads_writes_and_batches_on_one_registration(stage: Stage) -> None:
    plan = await stage.plan()
    made = [await stage.registered(plan, status=S.SUBMITTED) for _ in range(20)]
    one, ids = made[0], [str(each.id) for each in made]
    acted = 0
    for _ in range(ROUNDS):
        reading = [each for _ in range(5) for each in looks(stage, one)]
        writing = list(acts(stage, one, ids))
        answers = await asyncio.gather(*reading, *writing)
        assert {answer.status_code for answer in answers[: len(reading)]} == {200}
        for answer in answers[len(reading) :]:
            assert answer.status_code in {200, 409}, answer.text
            assert answer.json().get("code") != "conflict", answer.text
        acted += sum(answer.status_code == 200 for answer in answers[len(reading) :])
        assert acted
    async with stage.work() as session:
        rows = await changes_of(session, RecordType("registration"), one.id)
        seen = await history_of(session, RecordType("registration"), one.id)
        ours = {each.id for each in made}
        assert [place for place in await broken_history(session) if place[1] in ours] == []
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    # Three of the looks show the form in clear, and each of them is remembered.
    assert sum(row.action == "view_full" for row in seen) == ROUNDS * 5 * 3
