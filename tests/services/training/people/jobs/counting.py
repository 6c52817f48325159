"""A kind of job for tests: counts to ``total`` by tens, each number a row of history, so that nothing can be done twice unseen."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.jobs.models import Job
from shared.db.history import History, RecordType
from shared.errors import Conflict
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.services import Service
from shared.tasks.jobs import Batches, JobKind, JobOrder, JobTable, Progress

COUNT = JobKind(
    "count", "数数", "tests.services.training.people.jobs.counting:open_counting", frozenset({Permission.SCORE_ENTRY})
)
COUNT_ANEW = JobKind("count_anew", "从头数", COUNT.target, COUNT.permissions, resumable=False)
TABLE = JobTable(Service.TRAINING, Job, (COUNT, COUNT_ANEW))
STEP = 10
RECORD = RecordType("counted")


class _Counting(Batches):
    def __init__(self, order: JobOrder) -> None:
        self._actor, self._order = order.actor, order
        self.total: int = order.arguments["total"]

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        numbers = range(progress.position, min(progress.position + STEP, self.total))
        for number in numbers:
            RECORD.note(session, self._order.id, str(number), actor=self._actor)
        await session.flush()
        self._maybe_fail(numbers)
        total = progress.state.get("sum", 0) + sum(numbers)
        return Progress(numbers.stop, progress.done + len(numbers), progress.failed, {"sum": total})

    def _maybe_fail(self, numbers: range) -> None:
        if self._order.arguments.get("refused_at") in numbers:
            raise Conflict("没有数了，请换一个")
        if self._order.arguments.get("broken_at") in numbers:
            raise RuntimeError("320102196001010009 is broken")

    def report(self, progress: Progress) -> dict[str, Any]:
        return {"sum": progress.state.get("sum", 0), "bytes": len(self._order.data)}

    async def finish(self, _progress: Progress) -> None:
        if self._order.data:
            await self._order.files.put("数.zip", self._order.data)


async def open_counting(_runtime: Runtime, order: JobOrder) -> Batches:
    return _Counting(order)


async def counted(session: AsyncSession, job: Job, actor: Actor) -> list[int]:
    """Every number that was counted, once or more."""
    rows = await session.scalars(
        select(History.action).where(
            History.record_type == RECORD.name, History.record_id == job.id, History.actor_id == actor.account_id
        )
    )
    return sorted(int(each) for each in rows)
