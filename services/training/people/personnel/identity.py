"""Name and resident id of a person put right (STAFF-15), in whichever units' files he stands: what a unit cannot change any more once a
certificate bears it, the province does. What follows for certificates is told by the domains that know them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.personnel import identity_repository, presentation
from services.training.people.personnel.models import Person, StaffMember
from services.training.people.personnel.workflow import CERTIFIED, EMPLOYMENT, PERSON
from shared.crypto import mask_resident_id
from shared.db.violations import refused_as
from shared.errors import FieldError, InvalidInput
from shared.identifiers import birth_date_of, sex_of
from shared.identity import Actor

CORRECT = "correct_identity"
WHERE_TO = "请在该人员页面点击“申请更正姓名、身份证号”，上传证明材料，由省疾控核准后人员信息和证书一并更正"
NAME_CERTIFIED = FieldError(
    "name", "name_on_certificate", f"该人员已取得证书，证书上是现姓名，不能直接修改；{WHERE_TO}"
)
NUMBER_TAKEN = FieldError(
    "resident_id",
    "resident_id_taken",
    "该身份证号在平台上已登记为另一人员，不能改为该号；确为同一人重复登记的，请先由登记单位删除重复的人员信息，再办理更正",
)


@dataclass(frozen=True)
class Identity:
    """What the person is called from now on; None where it stays."""

    name: str | None
    resident_id: str | None


async def certified(session: AsyncSession, names: Sequence[tuple[StaffMember, str]]) -> Collection[UUID]:
    """Of files that would get another name: those of people whose certificate bears the present one."""
    renamed = {staff.person_id: staff.id for staff, name in names if staff.name != name}
    if not renamed:
        return ()
    return {renamed[person_id] for person_id in await CERTIFIED(session, list(renamed))}


async def refuse_certified_name(session: AsyncSession, staff: StaffMember, name: object) -> None:
    """Raises ``InvalidInput`` when a certificate bears the name that would be changed (STAFF-15)."""
    if isinstance(name, str) and await certified(session, [(staff, name)]):
        raise InvalidInput(errors=[NAME_CERTIFIED])


async def correct_identity(
    session: AsyncSession, *, actor: Actor, person_id: UUID, to: Identity, reason: str
) -> list[UUID]:
    """Changes the person and every unit's file of him; gives the units. Sex and birth date go with the number where they went with the old
    one. Raises ``InvalidInput`` at ``resident_id`` for a number that is another's."""
    person = await identity_repository.lock_person(session, person_id)
    files = await identity_repository.lock_files(session, person_id)
    old = person.resident_id
    if to.resident_id is not None and to.resident_id != old:
        await _take_number(session, person, to.resident_id)
        before, after = {"resident_id": mask_resident_id(old)}, {"resident_id": mask_resident_id(to.resident_id)}
        PERSON.note(session, person_id, CORRECT, actor=actor, before=before, after=after, reason=reason)
    for staff in files:
        _change(session, actor, staff, old, to, reason)
    await session.flush()
    return [staff.unit_id for staff in files]


async def _take_number(session: AsyncSession, person: Person, resident_id: str) -> None:
    other = await identity_repository.bearer_of(session, resident_id, other_than=person.id)
    if other is not None and not await identity_repository.is_left_over(session, other):
        raise InvalidInput(errors=[NUMBER_TAKEN])
    with refused_as(lambda _: InvalidInput(errors=[NUMBER_TAKEN])):
        await identity_repository.take_number(session, person, resident_id, other)


def _change(session: AsyncSession, actor: Actor, staff: StaffMember, old: str, to: Identity, reason: str) -> None:
    new: dict[str, object] = {} if to.name is None else {"name": to.name}
    if to.resident_id is not None:
        if staff.sex == sex_of(old):
            new["sex"] = sex_of(to.resident_id)
        if staff.birth_date == birth_date_of(old):
            new["birth_date"] = birth_date_of(to.resident_id)
    before = presentation.for_history({name: getattr(staff, name) for name in new})
    for name, value in new.items():
        setattr(staff, name, value)
    after = presentation.for_history(new)
    if to.resident_id is not None:
        before["resident_id"], after["resident_id"] = mask_resident_id(old), mask_resident_id(to.resident_id)
    EMPLOYMENT.note(session, staff.id, CORRECT, actor=actor, before=before, after=after, reason=reason)
