"""A plan's schedule (分班): planned, then open for the units' selection (STAFF-05, STAFF-06)."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, Field

from shared.db.history import RecordType
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.classes.class_sessions.models import Schedule


class ScheduleStatus(Labelled):
    PLANNING = "planning", "分班中"
    OPEN = "open", "选班已开放"

    @meaning
    def is_open(self) -> bool:
        """Units choose class sessions, until the deadline of each."""
        return self is ScheduleStatus.OPEN

    @meaning
    def is_planned(self) -> bool:
        """It opens by itself at the time that is set, if one is."""
        return self is ScheduleStatus.PLANNING


class ScheduleAction(Labelled):
    OPEN = "open", "开放选班"
    SET_OPENING = "set_opening", "设定开放时间"
    OPEN_ON_TIME = "open_on_time", "到时开放选班"


class OpeningBody(ActionBody):
    """``opens_at`` is when selection opens by itself; null takes a set time back (STAFF-06)."""

    opens_at: AwareDatetime | None = Field(description="选班开放时间")


def has_sessions(schedule: "Schedule", _actor: Actor, _now: datetime) -> Refusal | None:
    """There must be something to choose."""
    if not schedule.class_sessions:
        return Refusal("no_class_sessions", "尚未分班，请先添加班次")
    return None


_S, _A = ScheduleStatus, ScheduleAction

CLASS_SESSION = RecordType("class_session")
SCHEDULE: "Workflow[Schedule, ScheduleAction]" = Workflow(
    name="schedule",
    label="分班排课",
    statuses=ScheduleStatus,
    initial=_S.PLANNING,
    consequences={
        _A.OPEN: "各单位立即可以选班，并收到通知。",
        _A.SET_OPENING: "到设定的时间自动开放，届时通知各单位；不填时间则取消已设定的开放时间。",
    },
    transitions=(
        Transition(
            _A.OPEN,
            {_S.PLANNING},
            _S.OPEN,
            by={Permission.CLASS_SCHEDULING},
            guard=has_sessions,
            then="announce_selection",
        ),
        Transition(
            _A.SET_OPENING,
            {_S.PLANNING},
            _S.PLANNING,
            by={Permission.CLASS_SCHEDULING},
            guard=has_sessions,
            then="keep_opening_time",
            body=OpeningBody,
        ),
        Transition(_A.OPEN_ON_TIME, {_S.PLANNING}, _S.OPEN, guard=has_sessions, then="announce_selection"),
    ),
)
