"""What the clock keeps (BEY-10): which declarations are due of which unit, which reminders have gone out, what units have told of
themselves, whom of a unit a notice reaches, and the run of each night.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.declaration.base import DeclarationBase
from services.declaration.clock.workflow import Happening
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.db.base import Keyed, Timed
from shared.db.types import code_of
from shared.tasks.work import Work


class UnitClock(DeclarationBase):
    """One row for each unit, locked by whoever reckons what is due of it, so that two do not write over each other."""

    __tablename__ = "unit_clocks"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), primary_key=True)


class DueDate(Keyed, Timed, DeclarationBase):
    """A declaration that is due of an active unit. ``cause`` tells those of one unit apart; ``since`` is the day from which the law's
    days run, ``last_day`` None where nobody has told of one. ``region_code`` is the unit's. ``urged_on`` is the day of the last 催报, by
    notice or by phone."""

    __tablename__ = "due_dates"
    __table_args__ = (
        Index("uq_due_dates_employer_id_cause", "employer_id", "cause", unique=True),
        Index("ix_due_dates_region_prefix", "region_code", postgresql_ops={"region_code": "text_pattern_ops"}),
        Index(None, "last_day", "id"),
    )

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    cause: Mapped[str]
    kind: Mapped[DeclarationKind] = mapped_column(code_of(DeclarationKind))
    change_reason: Mapped[ChangeReason | None] = mapped_column(code_of(ChangeReason))
    reason: Mapped[str]
    since: Mapped[date | None]
    opens_on: Mapped[date | None]
    last_day: Mapped[date | None]
    region_code: Mapped[str]
    urged_on: Mapped[date | None]
    urged_count: Mapped[int] = mapped_column(default=0, server_default="0")
    called_on: Mapped[date | None]
    call_note: Mapped[str | None]


class DueReminder(Timed, DeclarationBase):
    """A reminder that has gone out. ``last_day`` is part of the key, so that a day that has moved is reminded of anew."""

    __tablename__ = "due_reminders"

    employer_id: Mapped[UUID] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    mark: Mapped[int] = mapped_column(primary_key=True)


class ToldHappening(Timed, DeclarationBase):
    """What a unit has told of itself; of each kind the last. ``told_on`` is the day, in Beijing, when it did: a declaration that was made
    from then on has settled it."""

    __tablename__ = "told_happenings"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), primary_key=True)
    what: Mapped[Happening] = mapped_column(code_of(Happening), primary_key=True)
    happened_on: Mapped[date]
    told_on: Mapped[date]


class DeclarantAccount(DeclarationBase):
    """An account of a unit that may declare, as auth tells of it; ``changed_at`` is when auth wrote that. Of its phone only whether there
    is one."""

    __tablename__ = "declarant_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    employer_id: Mapped[UUID] = mapped_column(index=True)
    may_declare: Mapped[bool]
    has_phone: Mapped[bool]
    changed_at: Mapped[datetime]


class ClockRun(Keyed, Work, DeclarationBase):
    """The run of one day: a row of work. ``kept_to`` is the last unit that was reckoned, ``reminded`` how many reminders went out."""

    __tablename__ = "clock_runs"
    __table_args__ = {"info": {"label": "申报期限的每日检查"}}

    day: Mapped[date] = mapped_column(unique=True)
    kept_to: Mapped[UUID | None]
    corrected: Mapped[int] = mapped_column(default=0, server_default="0")
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
