"""What approving 500 people at once costs through the service, with their histories and events (STAFF-03), beside the bare UPDATE of 500
rows on the same database. The servers are durable ones of its own.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.figure import Figure
from ops.migrate import migrate
from ops.up.environment import child_environment
from ops.up.servers import embedded_servers
from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.workflow import RegistrationAction, RegistrationStatus
from services.training.enrolment.review.batch_schemas import ReviewBatch
from services.training.enrolment.review.deciding import decide_many
from shared.db.history import History
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from shared.settings import platform_settings
from tests.conftest import make_actor
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff, resident_id

PEOPLE = 500
ROUNDS = 3
UNITS = 20


def figures() -> Iterator[Figure]:
    """Medians of ``ROUNDS`` batches of ``PEOPLE``, each of people of its own; units of work with their commit."""
    with tempfile.TemporaryDirectory() as folder, embedded_servers(Path(folder) / "var") as servers:
        os.environ.update(child_environment(servers, port=1))
        platform_settings.cache_clear()
        servers.create_database(Service.TRAINING)
        migrate(Service.TRAINING)
        through, bare = asyncio.run(_measure())
    yield Figure("batch_review_500_approvals_median_s", through, "s", 1)
    yield Figure("batch_review_bare_update_median_ms", bare * 1000, "ms")
    yield Figure("batch_review_service_to_update", through / bare, "x")


async def _measure() -> tuple[float, float]:
    reviewer = make_actor(Permission.PROVINCE_REVIEW, level=Level.PROVINCE)
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        groups = []
        for group in range(2 * ROUNDS + 1):
            async with runtime.database.unit_of_work() as session:
                groups.append(await _prepare(session, date(1955, 1, 1) + timedelta(days=group * PEOPLE)))
        await _approve(runtime, reviewer, groups[0])  # connections are made, statements are compiled
        through = [await _approve(runtime, reviewer, ids) for ids in groups[1 : ROUNDS + 1]]
        bare = [await _update(runtime, ids) for ids in groups[ROUNDS + 1 :]]
        await _make_sure(runtime)
    return statistics.median(through), statistics.median(bare)


async def _prepare(session: AsyncSession, born: date) -> list[UUID]:
    """A plan with its people, each born on a day of their own, so that no two have one number."""
    plan, ids = await add_plan(session, "skin"), list[UUID]()
    for _ in range(UNITS):
        unit = make_actor(Permission.GROUP_REGISTRATION)
        await add_institution(session, unit)
        for number in range(PEOPLE // UNITS):
            number_of = resident_id(born + timedelta(days=len(ids)))
            staff = await add_staff(session, unit, f"人{number}", resident_id=number_of)
            made = await add_registration(session, unit, plan, staff, "skin", status=RegistrationStatus.SUBMITTED)
            ids.append(made.id)
    return ids


async def _approve(runtime: Runtime, reviewer: Actor, ids: Sequence[UUID]) -> float:
    body = ReviewBatch(registration_ids=list(ids), action=RegistrationAction.APPROVE)
    started = time.perf_counter()
    async with runtime.database.unit_of_work() as session:
        answer = await decide_many(session, actor=reviewer, body=body)
    taken = time.perf_counter() - started
    if (answer.done, answer.refused) != (PEOPLE, 0):
        raise RuntimeError(f"{answer.done} approved, {answer.refused} refused")
    return taken


async def _update(runtime: Runtime, ids: Sequence[UUID]) -> float:
    statement = text("UPDATE registrations SET status = 'approved' WHERE id = ANY(:ids) AND status = 'submitted'")
    started = time.perf_counter()
    async with runtime.database.unit_of_work() as session:
        await session.execute(statement, {"ids": list(ids)})
    return time.perf_counter() - started


async def _make_sure(runtime: Runtime) -> None:
    async with runtime.database.unit_of_work() as session:
        approved = select(func.count()).where(Registration.status == RegistrationStatus.APPROVED)
        noted = select(func.count()).where(History.action == RegistrationAction.APPROVE.value)
        counted = await session.scalar(approved), await session.scalar(noted)
    if counted != (PEOPLE * (2 * ROUNDS + 1), PEOPLE * (ROUNDS + 1)):
        raise RuntimeError(f"{counted[0]} approved, {counted[1]} in the history")
