"""Registrations of people in plans, by their unit (集体报名). The unit's status on a plan is derived from these rows, never stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.enrolment.registrations.bodies import ReturnKind
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationStatus
from services.training.people.personnel.models import StaffMember
from services.training.plans.choices import Lodging, TrainingKind
from services.training.plans.models import Plan, Specialty, position_of
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of

# Since when somebody waits for the reviewer, as the queue's indexes have it.
WAITING_SINCE = text("coalesce(return_requested_at, submitted_at, created_at)")


class Registration(Keyed, Timed, Versioned, TrainingBase):
    """One person in one plan; platform-wide a person is in a plan once. ``region_code`` is the unit's, for who may see it; ``known_to`` are
    the units to which the person has moved since, and which see it in the person's record (BEY-14).
    What the form asks for may be empty while 未报名 (TRN-44…46). ``open_until`` (inclusive, Beijing) keeps this person open after the
    plan's deadline (STAFF-13, FAQ-M8); ``return_requested_at`` is set while the unit asks for an approved person back (FAQ-M5);
    ``reviewed_at`` is when the last decision was made, which may be undone for ten minutes (BEY-11) unless the unit has changed the form
    since, at ``edited_at``."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id"),
        Index(None, "unit_id", "plan_id"),
        Index(None, "plan_id", "status", "id"),
        # The reviewer's queue, and its lists by status: the longest waiting first (STAFF-02).
        Index(
            "ix_registrations_queue",
            WAITING_SINCE,
            "id",
            postgresql_where=text("status = 'submitted' OR return_requested_at IS NOT NULL"),
        ),
        Index(
            "ix_registrations_asked", "return_requested_at", postgresql_where=text("return_requested_at IS NOT NULL")
        ),
        Index("ix_registrations_status_waiting", "status", WAITING_SINCE, "id"),
        Index("ix_registrations_region", "region_code", "status", postgresql_ops={"region_code": "text_pattern_ops"}),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("institutions.id"))
    unit_name: Mapped[str]
    region_code: Mapped[str]
    known_to: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_members.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[RegistrationStatus] = mapped_column(code_of(RegistrationStatus), default=REGISTRATION.initial)
    needs_credit: Mapped[bool | None]
    training_kind: Mapped[TrainingKind] = mapped_column(code_of(TrainingKind), default=TrainingKind.INITIAL)
    lodging: Mapped[Lodging | None] = mapped_column(code_of(Lodging))
    recipient_name: Mapped[str]
    recipient_phone: Mapped[str] = mapped_column(EncryptedText)
    recipient_postcode: Mapped[str | None]
    recipient_address: Mapped[str]
    submitted_at: Mapped[datetime | None]
    return_kind: Mapped[ReturnKind | None] = mapped_column(code_of(ReturnKind))
    return_reason: Mapped[str | None]
    return_fields: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    edited_at: Mapped[datetime | None]
    open_until: Mapped[date | None]
    return_requested_at: Mapped[datetime | None]
    return_request: Mapped[str | None]
    results_published_at: Mapped[datetime | None]

    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin=True)
    staff: Mapped[StaffMember] = relationship(lazy="joined", innerjoin=True)
    specialties: Mapped[list["RegistrationSpecialty"]] = relationship(
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=lambda: position_of(RegistrationSpecialty.specialty_code),
    )


class RegistrationSpecialty(TrainingBase):
    """培训专业类别 that a person registered for; ``none`` for plans without specialties, so that there is always a row to place."""

    __tablename__ = "registration_specialties"

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"), primary_key=True, index=True)

    specialty: Mapped[Specialty] = relationship(lazy="joined", innerjoin=True)
