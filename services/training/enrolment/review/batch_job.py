"""One decision for all that match, in a worker (PLAT-09, STAFF-03): the registrations that matched when it was asked for are kept with
the job, so that another worker goes on with the same people, and what came in since is nobody's surprise.
"""

import asyncio
import json
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.batches import ItemResult
from services.training.enrolment.review import deciding, repository
from services.training.enrolment.review.batch_schemas import MatchingBatch, ReviewBatch
from services.training.people.jobs.kinds import JOBS, REVIEW_BATCH
from services.training.people.personnel.form import LABELS
from shared.errors import Conflict
from shared.identity import Actor
from shared.runtime import Runtime
from shared.sheets import Column, write_sheet
from shared.storage import Storage
from shared.tasks.jobs import Batches, JobColumns, JobOrder, Progress, start_job

AT_ONCE = 200
MOST = 20_000
# As many refusals stand in the answer; all of them in the file.
TOLD = 100
REFUSED_FILE = "未处理人员.xlsx"
_COLUMNS = (Column("name", LABELS["name"], width=16), Column("reason", "原因", width=80))


class MatchingChanged(Conflict):
    code = "matching_changed"


class TooManyMatch(Conflict):
    code = "too_many_match"
    detail = f"一次最多处理 {MOST} 人，请用筛选条件缩小范围"


async def begin(session: AsyncSession, storage: Storage, *, actor: Actor, body: MatchingBatch) -> JobColumns:
    """A job over all that the filters match now. Raises ``MatchingChanged`` when that is not the number that the reviewer was shown,
    ``TooManyMatch``, and ``InvalidInput`` for a return without a reason."""
    deciding.body_of(body)
    ids = await repository.ids_of_queue(session, actor, body.matching, MOST + 1)
    if len(ids) > MOST:
        raise TooManyMatch
    if len(ids) != body.expected:
        raise MatchingChanged(
            f"现在符合条件的是 {len(ids)} 人，您看到的是 {body.expected} 人；请重新查询，核对后再提交"
        )
    arguments = body.model_dump(mode="json", include={"action", "reason", "kind", "fields"})
    data = json.dumps([str(each) for each in ids]).encode()
    return await start_job(
        session, storage, JOBS, actor=actor, kind=REVIEW_BATCH.name, arguments=arguments, total=len(ids), data=data
    )


async def open_batch(_runtime: Runtime, order: JobOrder) -> Batches:
    return _Decisions(order)


class _Decisions(Batches):
    """``state`` holds those that were refused, as [name, reason]."""

    def __init__(self, order: JobOrder) -> None:
        self._actor, self._files, self._arguments = order.actor, order.files, order.arguments
        self._ids = [UUID(each) for each in json.loads(order.data)]
        self.total = len(self._ids)

    async def do(self, session: AsyncSession, progress: Progress) -> Progress:
        part = self._ids[progress.position : progress.position + AT_ONCE]
        body = ReviewBatch.model_validate({**self._arguments, "registration_ids": part})
        made = await deciding.decide_many(session, actor=self._actor, body=body)
        refused = [_told(each) for each in made.results if not each.done]
        return Progress(
            position=progress.position + len(part),
            done=progress.done + made.done,
            failed=progress.failed + made.refused,
            state={"refused": [*progress.state.get("refused", ()), *refused]},
        )

    def report(self, progress: Progress) -> dict[str, object]:
        refused = progress.state.get("refused", ())
        return {"refused": [{"name": name, "reason": reason} for name, reason in refused[:TOLD]]}

    async def finish(self, progress: Progress) -> None:
        """Everybody who was refused, and why."""
        refused = progress.state.get("refused", ())
        if refused:
            rows = ({"name": name, "reason": reason} for name, reason in refused)
            await self._files.put(REFUSED_FILE, await asyncio.to_thread(write_sheet, "未处理人员", _COLUMNS, rows))


def _told(result: ItemResult) -> list[str]:
    return [result.name or "已不在名单中的人员", result.reason or ""]
