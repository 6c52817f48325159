"""A unit's file of its people: adding, changing, leaving, removing, and the certificates that come to it by themselves. The import of
many at once is in ``importing``, the parts of a file in ``parts`` and ``qualifications``, how it is read in ``reading``.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.accepted.service import require_accepted
from services.training.people.filings.service import require_open
from services.training.people.personnel import elsewhere, form, physicians, presentation, repository
from services.training.people.personnel.choices import AttachmentKind
from services.training.people.personnel.identity import WHERE_TO, refuse_certified_name
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.reading import in_the_way, outline, whole
from services.training.people.personnel.schemas import (
    StaffMemberCreate,
    StaffMemberRead,
    StaffMemberUpdate,
    file_values,
)
from services.training.people.personnel.workflow import (
    EMPLOYMENT,
    IN_A_PLAN,
    PERSON,
    REGISTERED_BY,
    RENAMED,
    SENT_SOMEWHERE,
    EmploymentAction,
)
from shared.attachments import keep_exactly
from shared.clock import now_utc
from shared.crypto import mask_resident_id
from shared.db.violations import refused_as
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.identity import SYSTEM, Actor
from shared.web.versions import require_version
from shared.wording import Word, files
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.definition import ActionBody


class NumberInUse(Conflict):
    code = "resident_id_in_use"
    detail = f"该人员已有报名记录，不能直接更换身份证号；如身份证号有误，{WHERE_TO}"


class CertificateUnknown(NotFound):
    code = "certificate_unknown"
    detail = "没有该证书的记录"


EMPLOYMENT.words.update(
    {**form.WORDS, "certificate": Word("证书"), **{kind.label: files(kind.label) for kind in AttachmentKind}}
)
PERSON.words.update(
    certificate=Word("证书编号"),
    resident_id=Word(form.LABELS["resident_id"]),
    scope=Word("资质范围"),
    expires_on=Word("失效日期"),
)
NUMBER_TAKEN = FieldError("resident_id", "resident_id_taken", "本单位人员信息中已有该身份证号，请直接修改原有人员")


async def read_file(session: AsyncSession, *, actor: Actor, staff_id: UUID, full: bool = True) -> StaffMemberRead:
    """The whole file; its numbers masked, and no look remembered, unless it is in ``full``."""
    staff = await repository.require_staff(session, actor, staff_id)
    return await whole(session, actor, staff) if full else await outline(session, actor, staff)


async def create_staff(session: AsyncSession, *, actor: Actor, body: StaffMemberCreate) -> StaffMemberRead:
    """Adds a person to the actor's unit (TRN-07, TRN-08). Raises ``InvalidInput`` at ``resident_id`` for one who is there already."""
    await require_open(session, actor)
    values = file_values(body)
    person_id = await _person_to_take_in(session, actor, body.resident_id, body.name)
    staff = StaffMember(unit_id=actor.organisation_id, person_id=person_id, **values)
    await _flush_unique(session, staff)
    remember_new(session, actor, staff.id, body.resident_id, values)
    return await whole(session, actor, await repository.require_staff(session, actor, staff.id))


async def _person_to_take_in(session: AsyncSession, actor: Actor, number: str, name: str) -> UUID:
    await require_accepted(session, number, name)
    people = await repository.get_or_create_people(session, [number])
    if await repository.find_own(session, actor, number) is not None:
        raise InvalidInput(errors=[NUMBER_TAKEN])
    await elsewhere.refuse(session, actor, people[number], name)
    return people[number]


def remember_new(session: AsyncSession, actor: Actor, staff_id: UUID, number: str, values: dict[str, object]) -> None:
    """The first row of a file's history."""
    after = {"resident_id": mask_resident_id(number), **presentation.for_history(values)}
    EMPLOYMENT.note(session, staff_id, "create", actor=actor, after=after)


async def change_staff(
    session: AsyncSession, *, actor: Actor, staff_id: UUID, expected: int, body: StaffMemberUpdate
) -> StaffMemberRead:
    """Changes what ``body`` gives. Raises ``VersionMismatch``, ``InvalidInput`` for what the whole file would then lack (X5), and
    ``NumberInUse`` when a registered person would become another; the name of who has a certificate is corrected (STAFF-15)."""
    staff = await repository.require_staff(session, actor, staff_id)
    await require_open(session, actor)
    await require_version(session, EMPLOYMENT, staff, expected)
    values = file_values(body)
    _check_physician(staff, values)
    await refuse_certified_name(session, staff, values.get("name"))
    if body.resident_id is not None and body.resident_id != staff.resident_id:
        await _change_number(session, actor, staff, body)
    await change_values(session, actor, staff, values)
    await session.flush()
    return await whole(session, actor, await repository.require_staff(session, actor, staff_id))


def _check_physician(staff: StaffMember, values: dict[str, object]) -> None:
    names = ("attributes", *physicians.REQUIRED)
    errors = physicians.missing({name: values.get(name, getattr(staff, name)) for name in names})
    if errors:
        raise InvalidInput(errors=errors)


async def _change_number(session: AsyncSession, actor: Actor, staff: StaffMember, body: StaffMemberUpdate) -> None:
    assert body.resident_id is not None
    if await IN_A_PLAN(session, staff.id):
        raise NumberInUse
    before = mask_resident_id(staff.resident_id)
    staff.person_id = await _person_to_take_in(session, actor, body.resident_id, body.name or staff.name)
    await _flush_unique(session, staff)
    await repository.move_qualifications(session, staff.id, staff.person_id)
    EMPLOYMENT.note(
        session,
        staff.id,
        "change_number",
        actor=actor,
        before={"resident_id": before},
        after={"resident_id": mask_resident_id(body.resident_id)},
    )


async def change_values(session: AsyncSession, actor: Actor, staff: StaffMember, values: dict[str, object]) -> bool:
    """Sets the columns that differ and remembers them; False when nothing does. A new name is told to whoever has approved the old."""
    new = {name: value for name, value in values.items() if getattr(staff, name) != value}
    if not new:
        return False
    before = presentation.for_history({name: getattr(staff, name) for name in new})
    for name, value in new.items():
        setattr(staff, name, value)
    after = presentation.for_history(new)
    EMPLOYMENT.note(session, staff.id, "update", actor=actor, before=before, after=after)
    if "name" in new:
        await RENAMED(session, staff.id, before["name"])
    return True


async def _flush_unique(session: AsyncSession, staff: StaffMember) -> None:
    with refused_as(lambda _: InvalidInput(errors=[NUMBER_TAKEN])):
        async with session.begin_nested():
            session.add(staff)
            await session.flush()


async def act_on_staff(
    session: AsyncSession, actor: Actor, staff_id: UUID, action: EmploymentAction, body: ActionBody
) -> StaffMemberRead:
    """离职 and 在职 (TRN-03)."""
    staff = await repository.require_staff(session, actor, staff_id)
    await require_open(session, actor)
    await repository.lock_people(session, [staff.person_id])
    await apply(session, EMPLOYMENT, staff, action, actor=actor, body=body)
    return await whole(session, actor, await repository.require_staff(session, actor, staff_id))


async def delete_staff(session: AsyncSession, *, actor: Actor, staff_id: UUID) -> None:
    """Removes the person from the unit (TRN-06): certificates stay with the person, what was not sent goes along. Raises
    ``ActionRefused`` while the person is 已报名 or 审核通过, which whoever holds a seat is."""
    staff = await repository.require_staff(session, actor, staff_id)
    await require_open(session, actor)
    sent = await SENT_SOMEWHERE(session, [staff.id])
    if (refusal := in_the_way(sent.get(staff.id))) is not None:
        raise ActionRefused(refusal)
    await EMPLOYMENT.before_deletion(session, staff, actor)
    before = {"name": staff.name, "resident_id": mask_resident_id(staff.resident_id)}
    EMPLOYMENT.note(session, staff.id, "delete", actor=actor, before=before)
    await keep_exactly(
        session, EMPLOYMENT, staff.id, [], actor=actor, field="attachment_ids"
    )  # the sweep takes them: nobody sees the file any more
    await session.flush()
    await repository.delete_staff(session, staff.id)


async def add_certificate(session: AsyncSession, event: CertificateIssued) -> None:
    """A certificate earned here joins the person's qualifications, once (TRN-05)."""
    units = await REGISTERED_BY(session, event.registration_id)
    added = await repository.add_qualification(
        session,
        person_id=event.person_id,
        category=await repository.label_of_plan_type(session, event.plan_type),
        number=event.number,
        issued_on=event.issued_on,
        expires_on=event.valid_until,
        scope=list(event.specialties),
        certificate_id=event.certificate_id,
        known_to=units or [event.unit_id],
    )
    if added:
        after = {"certificate": event.number}
        PERSON.note(session, event.person_id, "earn", actor=SYSTEM, after=after)


async def revoke_certificate(session: AsyncSession, event: CertificateRevoked) -> None:
    """The certificate's row says 已撤销 from now on (STAFF-10). Raises ``CertificateUnknown`` when its issue has not been heard of."""
    row = await repository.qualification_of(session, event.certificate_id)
    if row is None:
        raise CertificateUnknown
    if row.revoked_at is None:
        row.revoked_at = now_utc()
        PERSON.note(
            session, row.person_id, "lose", actor=SYSTEM, after={"certificate": event.number}, reason=event.reason
        )
