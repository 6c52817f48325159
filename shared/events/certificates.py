"""What certificates tells the others: a document exists and can be fetched, or is no longer valid."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class CertificateIssued(Event):
    """A certificate is numbered, rendered and stored (CERT-06, TRN-05)."""

    type: ClassVar[str] = "certificates.certificate.issued.v1"

    certificate_id: UUID
    number: str
    registration_id: UUID
    class_session_id: UUID
    person_id: UUID
    person_name: str
    unit_id: UUID
    plan_type: str
    plan_name: str
    specialties: tuple[str, ...]
    issued_on: date
    valid_until: date | None


class CertificateRevoked(Event):
    """A certificate counts no longer; its number is never given to anybody else (STAFF-10). ``by_correction``: because its result was
    corrected, and not by hand (STAFF-09)."""

    type: ClassVar[str] = "certificates.certificate.revoked.v1"

    certificate_id: UUID
    number: str
    registration_id: UUID
    person_id: UUID
    unit_id: UUID
    reason: str
    by_correction: bool = False


class CertificateReissued(CertificateIssued):
    """The same certificate under the same number with other facts, after a correction (STAFF-09). ``changes`` is a sentence with what stood
    there before and what stands there now, as far as that is known; of a resident id only that it is another."""

    type: ClassVar[str] = "certificates.certificate.reissued.v1"

    changes: str = "内容有更正"


class CertificateRetried(Event):
    """A page that could not be made is tried again (STAFF-10): whoever knows the person says how he is called now (BEY-19)."""

    type: ClassVar[str] = "certificates.certificate.retried.v1"

    certificate_id: UUID
    registration_id: UUID
    class_session_id: UUID
    person_id: UUID
