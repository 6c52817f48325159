"""The list of certificates that end, each with what renews it (BEY-06). Who is told of them without asking is in ``reminders``."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.expiry import repository
from services.training.desk.expiry.repository import ExpiryFilter
from services.training.desk.expiry.rules import next_step_of, renewal_of, status_of
from services.training.desk.expiry.schemas import ExpiringQualificationRead, ExpiryGroupCount, Renewal
from services.training.desk.expiry.workflow import group_of
from services.training.people.personnel.models import Qualification
from shared.clock import beijing_today, now_utc
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.roles import Permission
from shared.web.lists import page_of


async def expiring_page(
    session: AsyncSession, *, actor: Actor, page: PageRequest, wanted: ExpiryFilter
) -> Page[ExpiringQualificationRead]:
    """One page: a unit's own 在职 people, for an office those of its region (PLAT-06)."""
    today = beijing_today(now_utc())
    rows = await repository.list_expiring(session, actor, page, wanted, today)
    renewal = await renewals(session, [each.qualification for each in rows.items], today)
    registers = actor.may(Permission.GROUP_REGISTRATION)

    def read(row: repository.Expiring) -> ExpiringQualificationRead:
        qualification, ends = row.qualification, row.qualification.expires_on
        assert ends is not None  # only what ends is listed
        plan = renewal(qualification, row.unit_id)
        return ExpiringQualificationRead.of(
            qualification,
            staff_id=row.staff_id,
            name=row.name,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            days_left=(ends - today).days,
            earned_here=qualification.certificate_id is not None,
            status=status_of(ends, today),
            group=group_of((ends - today).days),
            renewal=plan,
            next_step=next_step_of(plan) if registers else None,
        )

    return page_of(rows, read)


async def expiry_groups(session: AsyncSession, *, actor: Actor, wanted: ExpiryFilter) -> list[ExpiryGroupCount]:
    """Every group with how many the list has of it; which of them are shown does not matter."""
    everything = wanted.model_copy(update={"group": []})
    counts = await repository.count_groups(session, actor, everything, beijing_today(now_utc()))
    return [ExpiryGroupCount(group=group, count=count) for group, count in counts.items()]


async def renewals(
    session: AsyncSession, qualifications: Sequence[Qualification], today: date
) -> Callable[[Qualification, UUID], Renewal]:
    """What says of each of these certificates, and of the unit that has the person, what renews it."""
    categories = {each.category for each in qualifications}
    plans = await repository.open_plans(session, categories, today)
    registered = await repository.registered(session, {each.person_id for each in qualifications}, categories)
    return lambda qualification, unit_id: renewal_of(qualification, unit_id, plans, registered)
