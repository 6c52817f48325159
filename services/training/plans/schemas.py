"""Training plans over the wire: what the CDC writes, what a unit reads. Which fields may change when is decided in ``service``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.training.plans.choices import Lodging
from services.training.plans.fields import TITLE_LEVELS
from services.training.plans.form import FIELDS, LABELS
from services.training.plans.models import Plan
from services.training.plans.rules import editing_of
from services.training.plans.workflow import PLAN, PlanStatus
from shared.attachments import Attachment
from shared.clock import is_past
from shared.identity import Actor
from shared.roles import Permission
from shared.web.answers import CodeOf, Read
from shared.web.drafts import Draft
from shared.web.form_tables import for_change, for_draft, for_new, having
from shared.workflow.buttons import AllowedAction, allowed_actions, button

_Files = Annotated[list[UUID], Field(max_length=20, description="培训附件")]


@having(for_new(FIELDS))
class PlanCreate(BaseModel):
    """A plan as it is drafted (STAFF-01). ``validity_years`` null means that certificates do not end, ``minimum_attendance`` (percent of
    the days) null that none is asked for; the specialties of one of ``exam_groups`` are examined together (X30). The two defaults fill
    the forms of people who are added from then on, and the help texts stand beside those fields (FAQ-M6). ``attachments_of`` is another
    plan, of whose attachments the new one gets copies."""

    model_config = ConfigDict(extra="forbid")

    attachment_ids: _Files = Field(default_factory=list)
    attachments_of: UUID | None = Field(default=None, description="复制哪个培训计划的附件")


@having(for_change(FIELDS))
class PlanUpdate(BaseModel):
    """Only what is sent changes; null empties what may be empty."""

    model_config = ConfigDict(extra="forbid")

    attachment_ids: _Files = Field(default_factory=list)

    def changes(self) -> dict[str, Any]:
        """What was sent, by field name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


@having(for_draft(FIELDS))
class PlanDraft(Draft):
    """A plan on its way, checked while it is filled in."""


class Choice(Read):
    """A code and what people read."""

    code: str
    label: str


class OfferedSpecialty(Choice):
    """``active`` as of a type: what is not is in no new plan."""

    active: bool


class PlanTypeRead(Choice):
    """培训班类型 with the 专业类别 that its plans may open; empty for types without any (TRN-45). One that is not ``active`` is in no new
    plan."""

    active: bool
    specialties: list[OfferedSpecialty]


class AttachmentRead(Read):
    id: UUID
    name: str
    content_type: str
    size: int


class PlanHead(Read):
    """``closed`` is 是否截止: the deadline day is over or the plan has ended."""

    id: UUID
    status: PlanStatus
    type_code: str
    type_label: str
    name: str
    audience: str
    registration_deadline: date
    closed: bool
    published_at: datetime | None


class PlanFigures(Read):
    """How far a plan is: people sent and approved, of how many units, as far as one may see them; seats in all of its class sessions."""

    people: int
    units: int
    approved: int
    seats: int


class PlanListItem(PlanHead):
    """``figures`` are for officials; null for units."""

    figures: PlanFigures | None


class PlanFieldEditing(Read):
    """Whether one field of the form can be changed now, and why it still can or cannot (STAFF-01)."""

    name: str
    label: str
    editable: bool
    reason: str


class PlanRead(PlanHead):
    """The whole plan. ``exam_groups`` are codes of its specialties; one that is in none is examined alone (X30)."""

    content: str
    other_matters: str
    notice: str
    age_limit: int | None
    minimum_title_level: Annotated[str, CodeOf(TITLE_LEVELS)] | None
    specialties: list[Choice]
    hours: int
    validity_years: int | None
    pass_mark: float
    exam_groups: list[list[str]]
    minimum_attendance: int | None
    credit_help: str
    lodging_help: str
    default_needs_credit: bool | None
    default_lodging: Lodging | None
    contact_name: str
    contact_phone: str
    attachments: list[AttachmentRead]
    version: int
    editable_fields: list[str]
    editing: list[PlanFieldEditing]
    allowed_actions: list[AllowedAction]


def is_closed(plan: Plan, now: datetime) -> bool:
    """是否截止 (TRN-30, X23)."""
    return plan.status is PlanStatus.CLOSED or is_past(plan.registration_deadline, now)


def list_item(plan: Plan, now: datetime, figures: PlanFigures | None) -> PlanListItem:
    return PlanListItem.of(plan, closed=is_closed(plan, now), figures=figures)


def exam_groups_of(plan: Plan) -> list[list[str]]:
    """The bundles of specialties that are examined together, sorted (X30)."""
    groups: dict[int, list[str]] = {}
    for each in plan.specialties:
        if each.exam_group is not None:
            groups.setdefault(each.exam_group, []).append(each.specialty_code)
    return sorted(sorted(group) for group in groups.values())


def _deletion(plan: Plan, actor: Actor) -> list[AllowedAction]:
    """A draft is deleted; nothing else ever is, so that others have no such button."""
    may = plan.status.is_drafted and actor.may(Permission.PLAN_MANAGEMENT)
    return [button("delete", "删除草稿", consequence="草稿及其附件被删除，不能恢复；单位没有看到过它。")] if may else []


def _editing(plan: Plan, actor: Actor, *, in_use: bool) -> list[PlanFieldEditing]:
    """What its makers may change now, of nobody else's business (STAFF-01)."""
    if not actor.may(Permission.PLAN_MANAGEMENT):
        return []
    labels = {**LABELS, "attachment_ids": "培训附件"}
    told = ((name, *editing_of(plan.status, name, in_use=in_use)) for name in labels)
    return [PlanFieldEditing(name=name, label=labels[name], editable=may, reason=why) for name, may, why in told]


def plan_read(plan: Plan, attachments: Sequence[Attachment], actor: Actor, now: datetime, *, in_use: bool) -> PlanRead:
    """The whole plan as its page shows it (TRN-36); ``in_use`` when people have registered for it."""
    editing = _editing(plan, actor, in_use=in_use)
    return PlanRead.of(
        plan,
        closed=is_closed(plan, now),
        exam_groups=exam_groups_of(plan),
        specialties=[each.specialty for each in plan.specialties],
        attachments=attachments,
        editable_fields=sorted(each.name for each in editing if each.editable),
        editing=editing,
        allowed_actions=[*allowed_actions(PLAN, plan, actor, now), *_deletion(plan, actor)],
    )
