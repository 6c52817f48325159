"""The pages of a certificate that may be had: the PDF for whoever may have it, and every edition that was handed out under its number."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue import repository
from services.certificates.issue.models import Certificate
from services.certificates.issue.schemas import EditionRead
from services.certificates.issue.service import FULL_VIEW
from services.certificates.issue.workflow import CERTIFICATE, CertificateStatus
from shared.errors import Conflict, NotFound
from shared.identity import Actor
from shared.roles import Level
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal


class CertificateNotReady(Conflict):
    code = "certificate_not_ready"


class CertificateIsRevoked(Conflict):
    code = "certificate_is_revoked"


class EditionNotFound(NotFound):
    code = "edition_not_found"
    detail = "该证书没有这一版，请刷新证书页面查看各版证书"


ONLY_FULL = Refusal("shows_full_id", "证书上有完整身份证号，只有报名单位和证书管理人员可以下载")


async def file_to_download(session: AsyncSession, *, actor: Actor, certificate_id: UUID) -> tuple[str, str]:
    """(storage key, file name) of the PDF. The page shows the resident id: the download is remembered. Raises
    ``CertificateNotFound`` and what ``key_for`` does."""
    certificate = await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    key = key_for(certificate, actor)
    CERTIFICATE.note_view(session, certificate.id, "download", actor=actor)
    return key, f"{certificate.holder_name}_{certificate.plan_type_label}合格证书_{certificate.number}.pdf"


def key_for(certificate: Certificate, actor: Actor) -> str:
    """Where the PDF lies that this actor may have. A revoked one is given to officials only, and nobody gets a page that a correction
    has made false. Raises ``CertificateNotReady`` and ``CertificateIsRevoked``."""
    if (refusal := _kept_back(certificate, actor)) is not None:
        raise CertificateIsRevoked(refusal.reason)
    if certificate.status is CertificateStatus.FAILED:
        raise CertificateNotReady(f"证书制作失败：{certificate.failure}")
    if certificate.status is CertificateStatus.PREPARING:
        why = "内容已更正，证书正在换发" if certificate.editions else "证书正在制作"
        raise CertificateNotReady(f"{why}，通常不超过一分钟，请稍后再下载")
    if certificate.storage_key is None:
        raise CertificateNotReady("证书在发出前已撤销，没有可下载的文件")
    return certificate.storage_key


async def edition_to_download(
    session: AsyncSession, *, actor: Actor, certificate_id: UUID, number: int
) -> tuple[str, str]:
    """(storage key, file name) of a page as it was handed out; the name says by which it was replaced, since the sealed page cannot. Raises
    ``CertificateNotFound``, ``EditionNotFound`` and ``CertificateIsRevoked``."""
    certificate = await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    if (refusal := _kept_back(certificate, actor)) is not None:
        raise CertificateIsRevoked(refusal.reason)
    edition = await repository.edition_of(session, certificate.id, number)
    if edition is None:
        raise EditionNotFound
    CERTIFICATE.note_view(session, certificate.id, "download", actor=actor, after={"edition": number})
    later = f"（已被第{certificate.editions}版替代）" if number < certificate.editions else ""
    return edition.storage_key, f"{edition.holder_name}_合格证书_{certificate.number}_第{number}版{later}.pdf"


def _kept_back(certificate: Certificate, actor: Actor) -> Refusal | None:
    """A revoked one is given to officials only."""
    if certificate.status is not CertificateStatus.REVOKED or actor.level is not Level.UNIT:
        return None
    why = (
        f"证书 {certificate.number} 已于 {certificate.revoked_on} 撤销，不能下载。理由：{certificate.revocation_reason}"
    )
    return Refusal(CertificateIsRevoked.code, why)


async def list_editions(session: AsyncSession, *, actor: Actor, certificate_id: UUID) -> list[EditionRead]:
    """Every page that was handed out under the number, the newest first (STAFF-15). Raises ``CertificateNotFound``."""
    certificate = await repository.require_visible(session, actor=actor, certificate_id=certificate_id)
    rows = await repository.editions_of(session, certificate.id)
    stands = certificate.status is CertificateStatus.VALID
    # The page shows the resident id in full (PLAT-05).
    refusal = _kept_back(certificate, actor) if actor.may(*FULL_VIEW) else ONLY_FULL
    return [
        EditionRead.of(
            row,
            is_current=stands and row.edition == certificate.editions,
            printed_at=row.created_at,
            replaced_by=certificate.editions if row.edition < certificate.editions else None,
            allowed_actions=[button("download", "下载", refusal)],
        )
        for row in rows
    ]
