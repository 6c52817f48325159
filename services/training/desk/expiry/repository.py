"""Queries of certificates that end (BEY-06): whose end worries a unit, which plans are open, and which ends have been told."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.training.desk.expiry.models import ExpiryReminder
from services.training.desk.expiry.workflow import MARKS, SHOWN_AFTER_DAYS, ExpiryGroup, ExpiryStatus, days_of
from services.training.enrolment.registrations.models import Registration, RegistrationSpecialty
from services.training.enrolment.registrations.workflow import RegistrationStatus
from services.training.people.institutions.models import Institution
from services.training.people.personnel.models import Qualification, StaffMember, in_file
from services.training.people.personnel.repository import name_conditions, visible_to
from services.training.people.personnel.workflow import EmploymentStatus
from services.training.plans.models import NO_SPECIALTY, Plan, PlanSpecialty, PlanType, Specialty
from services.training.plans.workflow import PlanStatus
from shared.db.paging import Columns, Filter, PageRequest, Rows, fetch_page
from shared.db.rows import named_rows
from shared.identity import Actor

_SENT = RegistrationStatus.is_sent
_EXPIRES = Qualification.expires_on
# A certificate stands in the files of all units that have the person, so that a row is the two of them.
_COLUMNS: Columns = {
    "id": func.concat(Qualification.id, StaffMember.id),
    "expires_on": type_coerce(_EXPIRES, Date),
    "name": StaffMember.name_key,
}


class ExpiryFilter(Filter):
    """``days`` is how far ahead; of several categories one is enough; ``name`` is any part of it or of its initials (PLAT-08)."""

    days: int = Field(default=90, ge=1, le=365, description="多少天内到期；已过期的显示一年")
    category: list[Annotated[str, Field(max_length=60)]] = Field(
        default=[], max_length=20, description="资质类别，可多选"
    )
    name: str = Field(default="", max_length=50, description="姓名的任意部分或拼音首字母")
    unit_id: UUID | None = Field(default=None, description="单位")
    status: list[ExpiryStatus] = Field(default=[], max_length=20, description="到期状态，可多选")
    group: list[ExpiryGroup] = Field(default=[], max_length=20, description="到期时间分组，可多选")

    def conditions(self, today: date) -> Iterator[ColumnElement[bool]]:
        """Those besides ``counting``."""
        yield _EXPIRES.between(today - timedelta(days=SHOWN_AFTER_DAYS), today + timedelta(days=self.days))
        if len(set(self.status)) == 1:
            yield today <= _EXPIRES if ExpiryStatus.ENDING in self.status else today > _EXPIRES
        if self.group:
            yield or_(*(in_group(each, today) for each in self.group))
        if self.category:
            yield Qualification.category.in_(self.category)
        if self.unit_id is not None:
            yield StaffMember.unit_id == self.unit_id
        yield from name_conditions(self.name)


def in_group(group: ExpiryGroup, today: date) -> ColumnElement[bool]:
    fewest, most = days_of(group)
    bounds = [today + timedelta(days=fewest) <= _EXPIRES] if fewest is not None else []
    return and_(true(), *bounds, *([today + timedelta(days=most) >= _EXPIRES] if most is not None else []))


@dataclass(frozen=True)
class OpenPlan:
    """A plan that can be registered for now; ``category`` is what it leads to, ``specialties`` the labels of those that it opens."""

    id: UUID
    name: str
    category: str
    registration_deadline: date
    specialties: Collection[str]


@dataclass(frozen=True)
class Registered:
    """A person in a plan whose results are not out. ``sent`` is 已报名 or 审核通过; ``specialties`` are the labels registered for."""

    id: UUID
    person_id: UUID
    unit_id: UUID
    plan_id: UUID
    plan_name: str
    category: str
    registration_deadline: date
    sent: bool
    specialties: Collection[str]


def counting(among: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """The certificates whose end matters to the units ``among`` which is asked, on ``Qualification`` joined to ``StaffMember`` by person:
    those that the file of somebody 在职 shows, earned here or written by the unit, not revoked and not renewed."""
    return (
        among,
        StaffMember.status.in_(EmploymentStatus.is_in_post),
        in_file(Qualification, StaffMember),
        Qualification.revoked_at.is_(None),
        # Looking for later ones is what costs: without the case the planner has it done for other regions' people too.
        ~case((among, _renewed()), else_=True),
    )


def _renewed() -> ColumnElement[bool]:
    """Whether certificates of the same category in the same file that end later, or never, have between them the whole scope; without
    a scope any of them will do. Of two that end on one day the one that was issued later counts."""
    later = aliased(Qualification)
    part = func.unnest(later.scope).table_valued("part", name="part").render_derived().lateral()
    own = (_EXPIRES, Qualification.issued_on, Qualification.id)
    after = or_(
        later.expires_on > own[0],
        later.expires_on.is_(None),
        and_(
            later.expires_on == own[0],
            or_(later.issued_on > own[1], and_(later.issued_on == own[1], later.id > own[2])),
        ),
    )
    parts = func.array_agg(part.c.part).filter(part.c.part.is_not(None))
    whole = Qualification.scope.contained_by(func.coalesce(parts, cast(array([]), ARRAY(String))))
    return (
        select(and_(func.count() > 0, whole))
        .select_from(later)
        .outerjoin(part, true())
        .where(
            later.person_id == Qualification.person_id,
            later.category == Qualification.category,
            later.revoked_at.is_(None),
            in_file(later, StaffMember),
            after,
        )
        .correlate(Qualification, StaffMember)
        .scalar_subquery()
    )


class Expiring(NamedTuple):
    """One certificate in the list of those that end."""

    qualification: Qualification
    staff_id: UUID
    name: str
    unit_id: UUID
    unit_name: str


async def list_expiring(
    session: AsyncSession, actor: Actor, page: PageRequest, wanted: ExpiryFilter, today: date
) -> Rows[Expiring]:
    """The earliest end first."""
    statement = _shown(visible_to(actor)).where(*wanted.conditions(today))
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="expires_on", page=page, row=Expiring)


def _shown(among: ColumnElement[bool]) -> Select[Qualification, UUID, str, UUID, str]:
    return (
        select(Qualification, StaffMember.id, StaffMember.name, StaffMember.unit_id, Institution.name)
        .join(StaffMember, StaffMember.person_id == Qualification.person_id)
        .join(Institution, Institution.id == StaffMember.unit_id)
        .where(*counting(among))
    )


async def count_groups(
    session: AsyncSession, actor: Actor, wanted: ExpiryFilter, today: date
) -> dict[ExpiryGroup, int]:
    """How many rows of the list are in each group, in one statement."""
    counts = [func.count().filter(in_group(each, today)) for each in ExpiryGroup]
    row = await session.execute(_shown(visible_to(actor)).where(*wanted.conditions(today)).with_only_columns(*counts))
    return dict(zip(ExpiryGroup, row.one(), strict=True))


async def ending_of_unit(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Expiring]:
    """{certificate: row} of those that worry the actor's own unit, whenever they end."""
    own = _shown(StaffMember.unit_id == actor.organisation_id).where(Qualification.id.in_(ids), _EXPIRES.is_not(None))
    return {each.qualification.id: each for each in await named_rows(session, own, Expiring)}


async def open_plans(session: AsyncSession, categories: Collection[str], today: date) -> list[OpenPlan]:
    """Plans that lead to one of these categories and can be registered for today."""
    labels = func.array_agg(Specialty.label).filter(Specialty.code != NO_SPECIALTY)
    rows = await session.execute(
        select(Plan.id, Plan.name, PlanType.label, Plan.registration_deadline, labels)
        .join(PlanType, PlanType.code == Plan.type_code)
        .outerjoin(PlanSpecialty, PlanSpecialty.plan_id == Plan.id)
        .outerjoin(Specialty, Specialty.code == PlanSpecialty.specialty_code)
        .where(
            PlanType.label.in_(categories),
            Plan.status.in_(PlanStatus.takes_people),
            Plan.registration_deadline >= today,
        )
        .group_by(Plan.id, PlanType.label)
        .order_by(Plan.registration_deadline, Plan.id)
    )
    return [OpenPlan(*row[:-1], specialties=row[-1] or ()) for row in rows]


async def registered(session: AsyncSession, people: Collection[UUID], categories: Collection[str]) -> list[Registered]:
    """These people in published plans of these categories, as long as their results are not out; the newest first."""
    labels = func.array_agg(Specialty.label).filter(Specialty.code != NO_SPECIALTY)
    rows = await session.execute(
        select(
            Registration.id,
            Registration.person_id,
            Registration.unit_id,
            Plan.id,
            Plan.name,
            PlanType.label,
            Plan.registration_deadline,
            Registration.status.in_(_SENT),
            labels,
        )
        .join(Plan, Plan.id == Registration.plan_id)
        .join(PlanType, PlanType.code == Plan.type_code)
        .outerjoin(RegistrationSpecialty, RegistrationSpecialty.registration_id == Registration.id)
        .outerjoin(Specialty, Specialty.code == RegistrationSpecialty.specialty_code)
        .where(
            Registration.person_id.in_(people),
            Registration.results_published_at.is_(None),
            PlanType.label.in_(categories),
            Plan.status.in_(PlanStatus.takes_people),
        )
        .group_by(Registration.id, Plan.id, PlanType.label)
        .order_by(Registration.id.desc())
    )
    return [Registered(*row[:-1], specialties=row[-1] or ()) for row in rows]


def _due(today: date, among: ColumnElement[bool]) -> Select[Any]:
    """(unit, certificate, last day, mark) of every end ahead whose mark has come and has not been told. The mark is the nearest: what
    was missed before it is not made up for."""
    left = cast(_EXPIRES - today, Integer)
    mark = case(*((left <= each, each) for each in sorted(MARKS)))
    told = exists().where(
        ExpiryReminder.unit_id == StaffMember.unit_id,
        ExpiryReminder.qualification_id == Qualification.id,
        ExpiryReminder.expires_on == _EXPIRES,
        ExpiryReminder.days_left == mark,
    )
    return (
        select(StaffMember.unit_id, Qualification.id, _EXPIRES, mark.label("mark"))
        .join(StaffMember, StaffMember.person_id == Qualification.person_id)
        .where(*counting(among), _EXPIRES.between(today, today + timedelta(days=max(MARKS))), ~told)
    )


async def units_due(session: AsyncSession, today: date) -> Sequence[UUID]:
    """Units that have something to be told."""
    due = _due(today, true()).with_only_columns(StaffMember.unit_id).distinct().order_by(StaffMember.unit_id)
    return (await session.scalars(due)).all()


async def claim(session: AsyncSession, unit_id: UUID, today: date, limit: int) -> dict[UUID, int]:
    """{certificate: mark} of the next ends of the unit, the earliest first; from now on they have been told. Whoever asks at the same
    time gets none of them."""
    mine = _due(today, StaffMember.unit_id == unit_id).order_by(_EXPIRES, Qualification.id).limit(limit)
    names = ["unit_id", "qualification_id", "expires_on", "days_left"]
    claimed = insert(ExpiryReminder).from_select(names, mine).on_conflict_do_nothing()
    rows = await session.execute(claimed.returning(ExpiryReminder.qualification_id, ExpiryReminder.days_left))
    return dict(rows.all())


async def certificates(
    session: AsyncSession, unit_id: UUID, ids: Collection[UUID]
) -> Sequence[tuple[Qualification, str]]:
    """(certificate, name of the person in this unit's file), the earliest end first."""
    rows = await session.execute(
        select(Qualification, StaffMember.name)
        .join(StaffMember, StaffMember.person_id == Qualification.person_id)
        .where(StaffMember.unit_id == unit_id, Qualification.id.in_(ids))
        .order_by(_EXPIRES, StaffMember.name_key, Qualification.id)
    )
    return [(qualification, name) for qualification, name in rows]
