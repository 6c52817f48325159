"""The form as a PDF (AUTH-01, AUTH-06): what is printed goes out as an event, the PDF comes from the certificates service. The empty form
for download is prepared whenever what stands on it changes.
"""

import json
from hashlib import sha256
from uuid import UUID

from httpx import HTTPError, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.applications import directory_repository, repository
from services.auth.applications.models import Application
from services.auth.applications.printing import Contact, PrintedForm, printed_form
from services.auth.organisations.models import Organisation
from shared.crypto import Sealed
from shared.db.types import field_cipher
from shared.errors import AppError, Conflict, Unavailable
from shared.events.auth import FormPrepared
from shared.events.log import record
from shared.runtime import Runtime
from shared.services import Service
from shared.web.callers import internal_headers

KIND = "account_application"
BLANK_ID = UUID(int=0)
_TIMEOUT = 5


class FormNotPrepared(Conflict):
    code = "form_not_prepared"
    detail = "尚未生成申请表，请先点击“生成申请表”"


class FormNotPrintable(Conflict):
    """The detail names what cannot be printed."""

    code = "form_not_printable"


class FormInTheMaking(Unavailable):
    code = "form_in_the_making"
    detail = "申请表正在生成，请稍候"


class FormServiceAway(Unavailable):
    code = "form_service_away"
    detail = "申请表暂时无法下载，请稍后再试；已填写并保存的内容不受影响"


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
        raise FormNotPrepared
    return application.id, application.form_revision


async def blank_revision(session: AsyncSession) -> tuple[UUID, int]:
    """(id, revision) of the newest empty form, prepared now if there has never been one."""
    if not await repository.blank_form_revision(session):
        await prepare_blank_form(session)
    return BLANK_ID, await repository.blank_form_revision(session)


async def fetch_pdf(runtime: Runtime, source_id: UUID, revision: int) -> bytes:
    """The PDF from the certificates service; no session is open meanwhile. Raises FormInTheMaking, FormNotPrintable
    and FormServiceAway."""
    base = runtime.settings.internal_of(Service.CERTIFICATES)
    url = f"{base}/internal/certificates/forms/{KIND}/{source_id}/{revision}"
    try:
        answer = await runtime.http.get(url, headers=internal_headers(runtime), timeout=_TIMEOUT)
    except HTTPError as error:
        raise FormServiceAway from error
    if answer.status_code == 404:
        raise _missing(answer)
    if not answer.is_success:
        raise FormServiceAway
    return answer.content


def _missing(answer: Response) -> AppError:
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return FormNotPrintable(problem["detail"]) if problem.get("code") == "form_failed" else FormInTheMaking()


async def _contacts(session: AsyncSession, city: str | None) -> list[Contact]:
    bodies = await directory_repository.account_managers(session, city)
    names = await directory_repository.region_names(session, [body.region_code for body in bodies])
    return [_contact(body, names[body.region_code]) for body in bodies]


def _contact(body: Organisation, city: str) -> Contact:
    return Contact(city=city, name=body.name, phone=body.phone)


def _record(session: AsyncSession, source_id: UUID, revision: int, content: PrintedForm) -> None:
    sealed = Sealed.seal(field_cipher(), content.model_dump_json())
    record(session, FormPrepared(kind=KIND, source_id=source_id, revision=revision, content=sealed))
