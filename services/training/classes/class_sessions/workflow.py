"""A plan's schedule (分班): planned, then open for the units' selection (STAFF-05, STAFF-06); and each of its class sessions, which can be
put off and called off with people in it (STAFF-14).
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.days import Day, Moment
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.facts import Fact
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.classes.class_sessions.models import ClassSession, Schedule


class ScheduleStatus(Labelled):
    PLANNING = "planning", "分班中", Colour.WAITING
    OPEN = "open", "选班已开放", Colour.GOOD

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

    opens_at: Moment | None = Field(description="选班开放时间")


def has_sessions(schedule: "Schedule", _actor: Actor, _now: datetime) -> Refusal | None:
    """There must be something to choose."""
    if not any(each.status.takes_place for each in schedule.class_sessions):
        return Refusal("no_class_sessions", "尚未分班，请先添加班次")
    return None


Location = Annotated[str, CleanText(100)]


class ClassSessionStatus(Labelled):
    SCHEDULED = "scheduled", "正常开班", Colour.GOOD
    CALLED_OFF = "called_off", "已停办", Colour.REFUSED

    @meaning
    def takes_place(self) -> bool:
        """It can be chosen in its time; one that does not is empty, and is kept for the record."""
        return self is ClassSessionStatus.SCHEDULED


class ClassSessionAction(Labelled):
    PUT_OFF = "put_off", "改期"
    CALL_OFF = "call_off", "停办"


class PutOffBody(ActionBody):
    """What is left out stays as it is, but ``days`` follows the dates. ``release_clashing`` is the answer to the question that names the
    people who sit elsewhere on one of the new days: they lose their places here (STAFF-14)."""

    start_date: Day = Field(description="新的开始日期")
    end_date: Day = Field(description="新的结束日期")
    days: int | None = Field(default=None, ge=1, le=366, description="天数，不填则按起止日期")
    selection_deadline: Day | None = Field(default=None, description="新的选班截止日期，不填则不变")
    location: Location | None = Field(default=None, description="新的地点，不填则不变")
    release_clashing: bool = Field(default=False, description="日期冲突的人员让出本班次的名额")


def results_not_out(row: "ClassSession", _actor: Actor, _now: datetime) -> Refusal | None:
    """What was taught and certified is not moved any more."""
    if row.results_at is not None:
        return Refusal("results_published", f"第{row.session_no}期成绩已发布，不能再改期或停办；成绩有误的，请更正成绩")
    return None


SESSION_IN_USE = Refusal(
    "class_session_in_use", "本期已有人员选班或候补，不能删除；可以【停办】，或请各单位取消选班、退出候补"
)


def deletion_refusal(row: "ClassSession", *, is_queued: bool) -> Refusal | None:
    """Why a session is not deleted: somebody sits or queues there, it was taught, or what was called off is kept (STAFF-05, STAFF-14)."""
    if not row.status.takes_place:
        return Refusal("class_session_called_off", f"第{row.session_no}期已停办，停办的班次保留备查，不能删除")
    if row.results_at is not None:
        return Refusal("results_published", f"第{row.session_no}期成绩已发布，不能删除；成绩有误的，请更正成绩")
    if row.taken or is_queued:
        return SESSION_IN_USE
    return None


# First and last day on which somebody was there.
ATTENDED_DAYS = Fact[[AsyncSession, UUID], tuple[date, date] | None]("attended_days")
# Units with somebody who sits or queues there.
CONCERNED_UNITS = Fact[[AsyncSession, UUID], tuple[UUID, ...]]("concerned_units")
_OFFICE = {Permission.CLASS_SCHEDULING}
_S, _A = ScheduleStatus, ScheduleAction
_STATUS, _ACT = ClassSessionStatus, ClassSessionAction

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
            by=_OFFICE,
            guard=has_sessions,
            then="announce_selection",
        ),
        Transition(
            _A.SET_OPENING,
            {_S.PLANNING},
            _S.PLANNING,
            by=_OFFICE,
            guard=has_sessions,
            then="keep_opening_time",
            body=OpeningBody,
        ),
        Transition(_A.OPEN_ON_TIME, {_S.PLANNING}, _S.OPEN, guard=has_sessions, then="announce_selection"),
    ),
)

CLASS_SESSION: "Workflow[ClassSession, ClassSessionAction]" = Workflow(
    name="class_session",
    label="班次",
    statuses=_STATUS,
    initial=_STATUS.SCHEDULED,
    consequences={
        _ACT.PUT_OFF: "已选班的人员保留名额，与其他班次冲突的逐一列出，确认后才让出；有关单位会收到通知。",
        _ACT.CALL_OFF: "该班次的人员全部回到待选，在其他班次候补时优先；有关单位会收到通知，不能恢复。",
    },
    transitions=(
        Transition(
            _ACT.PUT_OFF,
            {_STATUS.SCHEDULED},
            _STATUS.SCHEDULED,
            by=_OFFICE,
            guard=results_not_out,
            needs_reason=True,
            then="move_seats",
            body=PutOffBody,
        ),
        Transition(
            _ACT.CALL_OFF,
            {_STATUS.SCHEDULED},
            _STATUS.CALLED_OFF,
            by=_OFFICE,
            guard=results_not_out,
            needs_reason=True,
            then="clear_seats",
        ),
    ),
    hints={
        (_ACT.PUT_OFF, _STATUS.CALLED_OFF): "本期已停办，不能改期；如需恢复，请另加一期",
        (_ACT.CALL_OFF, _STATUS.CALLED_OFF): "本期已经停办，无需再次停办",
    },
    asks=(ATTENDED_DAYS, CONCERNED_UNITS),
)
