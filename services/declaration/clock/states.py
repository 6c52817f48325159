"""How a declaration that is due stands, and why it cannot be urged now: pure functions of its row and of today."""

from datetime import date

from services.declaration.clock.due_repository import DueRow
from services.declaration.clock.workflow import SOON_DAYS, DueState, Reach
from shared.workflow.definition import Refusal

_NOBODY = Refusal("nobody_reached", "单位没有可用的平台账号，通知送不到；请查看联系电话后电话催报，并记录结果")
_SUBMITTED = Refusal("already_submitted", "单位已提交申报，正在等待审核，不需要催报")
_NOT_YET = Refusal("not_due_yet", "离办理期限还有 30 天以上，系统会在到期前 30 天、7 天和 1 天自动提醒")


def state_of(last_day: date | None, today: date, *, submitted: bool) -> DueState:
    """The last day itself still counts."""
    if submitted:
        return DueState.SUBMITTED
    if last_day is None:
        return DueState.UNDATED
    if last_day < today:
        return DueState.OVERDUE
    return DueState.SOON if (last_day - today).days <= SOON_DAYS else DueState.LATER


def urge_refusal(row: DueRow, today: date) -> Refusal | None:
    """Why no notice goes out now: there is nothing to do, nobody would read it, or one has gone out today."""
    state = state_of(row.due.last_day, today, submitted=row.submitted)
    if state is DueState.SUBMITTED:
        return _SUBMITTED
    if not state.is_urged:
        return _NOT_YET
    if row.due.urged_on == today:
        return Refusal("urged_today", f"今天已催报（累计 {row.due.urged_count} 次），明天可再次催报")
    return _NOBODY if row.reach is Reach.NOBODY else None


def call_refusal(row: DueRow, today: date) -> Refusal | None:
    """Why no call is noted down: there is nothing to do."""
    state = state_of(row.due.last_day, today, submitted=row.submitted)
    if state is DueState.SUBMITTED:
        return _SUBMITTED
    return None if state.is_urged else _NOT_YET
