"""Every query of personal files: whose they are, and who may see them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.training.people.institutions.models import Institution
from services.training.people.personnel.choices import OTHER, AttachmentKind
from services.training.people.personnel.form import LABELS
from services.training.people.personnel.models import Person, Qualification, StaffMember
from services.training.people.personnel.workflow import EMPLOYMENT, EmploymentStatus
from services.training.plans.models import NO_SPECIALTY, PlanType, PlanTypeSpecialty, Specialty
from shared.attachments import Attachment
from shared.blind_index import parts_of
from shared.db.paging import Filter, PageRequest, Rows, fetch_page
from shared.db.types import blind_index
from shared.errors import NotFound
from shared.identifiers import new_id
from shared.identity import Actor
from shared.reference.pinyin import INDEXED_LENGTH, folded, like_pattern, query_pieces
from shared.roles import Level

_COLUMNS = {"id": StaffMember.id, "name": StaffMember.name_key, "status": StaffMember.status}
_WITH_CERTIFICATES = selectinload(StaffMember.qualifications)


def name_conditions(name: str) -> Iterator[ColumnElement[bool]]:
    """What finds a part of a name or its initials; none for a blank one (PLAT-08). A piece of one or two characters is itself in the
    index: asking for it once more by LIKE would only mislead the planner about how many there are."""
    wanted = folded(name)
    if wanted:
        yield StaffMember.name_pieces.contains(query_pieces(name))
    if len(wanted) > INDEXED_LENGTH:
        yield StaffMember.name_search.like(like_pattern(name), escape="\\")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A unit sees its own files, an office those of the units in its region (PLAT-06)."""
    if actor.level is Level.UNIT:
        return StaffMember.unit_id == actor.organisation_id
    in_region = Institution.region_code.startswith(actor.region_prefix, autoescape=True)
    return StaffMember.unit_id.in_(select(Institution.id).where(in_region))


async def require_staff(session: AsyncSession, actor: Actor, staff_id: UUID, *, lock: bool = False) -> StaffMember:
    """One file with its person and certificates; ``lock`` makes others who write it wait. Raises ``NotFound``, also for another's."""
    statement = select(StaffMember).where(StaffMember.id == staff_id, visible_to(actor)).options(_WITH_CERTIFICATES)
    if lock:
        statement = statement.with_for_update(of=StaffMember)
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


_Texts = list[Annotated[str, Field(max_length=60)]]


class StaffFilter(Filter):
    """``name`` is any part of a name or of its pinyin initials (PLAT-08); of several ``attributes`` one is enough."""

    name: str = Field(default="", max_length=50, description="姓名的任意部分或拼音首字母")
    status: list[EmploymentStatus] = Field(default=[], max_length=20, description=LABELS["status"])
    attributes: _Texts = Field(default=[], max_length=20, description="人员属性，具备其一即可；“其他”不论所注内容")
    title_level: _Texts = Field(default=[], max_length=20, description="职称级别代码")
    department: str = Field(default="", max_length=50, description=LABELS["departments"])
    unit_id: UUID | None = Field(default=None, description="单位")

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The conditions on ``StaffMember``."""
        yield from name_conditions(self.name)
        if self.status:
            yield StaffMember.status.in_(self.status)
        if self.attributes:
            yield or_(*(_has_attribute(each) for each in self.attributes))
        if self.title_level:
            yield StaffMember.title_level.in_(self.title_level)
        if self.department.strip():
            yield StaffMember.departments.contains([self.department.strip()])
        if self.unit_id is not None:
            yield StaffMember.unit_id == self.unit_id


def _has_attribute(name: str) -> ColumnElement[bool]:
    """其他 stands in the file with its text behind it (TRN-20)."""
    if name != OTHER:
        return StaffMember.attributes.contains([name])
    return func.array_to_string(StaffMember.attributes, "\n").contains(f"{OTHER}：", autoescape=True)


async def list_staff(session: AsyncSession, actor: Actor, page: PageRequest, wanted: StaffFilter) -> Rows[StaffMember]:
    """One page in the order of the names."""
    statement = select(StaffMember).where(visible_to(actor), *wanted.conditions()).options(_WITH_CERTIFICATES)
    return await fetch_page(session, statement, columns=_COLUMNS, default_sort="name", page=page)


async def find_own(session: AsyncSession, actor: Actor, number: str) -> UUID | None:
    """The file that the actor's own unit keeps of the person with this number, 离职 or not; one query whoever else knows the person."""
    return await session.scalar(
        select(StaffMember.id)
        .join(Person, Person.id == StaffMember.person_id)
        .where(StaffMember.unit_id == actor.organisation_id, Person.id_index == blind_index(number))
    )


async def people_of(session: AsyncSession, resident_ids: Sequence[str]) -> dict[str, UUID]:
    """The persons who are known already, by their numbers."""
    indexes = {number: blind_index(number) for number in resident_ids}
    numbers = {part: number for number, index in indexes.items() for part in parts_of(index)}
    rows = await session.execute(select(Person.id_index, Person.id).where(Person.id_index.in_(indexes.values())))
    return {next(numbers[part] for part in parts_of(index) if part in numbers): person_id for index, person_id in rows}


async def get_or_create_people(session: AsyncSession, resident_ids: Sequence[str]) -> dict[str, UUID]:
    """The persons with these numbers, the unknown ones made (TRN-08). Two who do this at once get the same persons: always in one
    order, so that they never wait for each other."""
    known = await people_of(session, resident_ids)
    fresh = sorted((blind_index(number), number) for number in set(resident_ids) - set(known))
    if not fresh:
        return known
    rows = [{"id": new_id(), "resident_id": number, "id_index": index} for index, number in fresh]
    await session.execute(insert(Person).values(rows).on_conflict_do_nothing())
    return await people_of(session, resident_ids)


async def lock_people(session: AsyncSession, person_ids: Iterable[UUID]) -> None:
    """Whoever else wants the same people waits here, in one order, instead of in each other's way."""
    ordered = select(Person.id).where(Person.id.in_(set(person_ids))).order_by(Person.id)
    await session.execute(ordered.with_for_update(key_share=True))


async def staff_of_people(session: AsyncSession, unit_id: UUID, people: Sequence[UUID]) -> dict[UUID, StaffMember]:
    """The unit's files of these persons, by person."""
    found = await session.scalars(
        select(StaffMember).where(StaffMember.unit_id == unit_id, StaffMember.person_id.in_(people))
    )
    return {staff.person_id: staff for staff in found}


async def photos_of(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """For each of these files that has a 证件照: its attachment (CERT-06)."""
    kept = select(Attachment.record_id, Attachment.id).where(
        Attachment.record_type == EMPLOYMENT.name,
        Attachment.record_id.in_(staff_ids),
        Attachment.kind == AttachmentKind.PHOTO.value,
    )
    return {staff_id: photo_id for staff_id, photo_id in await session.execute(kept) if staff_id}


async def delete_staff(session: AsyncSession, staff_id: UUID) -> None:
    """Removes the unit's file; the person and the certificates stay. Raises ``NotFound`` when somebody else was faster."""
    gone = delete(StaffMember).where(StaffMember.id == staff_id).returning(StaffMember.id)
    if await session.scalar(gone) is None:
        raise NotFound


async def move_qualifications(session: AsyncSession, staff_id: UUID, person_id: UUID) -> None:
    """What the unit wrote into the file goes with the file to another person, when a wrong number is put right (TRN-08)."""
    written = update(Qualification).where(Qualification.staff_id == staff_id)
    await session.execute(written.values(person_id=person_id))


async def delete_qualification(session: AsyncSession, qualification_id: UUID) -> None:
    """Removes one that a unit wrote."""
    await session.execute(delete(Qualification).where(Qualification.id == qualification_id))


async def plan_type_labels(session: AsyncSession) -> Sequence[str]:
    """What the plan types are called, in their order: each is a category of qualification too (TRN-26)."""
    return (await session.scalars(select(PlanType.label).order_by(PlanType.position))).all()


async def scopes_of(session: AsyncSession, categories: Sequence[str]) -> Sequence[tuple[str, str]]:
    """(category, scope): the specialties of the plan types of these names, in their order (TRN-27, TRN-45)."""
    rows = await session.execute(
        select(PlanType.label, Specialty.label)
        .join(PlanTypeSpecialty, PlanTypeSpecialty.type_code == PlanType.code)
        .join(Specialty, Specialty.code == PlanTypeSpecialty.specialty_code)
        .where(PlanType.label.in_(categories), Specialty.code != NO_SPECIALTY)
        .order_by(PlanType.position, Specialty.position)
    )
    return [(category, scope) for category, scope in rows]


async def label_of_plan_type(session: AsyncSession, code: str) -> str:
    """What a plan type is called; an unknown code is its own label."""
    return await session.scalar(select(PlanType.label).where(PlanType.code == code)) or code


async def add_qualification(session: AsyncSession, **values: object) -> bool:
    """Adds the row; False when the certificate's row is there already."""
    added = (
        insert(Qualification).values(id=new_id(), **values).on_conflict_do_nothing(index_elements=["certificate_id"])
    )
    return await session.scalar(added.returning(Qualification.id)) is not None


async def qualification_of(session: AsyncSession, certificate_id: UUID) -> Qualification | None:
    """The row of a certificate that was earned here."""
    earned = select(Qualification).where(Qualification.certificate_id == certificate_id).with_for_update()
    return await session.scalar(earned)
