"""Papers that anybody may check: taken in with the form that is printed, revoked when what they say is no longer so. What the public is
told of them is the business of ``checks``.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.forms.models import FormDocument
from services.certificates.papers import repository
from services.certificates.rendering.contract import CheckedForm, FormContent
from shared.clock import beijing_today, now_utc
from shared.crypto import sign_short
from shared.events.bookmarks import handled
from shared.events.declaration import DeclarationPaperPrepared, DeclarationRevoked
from shared.settings import PlatformSettings

_SPACE: Final = UUID("6f2c0d1e-6a43-4f0e-9a57-0b4d0d6f6a11")
# What says that a declaration was approved; its form says what was declared, which stays so.
RECEIPTS: Final = frozenset({"declaration_receipt"})


def paper_id(kind: str, source_id: UUID, revision: int) -> UUID:
    """By which the QR of that state names it."""
    return uuid5(_SPACE, f"{kind}/{source_id}/{revision}")


async def keep_paper(session: AsyncSession, event: DeclarationPaperPrepared) -> None:
    """Keeps what the paper says to whoever checks it; the same event again changes nothing."""
    await repository.add(
        session,
        id=paper_id(event.kind, event.source_id, event.revision),
        kind=event.kind,
        source_id=event.source_id,
        revision=event.revision,
        number=event.number,
        title=event.title,
        holder_name=event.holder_name,
        facts=[list(each) for each in event.facts],
        issued_on=event.issued_on,
    )


async def keep_digest(session: AsyncSession, form: FormDocument, pdf: bytes) -> None:
    """Whoever shows that very file at the public check is told of its paper (BEY-05)."""
    of = paper_id(form.kind, form.source_id, form.revision)
    await repository.add_file(session, of, sha256(pdf).hexdigest())


async def follow_revocation(session: AsyncSession, event: DeclarationRevoked) -> None:
    """An approval was taken back: its receipt is no longer good."""
    told = handled.get(None)
    day = beijing_today(told.occurred_at if told else now_utc())
    await repository.revoke(session, event.declaration_id, RECEIPTS, day)


def with_check(content: FormContent, form: FormDocument, settings: PlatformSettings) -> FormContent:
    """The content with the address of its public page, where it is of a kind that is checked."""
    if not isinstance(content, CheckedForm):
        return content
    token = sign_short(settings.signing_key, paper_id(form.kind, form.source_id, form.revision).bytes)
    return content.model_copy(update={"check_url": f"{settings.public_url.rstrip('/')}/verify/{token}"})
