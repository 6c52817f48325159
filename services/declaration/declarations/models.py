"""Declarations of occupational hazards (职业病危害项目申报) with their hazard classes and factors. While 暂存 everything but the kind may
be empty; what a submitted one must hold is in ``checks.py``. Products, tests and examinations will stand beside the hazards.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, exists
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column, relationship

from services.declaration.base import DeclarationBase
from services.declaration.declarations.choices import ChangeReason, DeclarationKind
from services.declaration.declarations.workflow import DECLARATION, DeclarationStatus
from services.declaration.factors.classes import HazardClass
from shared.db.base import Keyed, Timed, Versioned
from shared.db.types import EncryptedText, code_of
from shared.db.violations import typed_check
from shared.roles import Level

COUNTS = ("staff_count", "outsourced_count", "exposed_count", "disease_count", "trained_count")


class Declaration(Keyed, Timed, Versioned, DeclarationBase):
    """One declaration of one employer; at most one that is not 已审核 (DECL-03). ``employer_name`` to ``legal_representative`` are the
    employer's while it can be edited, then what was declared. ``declared_on``: day of creation, then of the last submission."""

    __tablename__ = "declarations"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    employer_name: Mapped[str]
    credit_code: Mapped[str]
    region_code: Mapped[str]
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

    declared_on: Mapped[date]
    pending_since: Mapped[datetime | None]
    opened_by_reviewer_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]

    hazards: Mapped[list["DeclaredClass"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="DeclaredClass.position"
    )

    if TYPE_CHECKING:  # a question about the other rows of the table, added when the table is whole
        employer_has_open: Mapped[bool]

    __table_args__ = (
        Index(
            "uq_declarations_open", "employer_id", unique=True, postgresql_where=status != DeclarationStatus.APPROVED
        ),
        Index(None, "employer_id", "declared_on", "id"),
        Index(None, "declared_on", "id"),
        Index("ix_declarations_region_prefix", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "status", "pending_since"),
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
        lazy="selectin", cascade="all, delete-orphan", order_by="DeclaredFactor.factor_code"
    )


class DeclaredFactor(DeclarationBase):
    """A factor of the shared catalogue within a declared class."""

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
    exposed_count: Mapped[int | None]


_other = aliased(Declaration)
# For the guard of 撤销: whether this employer has another record that is not 已审核 (DECL-03).
Declaration.__mapper__.add_property(
    "employer_has_open",
    column_property(
        exists()
        .where(
            _other.employer_id == Declaration.employer_id,
            _other.id != Declaration.id,
            _other.status != DeclarationStatus.APPROVED,
        )
        .correlate_except(_other),
        expire_on_flush=False,  # a step of this record changes nothing about the others
    ),
)
