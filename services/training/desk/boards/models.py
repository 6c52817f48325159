"""The counted numbers of the boards (STAFF-12, ADR 28). Rows of both tables are written by the database alone: deltas by the trigger on
``registrations``, in the transaction of the change; cells by the fold.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from services.training.base import TrainingBase


class BoardDelta(TrainingBase):
    """How many registrations there are more, or fewer, of one kind: of a unit in a plan, in a status, entered in a month, that wait for the
    review since a day or whose return the unit asks for since a day (both Beijing's)."""

    __tablename__ = "board_deltas"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    region_code: Mapped[str]
    unit_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    status: Mapped[str]
    month: Mapped[str]
    waits: Mapped[date | None]
    asks: Mapped[date | None]
    people: Mapped[int]


class BoardCell(TrainingBase):
    """The sum of what was folded: ``scope`` is the digits that the codes of a province, city or county begin with; ``what`` says whether
    ``key`` is the region below it, a plan, a month, or the day since which people wait."""

    __tablename__ = "board_cells"

    scope: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int] = mapped_column(BigInteger)
