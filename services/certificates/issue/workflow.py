"""A certificate's life (CERT-06, STAFF-10): numbered and waiting for its page, valid, revoked; a page that cannot be made is a status
with the reason and a way back, not a line in a log.
"""

from typing import Any

from pydantic import Field

from shared.events.certificates import CertificateIssued, CertificateRevoked
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.definition import ActionBody, Labelled, Transition, Workflow


class CertificateStatus(Labelled):
    PREPARING = "preparing", "制作中"
    VALID = "valid", "有效"
    FAILED = "failed", "制作失败"
    REVOKED = "revoked", "已撤销"


class CertificateAction(Labelled):
    RENDERED = "rendered", "制作完成"
    RENDER_FAILED = "render_failed", "制作未成"
    RETRY = "retry", "重新制作"
    REVOKE = "revoke", "撤销"


class StoredFile(ActionBody):
    """Where the PDF lies; ``sha256`` is in hex, ``size`` in bytes."""

    storage_key: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    size: int
    template_version: str = Field(max_length=40)


def certificate_issued(certificate: Any, _actor: Actor, _body: ActionBody) -> CertificateIssued:
    return CertificateIssued(
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


def certificate_revoked(certificate: Any, _actor: Actor, body: ActionBody) -> CertificateRevoked:
    return CertificateRevoked(
        certificate_id=certificate.id,
        number=certificate.number,
        registration_id=certificate.registration_id,
        person_id=certificate.person_id,
        unit_id=certificate.unit_id,
        reason=body.reason or "",
    )


_S, _A = CertificateStatus, CertificateAction
_STAFF = {Permission.CERTIFICATE_MANAGEMENT}

CERTIFICATE = Workflow(
    name="certificate",
    label="培训合格证书",
    statuses=_S,
    initial=_S.PREPARING,
    transitions=(
        Transition(_A.RENDERED, {_S.PREPARING}, _S.VALID, then="keep_file", emits=certificate_issued, body=StoredFile),
        Transition(_A.RENDER_FAILED, {_S.PREPARING}, _S.FAILED, needs_reason=True, then="keep_failure"),
        Transition(_A.RETRY, {_S.FAILED}, _S.PREPARING, by=_STAFF, then="prepare_again"),
        Transition(
            _A.REVOKE,
            {_S.VALID},
            _S.REVOKED,
            by=_STAFF,
            needs_reason=True,
            then="keep_revocation",
            emits=certificate_revoked,
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
