"""When a unit can ask to register late, and how far ahead a granted window may reach (FAQ-M8, STAFF-13): pure functions."""

from datetime import date, datetime, timedelta

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.workflow import LateEntryStatus, still_ahead
from services.training.plans.models import Plan
from shared.clock import beijing_today, is_past
from shared.errors import FieldError
from shared.workflow.definition import Refusal

# A window after the deadline is an exception and ends before it is forgotten.
WINDOW_AT_MOST = timedelta(days=60)


def window_problem(until: date, now: datetime) -> FieldError | None:
    """What is wrong with the last day of a window: it is today or later, and at most sixty days ahead."""
    last = beijing_today(now) + WINDOW_AT_MOST
    if not still_ahead(until, now):
        return FieldError("until", "date_past", "应为今天或以后的日期")
    if until > last:
        return FieldError("until", "date_too_far", f"最多 {WINDOW_AT_MOST.days} 天，不能晚于 {last}")
    return None


def request_refusal(plan: Plan, entry: LateEntry | None, now: datetime) -> Refusal | None:
    """Why the unit cannot ask now; ``entry`` is its newest request for the plan, one that is open before others."""
    if not plan.status.takes_people:
        return Refusal("plan_not_open", f"培训计划{plan.status.label}，不能再补报")
    if not is_past(plan.registration_deadline, now):
        return Refusal("plan_still_open", f"报名尚未截止，可直接报名（截止日期 {plan.registration_deadline}）")
    if entry is None or entry.status not in {LateEntryStatus.REQUESTED, LateEntryStatus.GRANTED}:
        return None
    if entry.granted_until is None:
        return Refusal("late_entry_pending", "已申请补报，请等待省疾控处理")
    if still_ahead(entry.granted_until, now):
        return Refusal("late_entry_granted", f"省疾控已同意补报，请在 {entry.granted_until} 前完成报名")
    return None
