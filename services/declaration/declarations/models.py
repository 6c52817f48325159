"""Declarations of occupational hazards (职业病危害项目申报) with their hazard classes and factors. While 暂存 everything but the kind may
be empty; what a submitted one must hold is in ``form.rules``, and the fields themselves are those of ``form.table``.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, ForeignKeyConstraint, Index, String, exists, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column, relationship

from services.declaration.base import DeclarationBase
from services.declaration.declarations.workflow import DECLARATION, DeclarationStatus
from services.declaration.factors.catalogue import current
from services.declaration.factors.classes import HazardClass
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.table import VERSION
from services.declaration.stand_ins.models import StandIn
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.db.violations import typed_check
from shared.roles import Level

_NO_ROWS = text("'[]'::jsonb")


# The order of the queue, as its index has it: who asks for it back, then who has waited longest.
_ASKED = text("num_nulls(withdrawal_requested_at)")
_WAITING_SINCE = text("coalesce(pending_since, created_at)")


def _rows() -> Any:
    """A table of the form, as it was sent."""
    return mapped_column(JSONB, default=list, server_default=_NO_ROWS)


COUNTS = ("staff_count", "outsourced_count", "exposed_count", "disease_count", "trained_count")


class Declaration(Keyed, Timed, Versioned, DeclarationBase):
    """One declaration of one employer; at most one that is not 已审核 (DECL-03). ``employer_name`` to ``legal_representative`` are the
    employer's while it can be edited, then what was declared. ``declared_on``: day of creation, then of the last submission.
    ``filled_at`` is the employer's last save, ``imported_at`` when its basics came over from the old system (DECL-09).
    ``region_code`` is where the unit is, so that who reviews and reads there finds it, ``declared_region`` what it was declared for, where
    that is another one by now. ``reviewer_id`` is who holds its review, ``returned_content`` what was sent back, so that what has changed
    since can be shown (BEY-04); ``flags`` are of the last submission."""

    __tablename__ = "declarations"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    employer_name: Mapped[str]
    credit_code: Mapped[str]
    region_code: Mapped[str]
    declared_region: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="", server_default="")
    legal_representative: Mapped[str] = mapped_column(default="", server_default="")
    review_level: Mapped[Level] = mapped_column(code_of(Level))
    kind: Mapped[DeclarationKind] = mapped_column(code_of(DeclarationKind))
    change_reason: Mapped[ChangeReason | None] = mapped_column(code_of(ChangeReason))
    status: Mapped[DeclarationStatus] = mapped_column(code_of(DeclarationStatus), default=DECLARATION.initial)

    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText)
    staff_count: Mapped[int | None]
    outsourced_count: Mapped[int | None]
    exposed_count: Mapped[int | None]
    disease_count: Mapped[int | None]
    leader_trained: Mapped[bool | None]
    manager_trained: Mapped[bool | None]
    trained_count: Mapped[int | None]
    surveillance_done: Mapped[bool | None]
    form_version: Mapped[int] = mapped_column(default=VERSION, server_default="1")
    catalogue: Mapped[str] = mapped_column(default=lambda: current().edition, server_default="2015")
    ended_on: Mapped[date | None]
    size: Mapped[str | None]
    industry: Mapped[str | None]
    economic_type: Mapped[str | None]
    confidential: Mapped[bool] = mapped_column(default=False, server_default="false")
    tested: Mapped[bool | None]
    test_org: Mapped[str | None]
    test_report_no: Mapped[str | None]
    exam_org: Mapped[str | None]
    exam_report_no: Mapped[str | None]
    sites: Mapped[list[dict[str, Any]]] = _rows()
    products: Mapped[list[dict[str, Any]]] = _rows()
    tests: Mapped[list[dict[str, Any]]] = _rows()
    exams: Mapped[list[dict[str, Any]]] = _rows()

    declared_on: Mapped[date]
    filled_at: Mapped[datetime | None]
    imported_at: Mapped[datetime | None]
    pending_since: Mapped[datetime | None]
    opened_by_reviewer_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]
    reviewer_id: Mapped[UUID | None]
    reviewer_name: Mapped[str | None]
    withdrawal_requested_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str | None]
    withdrawal_answer: Mapped[str | None]
    returned_fields: Mapped[list[str]] = _rows()
    returned_content: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    flags: Mapped[list[dict[str, Any]]] = _rows()
    flag_codes: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")

    hazards: Mapped[list["DeclaredClass"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DeclaredClass.position"
    )

    @property
    def declared_for(self) -> str:
        """The region that stands in what was declared."""
        return self.declared_region or self.region_code

    if TYPE_CHECKING:  # a question about the other rows of the table, added when the table is whole
        employer_has_open: Mapped[bool]
        employer_declared_on: Mapped[date | None]
        city_stands_in: Mapped[bool]

    __table_args__ = (
        Index(
            "uq_declarations_open", "employer_id", unique=True, postgresql_where=status != DeclarationStatus.APPROVED
        ),
        Index(None, "employer_id", "declared_on", "id"),
        Index(None, "declared_on", "id"),
        Index("ix_declarations_region_prefix", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "status", "pending_since"),
        Index(None, "status", "declared_on", "id"),
        # What is not settled, which is few beside what is, by the region that looks at it.
        Index(
            "ix_declarations_open_region",
            "region_code",
            postgresql_ops={"region_code": "text_pattern_ops"},
            postgresql_where=status != DeclarationStatus.APPROVED,
        ),
        # A county's list, and everybody's queue in its own order.
        Index(None, "region_code", "declared_on", "id"),
        Index("ix_declarations_queue", "status", _ASKED, _WAITING_SINCE, "id"),
        *(typed_check(f"{name} >= 0", name, "人数不能小于 0") for name in COUNTS),
    )


class DeclaredClass(DeclarationBase):
    """A hazard class that the employer has (有); a class without a row is 无. ``exposed_count`` is its 接触总人数."""

    __tablename__ = "declared_classes"
    __table_args__ = (typed_check("exposed_count >= 0", "exposed_count", "人数不能小于 0"),)

    declaration_id: Mapped[UUID] = mapped_column(ForeignKey("declarations.id", ondelete="CASCADE"), primary_key=True)
    class_code: Mapped[HazardClass] = mapped_column(code_of(HazardClass), primary_key=True)
    position: Mapped[int]
    exposed_count: Mapped[int | None]

    factors: Mapped[list["DeclaredFactor"]] = relationship(
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=lambda: (DeclaredFactor.factor_code, DeclaredFactor.own_name.collate("C")),
    )


class DeclaredFactor(DeclarationBase):
    """A factor of the catalogue within a declared class; one that the catalogue lacks stands under its 其他 with ``own_name``."""

    __tablename__ = "declared_factors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["declaration_id", "class_code"],
            ["declared_classes.declaration_id", "declared_classes.class_code"],
            ondelete="CASCADE",
        ),
        typed_check("exposed_count >= 0", "exposed_count", "人数不能小于 0"),
    )

    declaration_id: Mapped[UUID] = mapped_column(primary_key=True)
    class_code: Mapped[HazardClass] = mapped_column(code_of(HazardClass), primary_key=True)
    factor_code: Mapped[str] = mapped_column(primary_key=True)
    own_name: Mapped[str] = mapped_column(primary_key=True, default="", server_default="")
    exposed_count: Mapped[int | None]


_other = aliased(Declaration)


def _another(*which: ColumnElement[bool]) -> Any:
    """Whether this employer has another record like that. A step of this record changes nothing about the others."""
    others = exists().where(_other.employer_id == Declaration.employer_id, _other.id != Declaration.id, *which)
    return column_property(others.correlate_except(_other), expire_on_flush=False)


# For the guard of 撤销: one that is not 已审核 (DECL-03). For the kinds: the day of the last one that is, and counts (DECL-02, BEY-10).
Declaration.__mapper__.add_property("employer_has_open", _another(_other.status != DeclarationStatus.APPROVED))
Declaration.__mapper__.add_property(
    "employer_declared_on",
    column_property(
        select(func.max(_other.declared_on))
        .where(
            _other.employer_id == Declaration.employer_id,
            _other.id != Declaration.id,
            _other.status == DeclarationStatus.APPROVED,
        )
        .correlate_except(_other)
        .scalar_subquery(),
        expire_on_flush=False,
    ),
)

_today = func.date(func.timezone("Asia/Shanghai", func.now()))
# For the guards of a decision: whether an order lets the city decide for this county today.
Declaration.__mapper__.add_property(
    "city_stands_in",
    column_property(
        exists()
        .where(
            StandIn.county_code == Declaration.region_code,
            StandIn.ended_at.is_(None),
            _today.between(StandIn.valid_from, StandIn.valid_until),
        )
        .correlate_except(StandIn),
        expire_on_flush=False,
    ),
)
