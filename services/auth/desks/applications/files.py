"""The signed page and other evidence of an application: put up and taken away by its applicant while it can be changed, read by the
applicant and by whoever may see the application (PLAT-07).
"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.applications import repository
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.owning import applicant, require_editable, require_own
from services.auth.desks.applications.reading import file_read
from services.auth.desks.applications.schemas import ApplicationFile
from services.auth.desks.applications.workflow import APPLICATION
from services.auth.settings import auth_settings
from shared.attachments import Attachment, claim, of_record, store
from shared.errors import Conflict, NotFound
from shared.identity import Actor
from shared.runtime import Runtime
from shared.uploads import CheckedFile

MAX_FILES = 10


class FileKindOf(StrEnum):
    SIGNED_FORM = "signed_form"
    EVIDENCE = "evidence"


class TooManyFiles(Conflict):
    code = "too_many_files"
    detail = f"一份申请最多上传 {MAX_FILES} 个文件，请先删除不需要的"


async def require_room(session: AsyncSession, number: str, key: str) -> Application:
    """The application, when it may have one more file. Raises what ``require_editable`` raises, and TooManyFiles."""
    application = await require_editable(session, number, key)
    if len(await of_record(session, APPLICATION, [application.id])) >= MAX_FILES:
        raise TooManyFiles
    return application


async def add_file(
    session: AsyncSession,
    runtime: Runtime,
    *,
    number: str,
    key: str,
    kind: FileKindOf,
    file: CheckedFile,
    address: str,
) -> ApplicationFile:
    """Keeps an image or PDF with the application. Raises what ``require_room`` raises, and UploadsUsedUp."""
    application = await require_room(session, number, key)
    actor = applicant(application, address)
    most_mb = auth_settings().uploads_per_record_mb
    row = await store(session, runtime.storage, runtime.service, file, actor, most_mb=most_mb)
    await claim(session, APPLICATION, application.id, [row.id], actor=actor, field="file", kind=kind.value)
    await session.refresh(row)
    after = {"attachment": row.name, "kind": row.kind}
    APPLICATION.note(session, application.id, "attach", actor=actor, after=after)
    return file_read(row)


async def remove_file(session: AsyncSession, *, number: str, key: str, attachment_id: UUID, address: str) -> None:
    """The file is the application's no more; the kit's sweep takes it."""
    application = await require_editable(session, number, key)
    row = await require_file(session, application, attachment_id)
    await repository.let_go_of_files(session, [application.id], row.id)
    APPLICATION.note(
        session,
        application.id,
        "detach",
        actor=applicant(application, address),
        before={"attachment": row.name, "kind": row.kind},
    )


async def require_file(session: AsyncSession, application: Application, attachment_id: UUID) -> Attachment:
    """A file of this application, which the caller may see. Raises NotFound."""
    row = await repository.get_file(session, application, attachment_id)
    if row is None:
        raise NotFound
    return row


async def own_file(
    session: AsyncSession, *, number: str, key: str, attachment_id: UUID, address: str
) -> tuple[Attachment, Actor]:
    """One of the applicant's files, and who asks for it. Raises what ``require_own`` raises, and NotFound."""
    application = await require_own(session, number, key)
    return await require_file(session, application, attachment_id), applicant(application, address)
