"""The form as a PDF (AUTH-01, AUTH-06): what is printed goes out as an event, the PDF comes from the certificates service. The empty form
for download is prepared whenever what stands on it changes.
"""

import json
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.applications import directory_repository, repository
from services.auth.desks.applications.models import Application
from services.auth.desks.applications.printing import Contact, PrintedForm, printed_form
from services.auth.directory.organisations.models import Organisation
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.events.auth import FormPrepared
from shared.events.log import record
from shared.web.documents import FormNotPrepared, PreparedKind

APPLICATION_FORM = PreparedKind("account_application", "申请表")
BLANK_ID = UUID(int=0)


async def prepare_form(session: AsyncSession, application: Application) -> int:
    """A new printed state of the application as it is now; gives its number. The PDF follows within seconds."""
    form = json.loads(application.form)
    names = await directory_repository.region_names(session, (form.get("district_code"), form.get("jurisdiction_code")))
    city = f"{form['district_code'][:4]}00" if form.get("district_code") else None
    contacts = await _contacts(session, city)
    application.form_revision += 1
    content = printed_form(form, number=application.number, region_names=names, contacts=contacts)
    _record(session, application.id, application.form_revision, content)
    await session.flush()
    return application.form_revision


async def prepare_blank_form(session: AsyncSession) -> None:
    """A new state of the empty form, if what stands on it has changed: its fields, or the cities' contacts (AUTH-07)."""
    content = printed_form({}, number="", region_names={}, contacts=await _contacts(session, None))
    digest = sha256(content.model_dump_json().encode()).hexdigest()
    row = await repository.hold_blank_form(session)
    if row.digest != digest:
        row.revision, row.digest = row.revision + 1, digest
        _record(session, BLANK_ID, row.revision, content)
        await session.flush()


def own_revision(application: Application) -> tuple[UUID, int]:
    """(id, revision) of the application's newest PDF. Raises FormNotPrepared."""
    if not application.form_revision:
        raise FormNotPrepared(APPLICATION_FORM)
    return application.id, application.form_revision


async def blank_revision(session: AsyncSession) -> tuple[UUID, int]:
    """(id, revision) of the newest empty form, prepared now if there has never been one."""
    if not await repository.blank_form_revision(session):
        await prepare_blank_form(session)
    return BLANK_ID, await repository.blank_form_revision(session)


async def _contacts(session: AsyncSession, city: str | None) -> list[Contact]:
    bodies = await directory_repository.account_managers(session, city)
    names = await directory_repository.region_names(session, [body.region_code for body in bodies])
    return [_contact(body, names[body.region_code]) for body in bodies]


def _contact(body: Organisation, city: str) -> Contact:
    return Contact(city=city, name=body.name, phone=body.phone)


def _record(session: AsyncSession, source_id: UUID, revision: int, content: PrintedForm) -> None:
    sealed = Sealed.seal(field_cipher(), content.model_dump_json())
    record(session, FormPrepared(kind=APPLICATION_FORM.code, source_id=source_id, revision=revision, content=sealed))
