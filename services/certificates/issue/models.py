"""Certificates with their numbers, and the rows of work that wait for a page. A certificate keeps all that its page says, so that it
can be made again without asking training.
"""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.certificates.base import CertificatesBase
from services.certificates.issue.workflow import CERTIFICATE, CertificateStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.tasks.work import Work


class NameKind(StrEnum):
    PLAN = "plan"
    UNIT = "unit"


# The pattern of every type of plan that has no row of its own.
ANY_PLAN_TYPE = "*"


class NumberPattern(Timed, Versioned, CertificatesBase):
    """How certificates of one plan type are numbered and what the type is called on the page. ``prefix`` may hold {year}, {session}
    and {region} (the four digits below the province); the serial follows with at least ``digits`` digits. ``template`` is the kind of
    document that the certificates of the type are printed as, in its newest version."""

    __tablename__ = "number_patterns"

    plan_type: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    prefix: Mapped[str]
    digits: Mapped[int]
    template: Mapped[str] = mapped_column(default=CERTIFICATE.name, server_default=CERTIFICATE.name)


class NumberSeries(CertificatesBase):
    """One row per filled prefix; ``last`` is the serial given last and never goes down."""

    __tablename__ = "number_series"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Certificate(Keyed, Timed, Versioned, CertificatesBase):
    """One certificate of one person for one class session (CERT-06). ``unit_id`` had registered the person, ``known_to`` are the units to
    which the person has moved since, and which see it as well (BEY-14). ``specialties`` are the labels of the passed ones; ``failure``
    says why there is no page; the file's columns are empty until there is one. ``editions`` counts the pages that were handed out under
    the number; ``photo_id`` is the photo in the person's file when the result was published, ``photo_key`` our copy of it;
    ``revoked_by_correction`` tells a revocation that a correction may undo from one by hand (STAFF-09). ``printed`` and ``printed_id`` are
    what the newest page says, ``changed`` what it says otherwise than the one before."""

    __tablename__ = "certificates"
    __table_args__ = (
        # One that a person revoked may be followed by another; one that a correction revoked comes back itself (STAFF-10, STAFF-15).
        Index(
            "uq_certificates_current",
            "registration_id",
            "class_session_id",
            unique=True,
            postgresql_where=text("status <> 'revoked' OR revoked_by_correction"),
        ),
        Index("ix_certificates_known_to", "known_to", postgresql_using="gin"),
        Index(None, "unit_id", "issued_on", "id"),
        Index("ix_certificates_region_code", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "issued_on", "id"),
        Index(None, "class_session_id"),
        Index("ix_certificates_holder_pieces", "holder_pieces", postgresql_using="gin"),
        Index(None, "status", "updated_at"),
        Index(None, "plan_name", "issued_on", "id"),
        Index(None, "unit_name", "issued_on", "id"),
        Index(None, "plan_type", "issued_on", "id"),
        Index("ix_certificates_valid_until", "valid_until", "id", postgresql_where=text("valid_until IS NOT NULL")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    status: Mapped[CertificateStatus] = mapped_column(code_of(CertificateStatus), default=CERTIFICATE.initial)
    registration_id: Mapped[UUID]
    class_session_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    holder_name: Mapped[str]
    holder_pieces: Mapped[list[str]] = mapped_column(ARRAY(Text))
    resident_id: Mapped[str] = mapped_column(EncryptedText)
    sex: Mapped[str]
    unit_id: Mapped[UUID]
    known_to: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    unit_name: Mapped[str]
    region_code: Mapped[str]
    plan_id: Mapped[UUID]
    plan_type: Mapped[str]
    plan_type_label: Mapped[str]
    plan_name: Mapped[str]
    session_no: Mapped[int]
    training_kind: Mapped[str]
    start_date: Mapped[date]
    end_date: Mapped[date]
    hours: Mapped[int]
    specialties: Mapped[list[str]] = mapped_column(ARRAY(Text))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    issuer: Mapped[str]
    photo_id: Mapped[UUID | None]
    photo_key: Mapped[str | None]
    failure: Mapped[str | None]
    template_version: Mapped[str | None]
    storage_key: Mapped[str | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    revoked_on: Mapped[date | None]
    revocation_reason: Mapped[str | None]
    editions: Mapped[int] = mapped_column(default=0, server_default="0")
    revoked_by_correction: Mapped[bool] = mapped_column(default=False, server_default=false())
    printed: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    printed_id: Mapped[str | None] = mapped_column(EncryptedText)
    changed: Mapped[str | None]


class CertificateName(CertificatesBase):
    """A name that stands on certificates, once: of a plan or of a unit. ``search`` is what one LIKE looks through (PLAT-08); there are
    some thousands, and hundreds of certificates with each."""

    __tablename__ = "certificate_names"

    kind: Mapped[NameKind] = mapped_column(code_of(NameKind), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    search: Mapped[str]


class CertificateEdition(Timed, CertificatesBase):
    """One page that was handed out under the number (STAFF-09): the newest is the certificate's own, each earlier one is replaced by it.
    A reissue prints a new edition; what was printed stays as it was, with the template that it was printed with. ``holder_name`` is the
    name on this page, by which its holder asks (STAFF-15)."""

    __tablename__ = "certificate_editions"

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    template_version: Mapped[str]
    storage_key: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    holder_name: Mapped[str]


class RenderJob(Keyed, Work, CertificatesBase):
    """A page to be made. A retry is a new row; of one certificate only one is open."""

    __tablename__ = "render_jobs"
    __table_args__ = (
        Index("ix_render_jobs_due", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index("uq_render_jobs_open", "certificate_id", unique=True, postgresql_where=text("done_at IS NULL")),
        {"info": {"label": "制作证书"}},
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"))
