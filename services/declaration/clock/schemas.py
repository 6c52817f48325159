"""The clock over the wire (BEY-10): what is due of the caller's own unit, the list of a region, what came of a 催报."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.declaration.clock.workflow import DueState, Happening, Reach
from services.declaration.declarations.blocking import BlockingRead
from services.declaration.form.choices import ChangeReason, DeclarationKind
from shared.days import Day
from shared.fields import CleanText
from shared.web.answers import Read
from shared.workflow.buttons import AllowedAction


class WhatHappened(BaseModel):
    """What the employer says has happened, beside what the platform knows."""

    accepted_on: Day | None = Field(default=None, description="建设项目竣工验收日期")
    change_reason: ChangeReason | None = Field(default=None, description="发生了什么变化")
    changed_on: Day | None = Field(default=None, description="变化发生的日期")
    ended_on: Day | None = Field(default=None, description="终止生产经营日期")


class HappeningUpdate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    happened_on: Day = Field(description="发生的日期")


class ToldRead(Read):
    """What the unit has told of itself and no declaration has settled yet."""

    what: Happening
    happened_on: date
    told_on: date


class DueRead(Read):
    """``is_open`` when it can be made today; ``days_left`` is negative once its last day is over."""

    kind: DeclarationKind
    change_reason: ChangeReason | None
    reason: str
    opens_on: date | None
    last_day: date | None
    days_left: int | None
    is_open: bool
    state: DueState


class LastApprovedRead(Read):
    """The unit's last declaration that was approved, of which it has form and receipt."""

    id: UUID
    kind: DeclarationKind
    declared_on: date


class ClockRead(BaseModel):
    """``due`` with the earliest last day first; ``told`` is what the unit has said of itself; ``blocking`` keeps the employer from adding
    any (FAQ-D7), and ``review_due_on`` is until when that is reviewed, if it waits for it."""

    due: list[DueRead]
    told: list[ToldRead]
    blocking: BlockingRead | None
    review_due_on: date | None
    last_approved: LastApprovedRead | None
    check_url: str = Field(default="/verify", description="公众查验页面的地址")


class DueListItem(Read):
    """A row of the list: the earliest last day first. ``reach`` says whether a notice reaches anybody of the unit; its phone never stands
    in a list."""

    id: UUID
    employer_id: UUID
    employer_name: str
    credit_code: str
    region_code: str
    region_label: str
    kind: DeclarationKind
    change_reason: ChangeReason | None
    reason: str
    last_day: date | None
    days_left: int | None
    state: DueState
    reach: Reach
    contact_name: str
    urged_on: date | None
    urged_count: int
    called_on: date | None
    call_note: str | None
    allowed_actions: list[AllowedAction]


class UrgeBatch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    due_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] = Field(description="催报的记录")


class UrgeResult(BaseModel):
    """``code`` and ``reason`` say why one was not told."""

    due_id: UUID
    employer_name: str
    done: bool
    code: str | None = None
    reason: str | None = None


class UrgesRead(BaseModel):
    """``done`` and ``refused`` are how many; one answer for each that was asked for."""

    done: int
    refused: int
    results: list[UrgeResult]


class CallNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, CleanText(200)] = Field(description="通话结果")


class UnitContact(BaseModel):
    """Whom to call; each look is remembered (PLAT-05)."""

    contact_name: str
    contact_phone: str | None
