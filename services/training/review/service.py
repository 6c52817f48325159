"""The province's review (STAFF-02…04): the queue, one person's file beside the registration, and one decision for many."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.personnel.service import read_file
from services.training.registrations.batches import BatchRead, one_by_one
from services.training.registrations.repository import require_registration
from services.training.registrations.service import move, shown
from services.training.registrations.workflow import RegistrationAction, ReturnBody
from services.training.review import repository
from services.training.review.filters import ReviewFilter
from services.training.review.schemas import ReviewBatch, ReviewListItem, ReviewRead, review_item
from shared.clock import now_utc
from shared.db.paging import Page, PageRequest
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.web.lists import page_of
from shared.workflow.definition import ActionBody


async def review_queue(
    session: AsyncSession, *, actor: Actor, wanted: ReviewFilter, page: PageRequest
) -> Page[ReviewListItem]:
    """One page of what waits, or of what the filters ask for."""
    rows = await repository.list_reviews(session, actor, wanted, page)
    now = now_utc()
    return page_of(rows, lambda registration: review_item(registration, actor, now))


async def review_one(session: AsyncSession, *, actor: Actor, registration_id: UUID) -> ReviewRead:
    """The registration and the person's full file, in clear; the view is logged on both (PLAT-05, TRN-51)."""
    registration = await require_registration(session, actor, registration_id)
    staff = await read_file(session, actor=actor, staff_id=registration.staff_id)
    return ReviewRead(registration=await shown(session, actor, registration, full=True), staff=staff)


async def review_many(session: AsyncSession, *, actor: Actor, body: ReviewBatch) -> BatchRead:
    """Approves or returns each, one result per person. Raises ``InvalidInput`` when a return comes without a reason."""
    returned = body.action is RegistrationAction.RETURN
    if returned and not (body.reason or "").strip():
        raise InvalidInput(errors=[FieldError("reason", "missing", "退回须填写理由")])
    with_it = ReturnBody(reason=body.reason, kind=body.kind, fields=body.fields) if returned else ActionBody()
    return await one_by_one(
        session, actor, body.registration_ids, lambda each: move(session, actor, each, body.action, with_it)
    )
