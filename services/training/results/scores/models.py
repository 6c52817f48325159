"""Score sheets, one per class session, and results, one per person and 考核组 (STAFF-08, X30)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.training.base import TrainingBase
from services.training.classes.class_sessions.models import ClassSession
from services.training.enrolment.registrations.models import Registration
from services.training.plans.models import Specialty
from services.training.results.scores.workflow import SCORE_SHEET, ScoreSheetStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import code_of
from shared.db.violations import typed_check


class ScoreSheet(Keyed, Timed, Versioned, TrainingBase):
    """``id`` is the class session's: a session has one sheet, made when it is first looked at."""

    __tablename__ = "score_sheets"

    class_session_id: Mapped[UUID] = mapped_column(ForeignKey("class_sessions.id"), unique=True)
    status: Mapped[ScoreSheetStatus] = mapped_column(code_of(ScoreSheetStatus), default=SCORE_SHEET.initial)
    published_at: Mapped[datetime | None]

    class_session: Mapped[ClassSession] = relationship(lazy="joined", innerjoin=True)
    results: Mapped[list["Result"]] = relationship(lazy="selectin", order_by="Result.id")


class Result(Keyed, Timed, TrainingBase):
    """``score`` is 0–100 with one decimal, empty when only 合格/不合格 was entered; ``passed`` empty means not entered yet. ``specialties``
    are the codes of the 考核组 that the person sits for here, ``specialty_code`` the first of them (X30); ``corrected_at`` is when the
    published result was last corrected (STAFF-09); ``sheet_version`` is the sheet's version that first showed this mark, 0 while there was
    none (PLAT-03). A registration that was returned, and then deleted by its unit, takes along what was
    entered for it."""

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("sheet_id", "registration_id", "specialty_code"),
        typed_check("score BETWEEN 0 AND 100", "score", "成绩须在 0 至 100 之间"),
    )

    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("score_sheets.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[UUID] = mapped_column(index=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"))
    specialties: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")
    score: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    passed: Mapped[bool | None]
    corrected_at: Mapped[datetime | None]
    sheet_version: Mapped[int] = mapped_column(default=0, server_default="0")

    registration: Mapped[Registration] = relationship(lazy="raise")
    specialty: Mapped[Specialty] = relationship(lazy="joined", innerjoin=True)


class IssuedCertificate(Timed, TrainingBase):
    """What certificates told of one person's certificate of one session: number and id, for the unit's result page (CERT-04, CERT-06)."""

    __tablename__ = "issued_certificates"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    class_session_id: Mapped[UUID] = mapped_column(primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[str]
