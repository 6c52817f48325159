"""What a person brings along (带来的内容, BEY-14), told before [同意调动] to whoever knows the file or is offered it. Reads only."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.desk.transfers import contents_repository as repository
from services.training.desk.transfers.models import Transfer
from services.training.desk.transfers.schemas import (
    MovingAttachment,
    MovingCertificate,
    MovingRegistration,
    TransferContents,
)
from services.training.people.personnel.choices import AttachmentKind
from shared.identity import Actor


def is_told(actor: Actor, transfer: Transfer) -> bool:
    """The unit that has the file, and one to which it has offered the person; who only asks learns nothing of somebody elsewhere before
    that unit has agreed (PLAT-06). Once it is decided, there is nothing to weigh."""
    return transfer.status.awaits_answer and transfer.from_unit_id in {actor.organisation_id, transfer.proposed_by}


async def contents_of(session: AsyncSession, actor: Actor, transfer: Transfer) -> TransferContents | None:
    """None for whoever is not told, and where there is no file any more."""
    if not is_told(actor, transfer):
        return None
    person_id, unit_id = transfer.person_id, transfer.from_unit_id
    staff = await repository.file_of(session, person_id, unit_id)
    if staff is None:
        return None
    counts = await repository.attachments_of(session, staff.id)
    moving = await repository.moving_registrations(session, person_id, unit_id)
    return TransferContents(
        certificates=[
            MovingCertificate.of(each, revoked=each.revoked_at is not None)
            for each in await repository.certificates_in(session, staff.id)
        ],
        attachments=[
            MovingAttachment(kind=kind, count=counts[kind.value]) for kind in AttachmentKind if kind.value in counts
        ],
        registrations=[
            MovingRegistration.of(each.registration, plan_name=each.registration.plan.name, sessions=each.sessions)
            for each in moving
        ],
        finished=await repository.count_finished(session, person_id, unit_id),
    )
