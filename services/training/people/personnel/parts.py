"""The parts of a personal file that are written apart from its form: 从事科室 (TRN-28) and uploads by kind (TRN-16)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings.service import require_open
from services.training.people.personnel import repository
from services.training.people.personnel.choices import AttachmentKind
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.photos import check_photos
from services.training.people.personnel.reading import whole
from services.training.people.personnel.schemas import StaffMemberRead
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.attachments import keep_of_kind, of_record
from shared.clock import now_utc
from shared.errors import NotFound
from shared.identity import Actor
from shared.storage import Storage
from shared.web.versions import require_version


def touch(staff: StaffMember) -> None:
    """Raises the file's version for a change that is not in its own columns (PLAT-03)."""
    staff.updated_at = now_utc()


async def choose_departments(
    session: AsyncSession, *, actor: Actor, staff_id: UUID, expected: int, departments: list[str]
) -> StaffMemberRead:
    """科室选择 (TRN-28). Raises ``VersionMismatch``."""
    staff = await repository.require_staff(session, actor, staff_id, lock=True)
    await require_open(session, actor)
    await require_version(session, EMPLOYMENT, staff, expected)
    if staff.departments != departments:
        EMPLOYMENT.note(
            session,
            staff.id,
            "choose_departments",
            actor=actor,
            before={"departments": staff.departments},
            after={"departments": departments},
        )
        staff.departments = departments
        await session.flush()
    return await whole(session, actor, await repository.require_staff(session, actor, staff_id))


_KINDS: dict[str, AttachmentKind] = {each.value: each for each in AttachmentKind}


async def keep_attachments(
    session: AsyncSession,
    storage: Storage,
    *,
    actor: Actor,
    staff_id: UUID,
    kind_name: str,
    expected: int,
    ids: Sequence[UUID],
) -> StaffMemberRead:
    """Exactly these files are the file's of that kind; what is left out is let go and swept (TRN-16). Raises ``NotFound`` for a kind that
    the form does not have, ``VersionMismatch``, and ``InvalidInput`` for files that cannot be had, or be a 证件照."""
    staff = await repository.require_staff(session, actor, staff_id, lock=True)
    kind = _KINDS.get(kind_name)
    if kind is None:
        raise NotFound("没有这一类附件")
    await require_open(session, actor)
    await require_version(session, EMPLOYMENT, staff, expected)
    before = await keep_of_kind(
        session,
        EMPLOYMENT,
        staff.id,
        ids,
        kind=kind.value,
        labels={each.value: each.label for each in AttachmentKind},
        actor=actor,
    )
    if kind is AttachmentKind.PHOTO:
        await check_photos(
            storage, [each for each in await of_record(session, EMPLOYMENT, [staff.id]) if each.id in ids]
        )
    if set(before) != set(ids):
        _remember_files(session, actor, staff, kind, before, ids)
        touch(staff)
        await session.flush()
    return await whole(session, actor, await repository.require_staff(session, actor, staff_id))


def _remember_files(
    session: AsyncSession,
    actor: Actor,
    staff: StaffMember,
    kind: AttachmentKind,
    before: Sequence[UUID],
    after: Sequence[UUID],
) -> None:
    EMPLOYMENT.note(
        session,
        staff.id,
        "attach",
        actor=actor,
        before={kind.label: [str(each) for each in before]},
        after={kind.label: [str(each) for each in after]},
    )
