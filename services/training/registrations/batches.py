"""The same step for many registrations: each in a savepoint of its own, one answer per person, one bad row stops no other (STAFF-03)."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.registrations.models import Registration
from services.training.registrations.repository import names_of
from services.training.registrations.workflow import RegistrationStatus
from shared.errors import AppError
from shared.identity import Actor


class FieldProblem(BaseModel):
    field: str
    code: str
    message: str


class ItemResult(BaseModel):
    """What became of one person; ``errors`` names the fields where the form is at fault."""

    registration_id: UUID
    name: str
    done: bool
    status: RegistrationStatus | None = None
    status_label: str | None = None
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
            found[registration_id] = _refused(registration_id, name, error)
        else:
            found[registration_id] = ItemResult(
                registration_id=registration_id, name=name, done=True, status=status, status_label=status.label
            )
    results = [found[registration_id] for registration_id in dict.fromkeys(ids)]
    done = sum(each.done for each in results)
    return BatchRead(done=done, refused=len(results) - done, results=results)


def _refused(registration_id: UUID, name: str, error: AppError) -> ItemResult:
    return ItemResult(
        registration_id=registration_id,
        name=name,
        done=False,
        code=error.code,
        reason=error.detail,
        errors=[FieldProblem(field=each.field, code=each.code, message=each.message) for each in error.errors],
    )
