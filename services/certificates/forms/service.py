"""From an event to a form that can be had as PDF, whatever dies in between (PLAT-11): taking it in, which attempt may write its end, when
to give up, and which files are no longer needed. The page itself is made by ``page``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms import repository
from services.certificates.forms.models import FormDocument
from services.certificates.forms.page import is_form
from services.certificates.hints import RENDER_FORMS
from services.certificates.rendering.errors import RenderingRefused
from shared.db.session import note_hint
from shared.db.types import field_cipher
from shared.errors import AppError, NotFound, Unavailable
from shared.events.auth import FormPrepared
from shared.events.declaration import DeclarationPaperPrepared
from shared.events.training import RosterPrepared
from shared.logging import correlation_id, get_logger
from shared.masking import mask_secrets
from shared.tasks.work import Attempts, claim_one, finish, list_exhausted, try_again, wait_out

# What a page may take from its claim to its end; a worker that has not ended it by then has died.
PAGE_SECONDS, LEASE_SECONDS = 35, 45
ATTEMPTS = Attempts(most=5, first_pause=5)
ENDED_AT_ONCE = 20
# What is away comes back; a page that was not made in time waited for the store.
OUTAGES = (Unavailable, TimeoutError)
SWEPT_AT_ONCE = 50
GAVE_UP = f"连续 {ATTEMPTS.most} 次未能生成表单文件，请联系系统管理人员"
log = get_logger(__name__)

Revision = int | Literal["latest"]


class UnknownForm(AppError):
    """An event of a kind that this version does not know: it is parked, and let go again after the next release."""

    status = 422
    code = "unknown_form"
    detail = "没有这种表单的模板"


class FormNotReady(NotFound):
    code = "form_not_ready"
    detail = "表单文件正在生成，请稍候几秒再下载"


class FormFailed(NotFound):
    code = "form_failed"


@dataclass(frozen=True)
class Claimed:
    """A form that is ours for ``LEASE_SECONDS``, detached from any session."""

    form: FormDocument

    @property
    def storage_key(self) -> str:
        """A place of this attempt alone, so that an attempt that comes late never writes over another's file."""
        return _key(self.form, self.form.attempts)


def _key(form: FormDocument, attempt: int) -> str:
    return f"forms/{form.kind}/{form.source_id}/{form.revision}/{form.id}-{attempt}.pdf"


def keys_of(form: FormDocument) -> list[str]:
    """Where its attempts, also those that never came to their end, may have left a file."""
    return [_key(form, attempt) for attempt in range(1, form.attempts + 1)]


async def take_in(session: AsyncSession, event: FormPrepared | RosterPrepared | DeclarationPaperPrepared) -> None:
    """Keeps the form until it is printed (AUTH-01, AUTH-06, STAFF-07); a state older than one that is known is not printed any more.

    Raises ``UnknownForm``, ``DecryptionFailed``.
    """
    if not is_form(event.kind):
        raise UnknownForm
    place = {"kind": event.kind, "source_id": event.source_id, "revision": event.revision}
    if await repository.has_newer(session, kind=event.kind, source_id=event.source_id, revision=event.revision):
        return
    content = event.content.open(field_cipher())
    await repository.add(session, **place, content=content, correlation_id=correlation_id.get())
    note_hint(session, RENDER_FORMS)


async def file_of(session: AsyncSession, *, kind: str, source_id: UUID, revision: Revision) -> str:
    """The storage key of the printed form; ``latest`` is the newest that is printed. Raises ``FormNotReady``, and ``FormFailed`` with
    the reason where there will be none."""
    wanted = None if revision == "latest" else revision
    form = await repository.get_form(session, kind=kind, source_id=source_id, revision=wanted)
    if form is None or (form.storage_key is None and form.failure is None):
        raise FormNotReady
    if form.storage_key is None:
        raise FormFailed(form.failure)
    return form.storage_key


async def claim_next(session: AsyncSession) -> Claimed | None:
    """The next form to print; None when nothing is due. Ends those whose last worker died on them."""
    for lost in await list_exhausted(session, FormDocument, ATTEMPTS, limit=ENDED_AT_ONCE):
        await give_up(session, lost, GAVE_UP)
    form = await claim_one(session, FormDocument, ATTEMPTS, lease_seconds=LEASE_SECONDS)
    return None if form is None else Claimed(form)


async def keep_file(session: AsyncSession, claimed: Claimed, template: str) -> bool:
    """The form is printed, with ``template``, and its content let go, unless the lease was lost: then False, and the file is to be taken
    away."""
    if not await finish(session, claimed.form):
        return False
    await repository.write_end(
        session, claimed.form, content=None, storage_key=claimed.storage_key, template_version=template
    )
    return True


async def give_up(session: AsyncSession, form: FormDocument, reason: str, *, keep_content: bool = True) -> None:
    """Ends the form without a file; ``reason`` is what people read. Nothing happens when the lease was lost."""
    if await finish(session, form):
        dropped = {} if keep_content else {"content": None}
        await repository.write_end(session, form, failure=reason[:500], **dropped)


async def note_failure(session: AsyncSession, claimed: Claimed, error: BaseException) -> None:
    """A form waits out what is away for as long as that takes. What cannot be printed as it is fails at once, with its reason, and its
    content is of no more use; what is our fault fails with its content still here; anything else is tried again, later each time."""
    form = claimed.form
    log.warning("form_failed", form_id=str(form.id), attempt=form.attempts, error=type(error).__name__)
    if isinstance(error, OUTAGES):
        await wait_out(session, form, error=mask_secrets(repr(error)))
    elif isinstance(error, AppError):
        await give_up(session, form, error.detail, keep_content=not isinstance(error, RenderingRefused))
    elif not await try_again(session, form, ATTEMPTS, error=mask_secrets(repr(error))):
        await give_up(session, form, GAVE_UP)


async def list_superseded(session: AsyncSession) -> Sequence[FormDocument]:
    """Some of the forms whose files are to be taken away now that a newer state is printed."""
    return await repository.list_superseded(session, limit=SWEPT_AT_ONCE)


async def forget(session: AsyncSession, forms: Sequence[FormDocument]) -> None:
    """Removes the rows of forms whose files are gone."""
    await repository.remove(session, [form.id for form in forms])
