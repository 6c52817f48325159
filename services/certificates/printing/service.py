"""From a row of work to a stored page: what the document says, which attempt may write its end, and when to give up (PLAT-11).
The page itself is made by ``rendering``; the certificate's statuses are ``issue``'s.
"""

from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue.models import Certificate, RenderJob
from services.certificates.issue.tokens import token_of_page
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction, StoredFile
from services.certificates.printing import repository
from services.certificates.rendering.catalogue import current
from services.certificates.rendering.errors import RenderingRefused
from services.certificates.templates.certificate.contract import CertificateDocument
from shared.errors import AppError, Unavailable
from shared.identity import SYSTEM
from shared.logging import get_logger
from shared.masking import mask_secrets
from shared.settings import PlatformSettings
from shared.tasks.work import Attempts, claim_one, finish, list_exhausted, try_again, wait_out
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

# What a page may take from its claim to its end; a worker that has not ended it by then has died.
PAGE_SECONDS, LEASE_SECONDS = 35, 45
ATTEMPTS = Attempts(most=5, first_pause=5)
ENDED_AT_ONCE = 20
MUCH = 20
# What is away comes back, and an identity that cannot sign is put right; a page that was not made in time waited for one of them.
OUTAGES = (Unavailable, TimeoutError)
GAVE_UP = f"连续 {ATTEMPTS.most} 次未能生成证书文件，请稍后重新制作；仍不成功请联系系统管理人员"
# Training says the kind by its code; the page says it in words.
TRAINING_KINDS = {"initial": "初训", "refresher": "复训"}
log = get_logger(__name__)


class DocumentRefused(RenderingRefused):
    code = "certificate_incomplete"


@dataclass(frozen=True)
class Claimed:
    """A job that is ours for ``LEASE_SECONDS``, what it is about, both detached from any session, and the template to print it with. What
    tells claims apart is when the job was due, which changes with each giving back, and the attempt, which rises when a worker dies."""

    job: RenderJob
    certificate: Certificate
    template: str

    @property
    def storage_key(self) -> str:
        """A place of this claim alone, so that one that comes late never writes over another's file."""
        return self._key(self.job.attempts)

    @property
    def earlier_keys(self) -> list[str]:
        """Where workers that died on it may have left a file."""
        return [self._key(attempt) for attempt in range(1, self.job.attempts)]

    def _key(self, attempt: int) -> str:
        return f"certificates/{self.certificate.id}/{self.job.id}/{self.job.due_at:%Y%m%d%H%M%S%f}-{attempt}.pdf"


async def end_exhausted(session: AsyncSession) -> None:
    """Ends jobs whose last worker died on them."""
    for job in await list_exhausted(session, RenderJob, ATTEMPTS, limit=ENDED_AT_ONCE):
        await give_up(session, job, GAVE_UP)


async def claim_next(session: AsyncSession) -> Claimed | None:
    """The next page to make; None when nothing is due."""
    job = await claim_one(session, RenderJob, ATTEMPTS, lease_seconds=LEASE_SECONDS)
    if job is None:
        return None
    certificate, kind = await repository.require_with_kind(session, job.certificate_id)
    # Each page is printed with the newest version of its kind.
    return Claimed(job, certificate, current(kind))


async def is_much_due(session: AsyncSession) -> bool:
    """Whether there is more than one process makes in a moment."""
    return await repository.count_due(session, limit=MUCH) >= MUCH


def check_url(settings: PlatformSettings, certificate: Certificate) -> str:
    """The public page that the QR of the page now being printed leads to; it says which edition it stands on (BEY-05)."""
    token = token_of_page(settings.signing_key, certificate.id, certificate.editions + 1)
    return f"{settings.public_url.rstrip('/')}/verify/{token}"


def document_of(
    certificate: Certificate, settings: PlatformSettings, photo: bytes | None = None
) -> CertificateDocument:
    """What the page says. Raises ``DocumentRefused`` naming what does not fit the contract."""
    try:
        return CertificateDocument.model_validate(
            {
                "number": certificate.number,
                "holder_name": certificate.holder_name,
                "sex": certificate.sex,
                "resident_id": certificate.resident_id,
                "unit_name": certificate.unit_name,
                "plan_type": certificate.plan_type_label,
                "plan_name": certificate.plan_name,
                "session_no": certificate.session_no,
                "training_kind": TRAINING_KINDS.get(certificate.training_kind, certificate.training_kind),
                "start_date": certificate.start_date,
                "end_date": certificate.end_date,
                "hours": certificate.hours,
                "specialties": tuple(certificate.specialties),
                "issued_on": certificate.issued_on,
                "valid_until": certificate.valid_until,
                "issuer": certificate.issuer,
                "check_url": check_url(settings, certificate),
                "photo": photo,
            }
        )
    except ValidationError as error:
        names = "、".join(dict.fromkeys(_LABELS.get(str(e["loc"][0]), str(e["loc"][0])) for e in error.errors()))
        # Without the cause: pydantic's message shows the input, and the input holds the resident id.
        raise DocumentRefused(f"证书内容不完整或过长（{names}），请更正后重新制作") from None


_LABELS = {
    "holder_name": "姓名",
    "sex": "性别",
    "resident_id": "居民身份证号",
    "unit_name": "工作单位",
    "plan_name": "培训班名称",
    "session_no": "培训期数",
    "training_kind": "初训/复训",
    "hours": "学时",
    "specialties": "专业类别",
    "issuer": "发证单位",
    "check_url": "核验地址",
}


async def keep_page(session: AsyncSession, claimed: Claimed, page: StoredFile) -> bool:
    """Makes the certificate valid with this file, unless the lease was lost: then False, and the file is to be taken away."""
    if not await finish(session, claimed.job):
        return False
    # Read anew, under its lock, by ``apply``.
    session.add(claimed.certificate)
    await apply(session, CERTIFICATE, claimed.certificate, CertificateAction.RENDERED, actor=SYSTEM, body=page)
    return True


async def give_up(session: AsyncSession, job: RenderJob, reason: str) -> None:
    """Ends the job without a page; ``reason`` is what people read. Nothing happens when the lease was lost."""
    if await finish(session, job):
        certificate = await repository.require_certificate(session, job.certificate_id)
        # Ours, and it may name the very character that people's own words may not have.
        body = ActionBody.model_construct(reason=reason[:500])
        await apply(session, CERTIFICATE, certificate, CertificateAction.RENDER_FAILED, actor=SYSTEM, body=body)


async def note_failure(session: AsyncSession, claimed: Claimed, error: BaseException) -> None:
    """A page waits out what is away for as long as that takes; one that cannot be printed as it is fails at once, with its reason; anything
    else is tried again, later each time, as ``ATTEMPTS`` says."""
    job = claimed.job
    log.warning(
        "render_failed", certificate_id=str(job.certificate_id), attempt=job.attempts, error=type(error).__name__
    )
    if isinstance(error, OUTAGES):
        await wait_out(session, job, error=mask_secrets(repr(error)))
    elif isinstance(error, AppError):
        await give_up(session, job, error.detail)
    elif not await try_again(session, job, ATTEMPTS, error=mask_secrets(repr(error))):
        await give_up(session, job, GAVE_UP)
