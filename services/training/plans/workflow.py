"""A training plan's life (STAFF-01): drafted, published, closed. Whether registration is open is a matter of its deadline, not a status."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import is_past
from shared.events.training import PlanPublished
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.facts import Fact
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.plans.models import Plan


class PlanStatus(Labelled):
    DRAFT = "draft", "草稿", Colour.QUIET
    PUBLISHED = "published", "已发布", Colour.GOOD
    CLOSED = "closed", "已结束", Colour.QUIET

    @meaning
    def takes_people(self) -> bool:
        """Units register people, and ask to do so late; until when is a matter of the deadline."""
        return self is PlanStatus.PUBLISHED

    @meaning
    def is_listed(self) -> bool:
        """Units see it."""
        return self in {PlanStatus.PUBLISHED, PlanStatus.CLOSED}

    @meaning
    def is_drafted(self) -> bool:
        """Nobody but its makers knows of it: all of it may still change."""
        return self is PlanStatus.DRAFT

    @meaning
    def is_editable(self) -> bool:
        """Its makers change it, within what those who know of it rely on."""
        return self in {PlanStatus.DRAFT, PlanStatus.PUBLISHED}

    @meaning
    def is_over(self) -> bool:
        return self is PlanStatus.CLOSED


class PlanAction(Labelled):
    PUBLISH = "publish", "发布"
    CLOSE = "close", "结束"
    REOPEN = "reopen", "撤销结束"


def deadline_ahead(plan: "Plan", _actor: Actor, now: datetime) -> Refusal | None:
    """A plan cannot be published for a deadline that has gone by (X23)."""
    if is_past(plan.registration_deadline, now):
        return Refusal("deadline_passed", "报名截止日期已过，请先改为今天或以后的日期")
    return None


def plan_published(plan: "Plan", _actor: Actor, _body: ActionBody) -> PlanPublished:
    return PlanPublished(
        plan_id=plan.id,
        plan_type=plan.type_code,
        plan_name=plan.name,
        registration_deadline=plan.registration_deadline,
        contact_name=plan.contact_name,
        contact_phone=plan.contact_phone,
    )


# Whether anybody has been added to the plan, sent or not: what people have registered for changes only where it harms nobody.
IN_USE = Fact[[AsyncSession, UUID], bool]("in_use")


class Registered(NamedTuple):
    """How many people have been sent for a plan, by how many units, and how many of them are approved."""

    people: int
    units: int
    approved: int


# Of these plans, as far as the actor sees the people, and the seats of all of their class sessions that take place; without plans that have
# none.
REGISTERED = Fact[[AsyncSession, Actor, Collection[UUID]], Mapping[UUID, Registered]]("registered")
SEATS = Fact[[AsyncSession, Collection[UUID]], Mapping[UUID, int]]("seats")

# Whether results of one of its class sessions are out: what follows a plan that is over.
RESULTS_OUT = Fact[[AsyncSession, UUID], bool]("results_out")

_S, _A = PlanStatus, PlanAction
_CDC = {Permission.PLAN_MANAGEMENT}

PLAN: "Workflow[Plan, PlanAction]" = Workflow(
    name="plan",
    label="培训计划",
    statuses=PlanStatus,
    initial=_S.DRAFT,
    consequences={
        _A.PUBLISH: "各单位立即可以看到并报名，符合条件的单位会收到通知；发布后部分内容不能再改。",
        _A.CLOSE: "计划结束，不再接受报名；已报名人员和成绩保留，成绩发布前可撤销结束。",
        _A.REOPEN: "计划恢复为已发布，截止日期前的可以继续报名。",
    },
    transitions=(
        Transition(_A.PUBLISH, {_S.DRAFT}, _S.PUBLISHED, by=_CDC, guard=deadline_ahead, emits=plan_published),
        Transition(_A.CLOSE, {_S.PUBLISHED}, _S.CLOSED, by=_CDC, needs_reason=True),
        Transition(_A.REOPEN, {_S.CLOSED}, _S.PUBLISHED, by=_CDC, needs_reason=True, then="check_reopening"),
    ),
    hints={
        (_A.PUBLISH, _S.PUBLISHED): "培训计划已经发布，无需再次发布",
        (_A.PUBLISH, _S.CLOSED): "培训计划已结束；需要继续的，请先撤销结束",
        (_A.CLOSE, _S.DRAFT): "培训计划尚未发布，不需要的草稿可直接删除",
        (_A.CLOSE, _S.CLOSED): "培训计划已经结束，无需再次结束",
        (_A.REOPEN, _S.DRAFT): "培训计划尚未发布，没有可撤销的结束",
        (_A.REOPEN, _S.PUBLISHED): "培训计划没有结束，无需撤销",
    },
    asks=(IN_USE, RESULTS_OUT, REGISTERED, SEATS),
)
