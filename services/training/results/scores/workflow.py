"""A class session's score sheet (STAFF-08): entered, then published; publication makes certificates."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from shared.clock import beijing_today
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.results.scores.models import ScoreSheet


# So long results are news: a unit's board counts them, and its list shows them whatever its usual days are.
NEW_DAYS = 30


class ScoreSheetStatus(Labelled):
    ENTERING = "entering", "录入中", Colour.WAITING
    PUBLISHED = "published", "已发布", Colour.GOOD

    @meaning
    def awaits_results(self) -> bool:
        return self is ScoreSheetStatus.ENTERING

    @meaning
    def is_out(self) -> bool:
        """Units see the results."""
        return self is ScoreSheetStatus.PUBLISHED


class ScoreSheetAction(Labelled):
    PUBLISH = "publish", "录入完成"


class Publication(ActionBody):
    """录入完成; without ``leave_uncertified`` it is refused while somebody who passed lacks attendance (BEY-15)."""

    leave_uncertified: bool = Field(default=False, description="出勤不足的人员不发证书")


def all_entered(sheet: "ScoreSheet", _actor: Actor, _now: datetime) -> Refusal | None:
    """Publication waits for the last result."""
    missing = sum(result.passed is None for result in sheet.results)
    if not sheet.results:
        return Refusal("no_results", "本期没有可录入成绩的人员")
    if missing:
        return Refusal("results_missing", f"还有 {missing} 条成绩未录入，请补全后再发布")
    return None


def ends_later(sheet: "ScoreSheet", now: datetime) -> Refusal | None:
    """STAFF-08: nobody has passed before the last day, by Beijing's calendar; with a reason the province may say so."""
    row = sheet.class_session
    if beijing_today(now) < row.end_date:
        said = f"第{row.session_no}期培训 {row.end_date} 才结束；确需提前发布的，请填写理由"
        return Refusal("class_session_not_over", said)
    return None


def may_correct(sheet: "ScoreSheet") -> Refusal | None:
    """STAFF-09: what is not out yet is simply entered anew."""
    if sheet.status is ScoreSheetStatus.PUBLISHED:
        return None
    return Refusal("not_published", "本期成绩尚未发布，可直接修改；发布后如有误再使用成绩更正")


def may_print(sheet: "ScoreSheet") -> Refusal | None:
    """成绩登记表 (STAFF-08): what can still change is not put on paper."""
    if sheet.status is ScoreSheetStatus.PUBLISHED:
        return None
    return Refusal("not_published", "本期成绩尚未录入完成，不能打印成绩登记表；请录全成绩并点击“录入完成”后再打印")


_S, _A = ScoreSheetStatus, ScoreSheetAction

SCORE_SHEET: "Workflow[ScoreSheet, ScoreSheetAction]" = Workflow(
    name="score_sheet",
    label="成绩录入",
    statuses=ScoreSheetStatus,
    initial=_S.ENTERING,
    consequences={
        _A.PUBLISH: "成绩立即向各单位发布，合格人员开始制作证书；成绩和出勤之后只能逐人更正。",
    },
    transitions=(
        Transition(
            _A.PUBLISH,
            {_S.ENTERING},
            _S.PUBLISHED,
            by={Permission.SCORE_ENTRY},
            guard=all_entered,
            then="announce_results",
            body=Publication,
        ),
    ),
)
