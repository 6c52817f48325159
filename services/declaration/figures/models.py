"""What the figures are summed from (STAFF-12): since when until when a unit was registered and which declaration of it was valid, and the
sums of it by region, industry, size, factor and time. Deltas are written by triggers on the two tables of periods, cells by the fold; both
are functions of the migration that made them.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Identity, Index, String, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from shared.db.base import Keyed
from shared.tasks.work import Work

NOTHING = (
    "registered = 0 AND declared = 0 AND tested = 0 AND over_units = 0 AND exposed = 0 AND disease = 0 AND trained = 0"
    " AND measured = 0 AND exceeded = 0 AND exam_due = 0 AND exam_done = 0"
)
_OPEN = text("until_day IS NULL")


class FigureUnit(DeclarationBase):
    """A unit was registered from a day, and until the day before ``until_day``, None meaning still. ``region_code`` is where it sits
    today, in its past periods too, so that a region that was merged into another has its past there."""

    __tablename__ = "figure_units"
    __table_args__ = (
        Index("uq_figure_units_open", "employer_id", unique=True, postgresql_where=_OPEN),
        Index(None, "employer_id"),
        Index(
            "ix_figure_units_region", "region_code", "employer_id", postgresql_ops={"region_code": "text_pattern_ops"}
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    employer_id: Mapped[UUID]
    region_code: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class FigureRecord(DeclarationBase):
    """A declaration was the valid one of its unit from a day, and until the day before ``until_day``; of a unit there is one at a time.
    ``division`` is the 大类 of ``industry``. ``factors`` are its classes (``factor`` "") and factors with what is counted of each;
    ``tags`` the codes of both, and again with ! where points were over the limit."""

    __tablename__ = "figure_records"
    __table_args__ = (
        Index("uq_figure_records_open", "employer_id", unique=True, postgresql_where=_OPEN),
        Index(None, "employer_id"),
        Index("ix_figure_records_region", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    employer_id: Mapped[UUID]
    declaration_id: Mapped[UUID]
    region_code: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    industry: Mapped[str]
    division: Mapped[str]
    size: Mapped[str]
    tested: Mapped[bool]
    exposed: Mapped[int]
    disease: Mapped[int]
    trained: Mapped[int]
    measured: Mapped[int]
    exceeded: Mapped[int]
    exam_due: Mapped[int]
    exam_done: Mapped[int]
    factors: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))


class _Sums:
    """What is counted: units (``registered`` to ``over_units``), persons, points."""

    registered: Mapped[int] = mapped_column(BigInteger)
    declared: Mapped[int] = mapped_column(BigInteger)
    tested: Mapped[int] = mapped_column(BigInteger)
    over_units: Mapped[int] = mapped_column(BigInteger)
    exposed: Mapped[int] = mapped_column(BigInteger)
    disease: Mapped[int] = mapped_column(BigInteger)
    trained: Mapped[int] = mapped_column(BigInteger)
    measured: Mapped[int] = mapped_column(BigInteger)
    exceeded: Mapped[int] = mapped_column(BigInteger)
    exam_due: Mapped[int] = mapped_column(BigInteger)
    exam_done: Mapped[int] = mapped_column(BigInteger)


class FigureDelta(_Sums, DeclarationBase):
    """How much there is more, or less, from ``day`` on, of one region, industry, size and factor ("" and "": of all of it)."""

    __tablename__ = "figure_deltas"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    day: Mapped[date]
    region_code: Mapped[str]
    factor_class: Mapped[str]
    factor: Mapped[str]
    division: Mapped[str]
    size: Mapped[str]


class FigureCell(_Sums, DeclarationBase):
    """The sum of what was folded. ``scope`` is the digits that the codes of a province, city or county begin with, ``above`` those of the
    region above it. ``period`` 0 is all there is now; 2026, 202611 and 20261129 are what a year, a month, a day has changed."""

    __tablename__ = "figure_cells"
    __table_args__ = (
        Index(None, "above", "period", "factor_class", "factor"),
        Index("ix_figure_cells_nothing", "scope", postgresql_where=text(NOTHING)),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    factor_class: Mapped[str] = mapped_column(primary_key=True)
    factor: Mapped[str] = mapped_column(primary_key=True)
    division: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(primary_key=True)
    above: Mapped[str] = mapped_column(
        String, Computed('"left"(scope, greatest(length(scope) - 2, 0))', persisted=True)
    )


class FigureDays(DeclarationBase):
    """One row once days have gone: what changed before ``since``, the first of a month, is known by months and years alone."""

    __tablename__ = "figure_days"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    since: Mapped[date]


class FigureRun(Keyed, Work, DeclarationBase):
    """The run of one day: every unit's periods are looked at anew. ``kept_to`` is the last unit that was."""

    __tablename__ = "figure_runs"
    __table_args__ = {"info": {"label": "申报统计的每日清点"}}

    day: Mapped[date] = mapped_column(unique=True)
    kept_to: Mapped[UUID | None]
    corrected: Mapped[int] = mapped_column(default=0, server_default="0")
