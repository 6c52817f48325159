"""A certificate's life (CERT-06, STAFF-09, STAFF-10): numbered and waiting for its page, valid, revoked; made again under its number
after a correction. A page that cannot be made is a status with the reason and a way back, not a line in a log.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field

from shared.crypto import Sealed
from shared.events.certificates import CertificateIssued, CertificateReissued, CertificateRetried, CertificateRevoked
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.certificates.issue.models import Certificate


class CertificateStatus(Labelled):
    PREPARING = "preparing", "制作中", Colour.WAITING
    VALID = "valid", "有效", Colour.GOOD
    FAILED = "failed", "制作失败", Colour.REFUSED
    REVOKED = "revoked", "已撤销", Colour.REFUSED

    @meaning
    def is_in_the_making(self) -> bool:
        """Nobody has this page yet."""
        return self in {CertificateStatus.PREPARING, CertificateStatus.FAILED}

    @meaning
    def is_in_force(self) -> bool:
        """Its holder may show it, until its last day."""
        return self is CertificateStatus.VALID

    @meaning
    def is_revoked(self) -> bool:
        return self is CertificateStatus.REVOKED


class CertificateAction(Labelled):
    RENDERED = "rendered", "制作完成"
    RENDER_FAILED = "render_failed", "制作未成"
    RETRY = "retry", "重新制作"
    REVOKE = "revoke", "撤销"
    REISSUE = "reissue", "换发"
    REVOKE_CORRECTED = "revoke_corrected", "因更正撤销"
    DROP = "drop", "发出前撤销"
    ISSUE_ANEW = "issue_anew", "重新发证"


class StoredFile(ActionBody):
    """Where the PDF lies; ``sha256`` is in hex, ``size`` in bytes. The photo that it shows, if any, and where our copy of that lies."""

    storage_key: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    size: int
    template_version: str = Field(max_length=40)
    photo_id: UUID | None = None
    photo_key: str | None = Field(default=None, max_length=200)


class NewFacts(ActionBody):
    """What the page says after a correction; everything else on it stays (STAFF-09, STAFF-15). ``photo_id`` is what the person's file has
    now; the resident id stands in no history."""

    specialties: tuple[str, ...]
    photo_id: UUID | None
    holder_name: str
    sex: str
    resident_id: Sealed = Field(exclude=True)


class Remake(ActionBody):
    """A page that failed is tried again; where its photo cannot be had, a person may decide to do without."""

    without_photo: bool = Field(default=False, description="不印照片")


def not_revoked_by_hand(certificate: "Certificate", _actor: Actor, _now: datetime) -> Refusal | None:
    """What a person revoked, no correction brings back."""
    if certificate.status is CertificateStatus.REVOKED and not certificate.revoked_by_correction:
        return Refusal("revoked_by_hand", "证书已由发证单位撤销，不再恢复；需要时另编新号重新发证")
    return None


def was_revoked_by_hand(certificate: "Certificate", _actor: Actor, _now: datetime) -> Refusal | None:
    """What a correction revoked comes back by a correction, under its own number."""
    if certificate.revoked_by_correction:
        said = "该证书因更正而撤销；成绩或出勤更正为合格后，原证书自动恢复，编号不变"
        return Refusal("revoked_by_correction", said)
    return None


def was_handed_out(certificate: "Certificate", _actor: Actor, _now: datetime) -> Refusal | None:
    """Only of a certificate that the others know of can they be told that it is revoked."""
    return None if certificate.editions else Refusal("never_handed_out", "证书尚未发出")


def was_never_handed_out(certificate: "Certificate", _actor: Actor, _now: datetime) -> Refusal | None:
    return Refusal("handed_out", "证书已经发出") if certificate.editions else None


def certificate_issued(certificate: "Certificate", _actor: Actor, _body: ActionBody) -> CertificateIssued:
    """The first page that is handed out issues the certificate; each later one reissues it (STAFF-09)."""
    issued = CertificateIssued(
        certificate_id=certificate.id,
        number=certificate.number,
        registration_id=certificate.registration_id,
        class_session_id=certificate.class_session_id,
        person_id=certificate.person_id,
        person_name=certificate.holder_name,
        unit_id=certificate.unit_id,
        plan_type=certificate.plan_type,
        plan_name=certificate.plan_name,
        specialties=tuple(certificate.specialties),
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
    )
    if certificate.editions == 1:
        return issued
    told = {"changes": certificate.changed} if certificate.changed else {}
    return CertificateReissued(**issued.model_dump(), **told)


def certificate_revoked(certificate: "Certificate", _actor: Actor, body: ActionBody) -> CertificateRevoked:
    return CertificateRevoked(
        certificate_id=certificate.id,
        number=certificate.number,
        registration_id=certificate.registration_id,
        person_id=certificate.person_id,
        unit_id=certificate.unit_id,
        reason=body.reason or "",
        by_correction=certificate.revoked_by_correction,
    )


def certificate_retried(certificate: "Certificate", _actor: Actor, _body: ActionBody) -> CertificateRetried:
    return CertificateRetried(
        certificate_id=certificate.id,
        registration_id=certificate.registration_id,
        class_session_id=certificate.class_session_id,
        person_id=certificate.person_id,
    )


_S, _A = CertificateStatus, CertificateAction
_STAFF = {Permission.CERTIFICATE_MANAGEMENT}

CERTIFICATE: "Workflow[Certificate, CertificateAction]" = Workflow(
    name="certificate",
    label="培训合格证书",
    statuses=_S,
    initial=_S.PREPARING,
    consequences={
        _A.RETRY: "按人员现在的资料重新制作，证书编号不变。",
        _A.REVOKE: "该证书立即作废，公开查验显示“已撤销”，单位会收到通知；该编号不再恢复，需要时可另编新号重新发证。",
        _A.ISSUE_ANEW: "另编新号制作一张新证书，内容与原证书相同；已撤销的编号仍为“已撤销”，单位会收到通知。",
    },
    transitions=(
        Transition(_A.RENDERED, {_S.PREPARING}, _S.VALID, then="keep_file", emits=certificate_issued, body=StoredFile),
        Transition(_A.RENDER_FAILED, {_S.PREPARING}, _S.FAILED, needs_reason=True, then="keep_failure"),
        Transition(
            _A.RETRY,
            {_S.FAILED},
            _S.PREPARING,
            by=_STAFF,
            then="prepare_again",
            emits=certificate_retried,
            body=Remake,
        ),
        Transition(
            _A.REVOKE,
            {_S.VALID},
            _S.REVOKED,
            by=_STAFF,
            needs_reason=True,
            then="keep_revocation",
            emits=certificate_revoked,
        ),
        Transition(
            _A.ISSUE_ANEW,
            {_S.REVOKED},
            _S.REVOKED,
            by=_STAFF,
            guard=was_revoked_by_hand,
            needs_reason=True,
            then="issue_anew",
        ),
        Transition(
            _A.REISSUE,
            {_S.VALID, _S.FAILED, _S.PREPARING, _S.REVOKED},
            _S.PREPARING,
            guard=not_revoked_by_hand,
            needs_reason=True,
            then="prepare_reissue",
            body=NewFacts,
        ),
        Transition(
            _A.REVOKE_CORRECTED,
            {_S.VALID, _S.FAILED, _S.PREPARING},
            _S.REVOKED,
            guard=was_handed_out,
            needs_reason=True,
            then="keep_corrected_revocation",
            emits=certificate_revoked,
        ),
        Transition(
            _A.DROP,
            {_S.FAILED, _S.PREPARING},
            _S.REVOKED,
            guard=was_never_handed_out,
            needs_reason=True,
            then="keep_corrected_revocation",
        ),
    ),
    hints={
        (_A.RETRY, _S.PREPARING): "证书正在制作，请稍候刷新",
        (_A.RETRY, _S.VALID): "证书已经制作完成，可以直接下载",
        (_A.RETRY, _S.REVOKED): "证书已撤销，不能重新制作",
        (_A.REVOKE, _S.PREPARING): "证书正在制作，完成后才能撤销",
        (_A.REVOKE, _S.FAILED): "证书尚未制作成功，没有可撤销的证书",
        (_A.REVOKE, _S.REVOKED): "证书已经撤销",
    },
)
