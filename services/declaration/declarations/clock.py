"""Which declaration an employer has to make next (DECL-02): what is known of it, asked of ``form.due``."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import repository
from services.declaration.declarations.blocking import BlockingRead, blocking_of
from services.declaration.declarations.models import Declaration
from services.declaration.employers.models import Employer
from services.declaration.employers.repository import require_employer
from services.declaration.form.choices import ChangeReason, DeclarationKind
from services.declaration.form.due import LawDays, UnitEvents, due_of
from services.declaration.settings import declaration_settings
from shared.clock import beijing_today, now_utc
from shared.days import Day
from shared.identity import Actor
from shared.web.answers import Read


class WhatHappened(BaseModel):
    """What the employer says has happened, beside what the platform knows."""

    accepted_on: Day | None = Field(default=None, description="建设项目竣工验收日期")
    change_reason: ChangeReason | None = Field(default=None, description="发生了什么变化")
    changed_on: Day | None = Field(default=None, description="变化发生的日期")
    ended_on: Day | None = Field(default=None, description="终止生产经营日期")


Happened = Annotated[WhatHappened, Query()]


class DueRead(Read):
    """``is_open`` when it can be made today; ``days_left`` is negative once its last day is over."""

    kind: DeclarationKind
    change_reason: ChangeReason | None
    reason: str
    opens_on: date | None
    last_day: date | None
    days_left: int | None
    is_open: bool


class ClockRead(BaseModel):
    """``due`` with the earliest last day first; ``blocking`` keeps the employer from adding any (FAQ-D7)."""

    due: list[DueRead]
    blocking: BlockingRead | None


def law() -> LawDays:
    """As this installation has it."""
    own = declaration_settings()
    return LawDays(
        initial=own.initial_days,
        project=own.project_days,
        other_change=own.change_days,
        cancellation=own.cancellation_days,
        annual_after=own.annual_after_months,
        annual_before=own.annual_before_months,
    )


async def clock_of(session: AsyncSession, *, actor: Actor, happened: WhatHappened) -> ClockRead:
    """What the actor's employer has to declare. Raises ``Unavailable`` before the directory has told of it."""
    employer = await require_employer(session, actor.organisation_id)
    last = await repository.get_last_approved(session, employer.id)
    waiting = await repository.get_open(session, employer.id)
    today = beijing_today(now_utc())
    due = due_of(events_of(employer, last, happened, today), law())
    return ClockRead(
        due=[DueRead.of(each, days_left=each.days_left(today), is_open=each.is_open(today)) for each in due],
        blocking=await blocking_of(session, waiting, actor) if waiting else None,
    )


def events_of(employer: Employer, last: Declaration | None, happened: WhatHappened, today: date) -> UnitEvents:
    """A change of 注册信息 after the last declaration is known; everything else is what the employer says."""
    changes = []
    if happened.change_reason and happened.change_reason is not ChangeReason.SYSTEM_UPDATE:
        changes.append((happened.change_reason, happened.changed_on or today))
    told = employer.basics_changed_at
    if last is not None and told is not None and last.reviewed_at is not None and last.reviewed_at < told:
        changes.append((ChangeReason.BASICS, beijing_today(told)))
    return UnitEvents(
        declared_on=last.declared_on if last else None,
        cancelled=last is not None and last.kind is DeclarationKind.CANCELLATION,
        accepted_on=happened.accepted_on,
        changes=tuple(changes),
        ended_on=happened.ended_on,
    )
