"""A unit's selection in a plan (集体选班): open until it is submitted, and again once withdrawn in time (TRN-71, 73,
74; X12), or when people of the unit lost their places with a session that was called off or put off (STAFF-14).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from shared.clock import is_past
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.classes.selection.models import Selection


class SelectionStatus(Labelled):
    SELECTING = "selecting", "待选班", Colour.WAITING
    SUBMITTED = "submitted", "已选班", Colour.GOOD

    @meaning
    def awaits_choice(self) -> bool:
        return self is SelectionStatus.SELECTING

    @meaning
    def is_done(self) -> bool:
        return self is SelectionStatus.SUBMITTED


class SelectionAction(Labelled):
    SUBMIT = "submit", "提交"
    WITHDRAW = "withdraw", "撤回"
    FINISH = "finish", "截止后视为提交"
    REOPEN = "reopen", "班次变动后重新选班"


class SubmitBody(ActionBody):
    """``leave_unplaced`` is the answer to the question that names the people without a class session (TRN-73)."""

    leave_unplaced: bool = Field(default=False, description="所列人员不选班，仍然提交")


def before_first_deadline(selection: "Selection", _actor: Actor, now: datetime) -> Refusal | None:
    """TRN-74: until the first 选班截止日期 of the plan's sessions, inclusive."""
    first = min(
        (each.selection_deadline for each in selection.schedule.class_sessions if each.status.takes_place), default=None
    )
    if first is not None and is_past(first, now):
        return Refusal("selection_closed", f"选班已于 {first} 截止，如需调整请联系省疾控")
    return None


_S, _A = SelectionStatus, SelectionAction
_UNIT = {Permission.GROUP_REGISTRATION}

SELECTION: "Workflow[Selection, SelectionAction]" = Workflow(
    name="selection",
    label="集体选班",
    statuses=SelectionStatus,
    initial=_S.SELECTING,
    consequences={
        _A.SUBMIT: "选班结果提交，首个选班截止日期前可撤回修改。",
        _A.WITHDRAW: "回到待选班，已占的名额保留，可以继续调整。",
    },
    transitions=(
        Transition(_A.SUBMIT, {_S.SELECTING}, _S.SUBMITTED, by=_UNIT, body=SubmitBody),
        Transition(_A.FINISH, {_S.SELECTING}, _S.SUBMITTED, then="announce_finish"),
        Transition(_A.REOPEN, {_S.SUBMITTED}, _S.SELECTING),
        Transition(_A.WITHDRAW, {_S.SUBMITTED}, _S.SELECTING, by=_UNIT, guard=before_first_deadline),
    ),
    hints={(_A.SUBMIT, _S.SUBMITTED): "本单位已提交选班，如需调整请先撤回"},
)
