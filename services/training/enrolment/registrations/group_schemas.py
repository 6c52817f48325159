"""集体报名 over the wire: a unit's view of all plans, of one plan, and of the people it could add (TRN-30…41)."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.rules import request_refusal
from services.training.enrolment.late_entries.schemas import LateEntryCreate, UnitLateEntry
from services.training.enrolment.late_entries.workflow import LATE_ENTRY
from services.training.enrolment.registrations.schemas import PersonSummary, RegistrantRow
from services.training.enrolment.registrations.workflow import PlanProgress, registration_refusal
from services.training.plans.models import Plan
from services.training.plans.schemas import PlanRead, is_closed
from shared.days import Day
from shared.db.paging import Filter
from shared.identity import Actor
from shared.services import Service
from shared.web.answers import Read
from shared.workflow.asked import fields_of
from shared.workflow.buttons import AllowedAction, allowed_actions, button

if TYPE_CHECKING:  # a query reads the filter above it and is told of here
    from services.training.enrolment.registrations.group_repository import PlanOfUnit

# While the plan is open, these are still to be worked on: [报名]; a finished one is looked at: [查看] (TRN-34, X6).
_UNFINISHED = {PlanProgress.NOT_REGISTERED, PlanProgress.IN_PROGRESS, PlanProgress.WITH_RETURNS}


class GroupFilter(Filter):
    """The filters of TRN-30. ``mine`` is 我的报名: every plan with a person of the unit, whatever its deadline (FAQ-M3)."""

    type_code: str | None = Field(default=None, max_length=40, description="培训班类型")
    name: str = Field(default="", max_length=100, description="培训班名称，模糊")
    deadline_from: Day | None = Field(default=None, description="报名截止日期起，默认今天；止在今天之前的，默认不限")
    deadline_to: Day | None = Field(default=None, description="报名截止日期止")
    closed: bool | None = Field(default=None, description="是否截止，默认否；只有过去的截止日期止的，默认不限")
    status: list[PlanProgress] = Field(default=[], max_length=20, description="状态，可多选")
    mine: bool = Field(default=False, description="我的报名：不限截止日期")


class UnitProgress(Read):
    """``total_count`` and ``own_count`` count 已报名 and 审核通过; ``unsent_count`` people were added and not sent (TRN-53)."""

    total_count: int
    own_count: int
    unsent_count: int
    returned_count: int
    status: PlanProgress
    colour: str


class GroupRegistrationListItem(UnitProgress):
    """A row of 集体报名 (TRN-31). The first of ``operations`` is the row's; a disabled [报名] keeps its reason (TRN-35). ``actions`` are
    those beside it, and ``late_entry`` is the unit's own request to register late (FAQ-M8)."""

    plan_id: UUID
    type_code: str
    type_label: str
    name: str
    audience: str
    registration_deadline: date
    closed: bool
    operations: list[AllowedAction]
    late_entry: UnitLateEntry | None
    actions: list[AllowedAction]


class GroupRegistrationRead(UnitProgress):
    """One plan with this unit's people; ``actions`` are those of the page (TRN-36, TRN-52)."""

    plan: PlanRead
    registrants: list[RegistrantRow]
    late_entry: UnitLateEntry | None
    actions: list[AllowedAction]


class CandidateListItem(PersonSummary):
    """A person of the unit, pickable or not, with why, what to do and where (TRN-37, FAQ-M2). ``needed`` says that the person's
    certificates ask for this training, as ``need`` words it (FAQ-M1)."""

    selectable: bool
    code: str | None
    reason: str | None
    next_step: str | None
    next_step_path: str | None = Field(description="门户页面路径")
    needed: bool
    need: str | None


class RegistrationsAdd(BaseModel):
    model_config = ConfigDict(extra="forbid")

    plan_id: UUID
    staff_ids: list[UUID] = Field(min_length=1, max_length=200, description="人员")


class RegistrationsSubmit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    registration_ids: list[UUID] = Field(min_length=1, max_length=200, description="报名人员")


class AddResult(BaseModel):
    """What became of one person: added, or why not and what to do next."""

    staff_id: UUID
    name: str
    added: bool
    registration_id: UUID | None = None
    code: str | None = None
    reason: str | None = None
    next_step: str | None = None


class AddResults(BaseModel):
    added: int
    refused: int
    results: list[AddResult]


LATE_ENTRIES = f"/api/{Service.TRAINING}/late-entries"
_WHICH = fields_of(LateEntryCreate)
_ASKING = "省疾控收到您写的理由，同意后本单位可以继续报名；结果会通知您。"


def late_entry_button(plan: Plan, entry: LateEntry | None, now: datetime) -> AllowedAction:
    """[申请补报], with why not and what instead (FAQ-M8)."""
    refusal = request_refusal(plan, entry, now)
    ask = button("request_late_entry", "申请补报", refusal, needs_reason=True, consequence=_ASKING)
    return ask.model_copy(update={"href": LATE_ENTRIES, "fields": _WHICH})


def late_entry_buttons(plan: Plan, entry: LateEntry | None, actor: Actor, now: datetime) -> list[AllowedAction]:
    """[申请补报], and 撤回 while a request waits."""
    open_ones = allowed_actions(LATE_ENTRY, entry, actor, now) if entry else []
    return [late_entry_button(plan, entry, now), *(each for each in open_ones if each.allowed)]


def operations_of(
    plan: Plan, progress: PlanProgress, now: datetime, open_until: date | None = None
) -> list[AllowedAction]:
    """TRN-34, TRN-35: [报名] while there is something to do; after the deadline [查看], and [报名] stays, disabled. ``open_until`` is a
    later last day that somebody of the unit has been granted (X6, FAQ-M8)."""
    refusal = registration_refusal(plan, now, open_until)
    if refusal:
        return [button("view", "查看"), button("register", "报名", refusal)]
    return [button("register", "报名")] if progress in _UNFINISHED else [button("view", "查看")]


def unit_progress(row: "PlanOfUnit") -> UnitProgress:
    progress = next(each for each in PlanProgress if each.value == row.progress)
    return UnitProgress(
        total_count=row.total,
        own_count=row.own,
        unsent_count=row.unsent,
        returned_count=row.returned,
        status=progress,
        colour=progress.colour,
    )


def group_list_item(
    plan: Plan, progress: UnitProgress, open_until: date | None, entry: LateEntry | None, now: datetime
) -> GroupRegistrationListItem:
    """``open_until`` is the latest day granted to a person of the unit who is not sent; ``entry`` the unit's request to register late."""
    granted = [day for day in (open_until, entry.granted_until if entry else None) if day]
    return GroupRegistrationListItem.of(
        plan,
        **dict(progress),
        plan_id=plan.id,
        closed=is_closed(plan, now),
        operations=operations_of(plan, progress.status, now, max(granted, default=None)),
        late_entry=UnitLateEntry.of(entry) if entry else None,
        actions=[late_entry_button(plan, entry, now)],
    )
