"""Certificates over the wire. Lists mask the resident id; the record shows it in full to those with the right (PLAT-05)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CertificateStatus
from shared.crypto import mask_resident_id
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class CertificateListItem(Read):
    """One line of a list; ``failure`` says why a certificate could not be made."""

    id: UUID
    number: str
    status: CertificateStatus
    registration_id: UUID
    class_session_id: UUID
    person_id: UUID
    holder_name: str
    sex: str
    resident_id: str
    unit_id: UUID
    unit_name: str
    plan_type: str
    plan_type_label: str
    plan_name: str
    session_no: int
    start_date: date
    end_date: date
    specialties: list[str]
    issued_on: date
    valid_until: date | None
    revoked_on: date | None
    revocation_reason: str | None
    failure: str | None
    version: int
    allowed_actions: list[AllowedAction]


class CertificateRead(CertificateListItem):
    """The whole record; ``resident_id_is_full`` says whether the id is shown in full to this reader."""

    resident_id_is_full: bool
    region_code: str
    plan_id: UUID
    training_kind: str
    hours: int
    issuer: str
    template_version: str | None
    sha256: str | None
    size: int | None


class EditionRead(Read):
    """One page that was handed out under a number; ``holder_name`` is what it says. Whoever checks one that is not ``is_current`` is told
    that it was replaced, or what else became of the certificate."""

    edition: int
    holder_name: str
    template_version: str
    sha256: str
    printed_at: datetime = Field(description="制作完成的时间")
    is_current: bool = Field(description="是否现行版本")
    replaced_by: int | None = Field(description="替代它的现行版次，没有被替代的为空")
    allowed_actions: list[AllowedAction]


def list_item(certificate: Certificate, actions: list[AllowedAction]) -> CertificateListItem:
    """A line of a list, the resident id masked."""
    masked = mask_resident_id(certificate.resident_id)
    return CertificateListItem.of(certificate, resident_id=masked, allowed_actions=actions)


def read_of(certificate: Certificate, *, full: bool, actions: list[AllowedAction]) -> CertificateRead:
    """The record; ``full`` shows the resident id."""
    shown = certificate.resident_id if full else mask_resident_id(certificate.resident_id)
    return CertificateRead.of(certificate, resident_id=shown, resident_id_is_full=full, allowed_actions=actions)
