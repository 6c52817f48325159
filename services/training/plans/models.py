"""Training plans and the dictionaries behind them: class types and specialties are data, not code (STAFF-01, TRN-45)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, ScalarSelect, SmallInteger, Text, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship, validates

from services.training.base import TrainingBase
from services.training.plans.choices import Lodging
from services.training.plans.workflow import PLAN, PlanStatus
from shared.db.base import Keyed, Timed, Versioned
from shared.db.dictionaries import InDictionary
from shared.db.types import code_of
from shared.db.violations import typed_check
from shared.reference.pinyin import search_text

# A plan without specialties has one row per class session under this code, shown as —— (TRN-68).
NO_SPECIALTY = "none"


class PlanType(InDictionary, TrainingBase):
    """培训班类型. ``number_code`` stands in the certificate number; one that is not ``active`` is in no new plan."""

    __tablename__ = "plan_types"

    number_code: Mapped[str]


class Specialty(InDictionary, TrainingBase):
    """培训专业类别; which type may use it is in ``plan_type_specialties``. One that is not ``active`` is in no new plan."""

    __tablename__ = "specialties"


def position_of(code: InstrumentedAttribute[str]) -> ScalarSelect[Any]:
    """By which rows with a 专业类别 stand in the manual's order, not in that of their codes, which part those of one place (TRN-45)."""
    return (
        select(func.row(Specialty.position, Specialty.code))
        .where(Specialty.code == code)
        .correlate_except(Specialty)
        .scalar_subquery()
    )


class PlanTypeSpecialty(TrainingBase):
    __tablename__ = "plan_type_specialties"

    type_code: Mapped[str] = mapped_column(ForeignKey("plan_types.code"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"), primary_key=True)


class Plan(Keyed, Timed, Versioned, TrainingBase):
    """培训计划. ``age_limit`` in whole years and ``minimum_title_level`` (code) only warn (TRN-39, TRN-40); ``hours`` are 学时;
    ``pass_mark`` of 100; ``validity_years`` None means without end. ``credit_help`` and ``lodging_help`` explain 学分证 and 住宿, with the
    defaults of the form (FAQ-M6); ``minimum_attendance`` in percent of the days, None asks for none (BEY-15); ``reminders_sent`` counts
    those before the deadline (FAQ-M8); of one type, name and deadline there is one plan (PLAT-03), and ``twin`` numbers those that were
    alike before; ``name_search`` is the folded name and its initials, one a line (PLAT-08)."""

    __tablename__ = "plans"
    __table_args__ = (
        Index("ix_plans_registration_deadline", "registration_deadline", "type_code", "id"),
        Index("uq_plans_natural", "type_code", "name", "registration_deadline", "twin", unique=True),
        typed_check("pass_mark BETWEEN 0 AND 100", "pass_mark", "合格分数须在 0 至 100 之间"),
        typed_check("minimum_attendance BETWEEN 1 AND 100", "minimum_attendance", "最低出勤率须在 1 至 100 之间"),
    )

    status: Mapped[PlanStatus] = mapped_column(code_of(PlanStatus), default=PLAN.initial)
    type_code: Mapped[str] = mapped_column(ForeignKey("plan_types.code"))
    name: Mapped[str]
    name_search: Mapped[str]
    audience: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    other_matters: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    registration_deadline: Mapped[date]
    twin: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    age_limit: Mapped[int | None]
    minimum_title_level: Mapped[str | None]
    hours: Mapped[int]
    validity_years: Mapped[int | None]
    pass_mark: Mapped[Decimal] = mapped_column(Numeric(4, 1), default=Decimal(60))
    credit_help: Mapped[str] = mapped_column(Text, default="", server_default="")
    lodging_help: Mapped[str] = mapped_column(Text, default="", server_default="")
    default_needs_credit: Mapped[bool | None]
    default_lodging: Mapped[Lodging | None] = mapped_column(code_of(Lodging))
    minimum_attendance: Mapped[int | None]
    reminders_sent: Mapped[int] = mapped_column(default=0, server_default="0")
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    created_by: Mapped[UUID]
    published_at: Mapped[datetime | None]

    type: Mapped[PlanType] = relationship(lazy="joined", innerjoin=True)
    specialties: Mapped[list["PlanSpecialty"]] = relationship(
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=lambda: position_of(PlanSpecialty.specialty_code),
    )

    @property
    def type_label(self) -> str:
        return self.type.label

    @validates("name")
    def _index_name(self, _: str, name: str) -> str:
        self.name_search = search_text(name)
        return name


class PlanSpecialty(TrainingBase):
    """开设专业类别 of one plan. Those with the same ``exam_group`` are examined together, under one verdict (考核组,
    X30); None stands alone."""

    __tablename__ = "plan_specialties"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True)
    specialty_code: Mapped[str] = mapped_column(ForeignKey("specialties.code"), primary_key=True)
    exam_group: Mapped[int | None]

    specialty: Mapped[Specialty] = relationship(lazy="joined", innerjoin=True)
