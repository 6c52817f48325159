"""A plan's schedule (分班): planned, then open for the units' selection (STAFF-05, STAFF-06)."""

from datetime import datetime
from typing import Any

from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow


class ScheduleStatus(Labelled):
    PLANNING = "planning", "分班中"
    OPEN = "open", "选班已开放"


class ScheduleAction(Labelled):
    OPEN = "open", "开放选班"


def has_sessions(schedule: Any, _actor: Actor, _now: datetime) -> Refusal | None:
    """There must be something to choose."""
    if not schedule.class_sessions:
        return Refusal("no_class_sessions", "尚未分班，请先添加班次")
    return None


_S, _A = ScheduleStatus, ScheduleAction

SCHEDULE = Workflow(
    name="schedule",
    label="分班排课",
    statuses=ScheduleStatus,
    initial=_S.PLANNING,
    transitions=(
        Transition(
            _A.OPEN,
            {_S.PLANNING},
            _S.OPEN,
            by={Permission.CLASS_SCHEDULING},
            guard=has_sessions,
            then="announce_selection",
        ),
    ),
)
