"""The same step for many registrations, one answer per person, one bad row stops no other (STAFF-03). Here are the answers, and the slow
form, each row in a savepoint of its own; a domain whose rows need nothing of their own moves them in bulk and answers in the same shape.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.repository import names_of
from services.training.enrolment.registrations.workflow import RegistrationStatus
from shared.errors import AppError, NotFound
from shared.identity import Actor
from shared.web.answers import Read
from shared.workflow.definition import Refusal


class FieldProblem(BaseModel):
    field: str
    code: str
    message: str


class ItemResult(Read):
    """What became of one person; ``errors`` names the fields where the form is at fault."""

    registration_id: UUID
    name: str
    done: bool
    status: RegistrationStatus | None = None
    code: str | None = None
    reason: str | None = None
    errors: list[FieldProblem] = []


class BatchRead(BaseModel):
    done: int
    refused: int
    results: list[ItemResult]


Step = Callable[[UUID], Awaitable[Registration]]


async def one_by_one(session: AsyncSession, actor: Actor, ids: Sequence[UUID], step: Step) -> BatchRead:
    """Runs ``step`` for each id once, in id order so that two batches never deadlock; answers in the order asked for."""
    names = await names_of(session, actor, ids)
    found: dict[UUID, ItemResult] = {}
    for registration_id in sorted(set(ids)):
        name = names.get(registration_id, "")
        try:
            async with session.begin_nested():
                status = (await step(registration_id)).status
        except AppError as error:
            found[registration_id] = _failed(registration_id, name, error)
        else:
            found[registration_id] = done_result(registration_id, name, status)
    return batch_read(ids, found)


async def refusal_alone(session: AsyncSession, work: Callable[[], Awaitable[object]]) -> AppError | None:
    """Does ``work`` in a savepoint of its own, so that a refusal undoes it alone; gives that refusal."""
    try:
        async with session.begin_nested():
            await work()
    except AppError as error:
        return error
    return None


def batch_read(ids: Sequence[UUID], found: Mapping[UUID, ItemResult]) -> BatchRead:
    """The answer in the order asked for, each id once; what was not found is somebody else's, or nobody's (PLAT-06)."""
    results = [found.get(each) or _failed(each, "", NotFound()) for each in dict.fromkeys(ids)]
    done = sum(each.done for each in results)
    return BatchRead(done=done, refused=len(results) - done, results=results)


def done_result(registration_id: UUID, name: str, status: RegistrationStatus) -> ItemResult:
    return ItemResult(registration_id=registration_id, name=name, done=True, status=status)


def refused_result(registration_id: UUID, name: str, refusal: Refusal) -> ItemResult:
    """Refused by the table, in the words of ``allowed_actions`` (PLAT-02)."""
    return ItemResult(registration_id=registration_id, name=name, done=False, code=refusal.code, reason=refusal.reason)


def _failed(registration_id: UUID, name: str, error: AppError) -> ItemResult:
    return ItemResult(
        registration_id=registration_id,
        name=name,
        done=False,
        code=error.code,
        reason=error.detail,
        errors=[FieldProblem(field=each.field, code=each.code, message=each.message) for each in error.errors],
    )
