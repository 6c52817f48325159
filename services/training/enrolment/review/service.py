"""The province's review (STAFF-02): the queue, and one person's file beside the registration. One decision for many is in ``deciding``."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.repository import require_registration
from services.training.enrolment.registrations.service import shown
from services.training.enrolment.review import repository
from services.training.enrolment.review.filters import ReviewFilter
from services.training.enrolment.review.flags import flags_of
from services.training.enrolment.review.schemas import ReviewListItem, ReviewRead, review_item, review_read
from services.training.people.personnel.service import read_file
from shared.clock import now_utc
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.web.lists import page_of


async def review_queue(
    session: AsyncSession, *, actor: Actor, wanted: ReviewFilter, page: PageRequest
) -> Page[ReviewListItem]:
    """One page of what waits, or of what the filters ask for."""
    rows = await repository.list_reviews(session, actor, wanted, page)
    flags, now = await flags_of(session, rows.items), now_utc()
    return page_of(rows, lambda registration: review_item(registration, flags[registration.id], actor, now))


async def review_one(
    session: AsyncSession, *, actor: Actor, registration_id: UUID, wanted: ReviewFilter, ahead: bool
) -> ReviewRead:
    """The registration and the person's full file, in clear; the view is logged on both (PLAT-05, TRN-51). With who comes before and
    after in the queue that ``wanted`` describes, so that the reviewer goes on without the list. ``ahead`` is for the next one, which
    nobody has on the desk yet: numbers masked, nothing logged; ``desk.open_review`` shows them."""
    registration = await require_registration(session, actor, registration_id)
    staff = await read_file(session, actor=actor, staff_id=registration.staff_id, full=not ahead)
    form = await shown(session, actor, registration, full=not ahead)
    flags = await flags_of(session, [registration])
    around = await repository.neighbours(session, actor, wanted, registration_id)
    return review_read(registration, form, staff, flags[registration.id], around, actor, now_utc())
