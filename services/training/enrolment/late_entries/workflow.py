"""A unit's request to register after a plan's deadline (补报申请, FAQ-M8): asked with a reason, granted until a day or refused."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from shared.clock import beijing_today
from shared.days import Day
from shared.events.training import LateEntryDecided
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.enrolment.late_entries.models import LateEntry


class LateEntryStatus(Labelled):
    REQUESTED = "requested", "待处理", Colour.WAITING
    GRANTED = "granted", "已同意", Colour.GOOD
    REFUSED = "refused", "未同意", Colour.REFUSED
    WITHDRAWN = "withdrawn", "已撤回", Colour.QUIET

    @meaning
    def awaits_answer(self) -> bool:
        return self is LateEntryStatus.REQUESTED


class LateEntryAction(Labelled):
    GRANT = "grant", "同意补报"
    REFUSE = "refuse", "不同意"
    WITHDRAW = "withdraw", "撤回申请"
    LAPSE = "lapse", "补报到期"


class GrantBody(ActionBody):
    """``until`` is the last day on which the unit may register, inclusive, in Beijing."""

    until: Day = Field(description="补报截止日期，含当日")


def plan_stands(entry: "LateEntry", _actor: Actor, _now: datetime) -> Refusal | None:
    """A plan that has ended takes nobody."""
    if not entry.plan.status.takes_people:
        return Refusal("plan_not_open", f"培训计划{entry.plan.status.label}，不能再补报")
    return None


def window_over(entry: "LateEntry", _actor: Actor, now: datetime) -> Refusal | None:
    """A granted window lasts to the end of its last day."""
    if entry.granted_until is not None and still_ahead(entry.granted_until, now):
        return Refusal("late_entry_granted", f"补报 {entry.granted_until} 才截止")
    return None


def late_entry_decided(entry: "LateEntry", _actor: Actor, body: ActionBody) -> LateEntryDecided:
    return LateEntryDecided(
        late_entry_id=entry.id,
        plan_id=entry.plan_id,
        plan_name=entry.plan.name,
        unit_id=entry.unit_id,
        granted=entry.status is LateEntryStatus.GRANTED,
        answer=_answer(entry, body),
    )


def _answer(entry: "LateEntry", body: ActionBody) -> str:
    if entry.status is LateEntryStatus.GRANTED:
        return f"已同意补报，请在 {entry.granted_until} 前完成报名"
    return f"未同意补报，原因：{body.reason}"


def still_ahead(until: date, now: datetime) -> bool:
    """Whether ``until`` is today or later in Beijing."""
    return until >= beijing_today(now)


_S, _A = LateEntryStatus, LateEntryAction
_CDC = {Permission.PROVINCE_REVIEW}

LATE_ENTRY: "Workflow[LateEntry, LateEntryAction]" = Workflow(
    name="late_entry",
    label="补报申请",
    statuses=LateEntryStatus,
    initial=_S.REQUESTED,
    consequences={
        _A.GRANT: "该单位在所选日期前可以报名，并收到通知。",
        _A.REFUSE: "该单位不能补报，您写的理由将告知单位。",
        _A.WITHDRAW: "不再申请补报，省疾控不必再处理。",
    },
    transitions=(
        Transition(
            _A.GRANT,
            {_S.REQUESTED, _S.REFUSED},
            _S.GRANTED,
            by=_CDC,
            guard=plan_stands,
            then="open_for_unit",
            emits=late_entry_decided,
            body=GrantBody,
        ),
        Transition(_A.REFUSE, {_S.REQUESTED}, _S.REFUSED, by=_CDC, needs_reason=True, emits=late_entry_decided),
        Transition(_A.WITHDRAW, {_S.REQUESTED}, _S.WITHDRAWN, by={Permission.GROUP_REGISTRATION}),
        # A window that is over makes way for the unit's next request.
        Transition(_A.LAPSE, {_S.GRANTED}, _S.WITHDRAWN, guard=window_over),
    ),
    hints={
        (_A.GRANT, _S.GRANTED): "已同意补报，单位可以报名",
        (_A.GRANT, _S.WITHDRAWN): "申请已撤回或补报已到期，请等待单位重新申请",
        (_A.REFUSE, _S.GRANTED): "已同意补报，单位可能已经报名；不符合条件的人员请在报名审核中退回",
        (_A.REFUSE, _S.REFUSED): "已经答复单位不同意补报",
        (_A.REFUSE, _S.WITHDRAWN): "申请已撤回或补报已到期，无需答复",
        (_A.WITHDRAW, _S.GRANTED): "省疾控已同意补报，不报名即可，无需撤回",
        (_A.WITHDRAW, _S.REFUSED): "省疾控已答复，无需撤回",
        (_A.WITHDRAW, _S.WITHDRAWN): "申请已经撤回",
    },
)
