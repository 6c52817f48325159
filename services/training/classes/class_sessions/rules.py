"""What a class session must satisfy (STAFF-05), each refusal naming its field. Pure functions of the values; the counters that they look
at belong to a locked row.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from services.training.classes.class_sessions.form import MOST_DAYS
from services.training.classes.class_sessions.models import ClassSession, Schedule, SessionSpecialty
from services.training.classes.class_sessions.schemas import PlacesOf
from services.training.plans.models import NO_SPECIALTY, Plan
from shared.clock import beijing_time, end_of_beijing_day
from shared.errors import Conflict, FieldError, InvalidInput

# What those who sit or queue there are told of when it changes (STAFF-14).
TOLD = {
    "session_no": "期次",
    "location": "培训地点",
    "start_date": "培训开始日期",
    "end_date": "培训结束日期",
    "days": "培训天数",
    "selection_deadline": "选班截止日期",
    "capacity": "分班人数",
}


class BelowTaken(Conflict):
    code = "below_seats_taken"


class AlreadyChosen(Conflict):
    code = "already_chosen"


class SessionNoTaken(Conflict):
    code = "session_no_taken"


class SessionExists(Conflict):
    """``existing`` of the problem document is the address of the one that is there (PLAT-03)."""

    code = "class_session_exists"

    def __init__(self, row: ClassSession) -> None:
        super().__init__(
            f"该培训计划已有日期和地点相同的第 {row.session_no} 期，请直接打开修改；确需同时再办一期的，请填写期次",
            extra={"existing": f"/api/training/class-sessions/{row.id}"},
        )


class CalledOff(Conflict):
    code = "class_session_called_off"
    detail = "本期已停办，不能再修改；如需恢复，请另加一期"


def set_opening(schedule: Schedule) -> datetime | None:
    """The set opening, as long as it is to come."""
    return schedule.opens_at if schedule.status.is_planned else None


def check_dates(
    *,
    start_date: date,
    end_date: date,
    selection_deadline: date,
    opens_at: datetime | None,
    plan_opens_at: datetime | None,
) -> None:
    """End not before start and not years after it, selection deadline not after start, and selection opens before its deadline is over:
    ``opens_at`` is the session's own opening, ``plan_opens_at`` the one set for all of them (STAFF-05). Raises ``InvalidInput``."""
    errors, closes = [], end_of_beijing_day(selection_deadline)
    if end_date < start_date:
        errors.append(FieldError("end_date", "end_before_start", f"培训结束日期不能早于培训开始日期 {start_date}"))
    if (end_date - start_date).days >= MOST_DAYS:
        errors.append(FieldError("end_date", "too_long", f"一期培训最长 {MOST_DAYS} 天，请核对培训结束日期"))
    if selection_deadline > start_date:
        errors.append(
            FieldError("selection_deadline", "deadline_after_start", f"选班截止日期不能晚于培训开始日期 {start_date}")
        )
    if opens_at is not None and opens_at > closes:
        errors.append(
            FieldError("opens_at", "opens_after_deadline", f"选班开放时间不能晚于选班截止日期 {selection_deadline}")
        )
    if plan_opens_at is not None and plan_opens_at > closes:
        set_for = f"{beijing_time(plan_opens_at):%Y-%m-%d %H:%M}"
        said = f"选班截止日期不能早于已设定的选班开放时间 {set_for}；请先修改开放时间"
        errors.append(FieldError("selection_deadline", "deadline_before_opening", said))
    if errors:
        raise InvalidInput(errors=errors)


def check_opening(opens_at: datetime, first_deadline: date, now: datetime) -> None:
    """A set opening lies ahead, and before the first deadline is over (STAFF-06). Raises ``InvalidInput``."""
    if opens_at <= now:
        said = "选班开放时间应晚于现在；如需立即开放，请点击“开放选班”"
        raise InvalidInput(errors=[FieldError("opens_at", "opening_past", said)])
    if opens_at > end_of_beijing_day(first_deadline):
        said = f"选班开放时间不能晚于最早的选班截止日期 {first_deadline}"
        raise InvalidInput(errors=[FieldError("opens_at", "opens_after_deadline", said)])


def has_specialties(plan: Plan) -> bool:
    """Whether a session of the plan says which of them it offers."""
    return bool(plan.specialties)


def check_specialties(plan: Plan, wanted: Sequence[PlacesOf]) -> list[PlacesOf]:
    """The rows of the session: a part of the plan's 开设专业类别, or for a plan without any the one row —— (TRN-68).
    Raises ``InvalidInput``."""
    offered = {row.specialty_code for row in plan.specialties}
    if not offered:
        if any(row.specialty_code != NO_SPECIALTY for row in wanted):
            raise InvalidInput(errors=[FieldError("specialties", "no_specialties", "该培训计划不区分专业类别")])
        return list(wanted[:1]) or [PlacesOf(specialty_code=NO_SPECIALTY)]
    errors = [
        FieldError(f"specialties.{at}.specialty_code", "not_offered", "该培训计划未开设此专业类别")
        for at, row in enumerate(wanted)
        if row.specialty_code not in offered
    ]
    codes = [row.specialty_code for row in wanted]
    if len(set(codes)) < len(codes):
        errors.append(FieldError("specialties", "doubled", "同一专业类别只能出现一次"))
    if not wanted:
        errors.append(FieldError("specialties", "missing", "请至少选择一个专业类别"))
    if errors:
        raise InvalidInput(errors=errors)
    return list(wanted)


def check_places(capacity: int, wanted: Sequence[PlacesOf]) -> None:
    """限制人数 above 分班人数 would never bind. Raises ``InvalidInput``."""
    said = f"限制人数不能大于分班人数 {capacity}；不限制的请留空"
    errors = [
        FieldError(f"specialties.{at}.places", "above_capacity", said)
        for at, each in enumerate(wanted)
        if each.places is not None and each.places > capacity
    ]
    if errors:
        raise InvalidInput(errors=errors)


def check_capacity(row: ClassSession, capacity: int) -> None:
    """The same of a capacity that falls below a 限制人数 which stays. Raises ``InvalidInput``."""
    most = max((each.places or 0 for each in row.specialties), default=0)
    if capacity < most:
        said = f"分班人数不能少于限制人数 {most}；请同时修改限制人数"
        raise InvalidInput(errors=[FieldError("capacity", "below_places", said)])


def check_not_below_taken(row: ClassSession, capacity: int, wanted: Sequence[PlacesOf] | None) -> None:
    """Nobody loses a seat by a smaller class; ``row`` is locked. Raises ``BelowTaken`` with one entry per field."""
    errors = []
    if capacity < row.taken:
        errors.append(FieldError("capacity", "below_taken", f"已有 {row.taken} 人选班，分班人数不能少于此数"))
    if wanted is not None:
        places = {each.specialty_code: (at, each.places) for at, each in enumerate(wanted)}
        errors += [error for each in row.specialties if (error := _lost_places(each, places))]
    if errors:
        raise BelowTaken("；".join(error.message for error in errors), errors=errors)


def _lost_places(row: SessionSpecialty, places: dict[str, tuple[int, int | None]]) -> FieldError | None:
    code, label, taken = row.specialty_code, row.specialty.label, row.taken
    if code not in places:
        return FieldError("specialties", "below_taken", f"“{label}”已有 {taken} 人选班，不能取消") if taken else None
    at, limit = places[code]
    if limit is not None and limit < taken:
        return FieldError(
            f"specialties.{at}.places", "below_taken", f"“{label}”已有 {taken} 人选班，限制人数不能少于此数"
        )
    return None


def check_not_chosen_by(row: ClassSession, changed: set[str]) -> None:
    """People chose by kind and days, and their seats hold these days: both stay while somebody sits there. Raises ``AlreadyChosen``."""
    fixed = {"training_kind": "培训类型", "start_date": "培训开始日期", "end_date": "培训结束日期"}
    errors = [
        FieldError(field, "already_chosen", f"已有 {row.taken} 人按原{label}选班，不能直接修改")
        for field, label in fixed.items()
        if row.taken and field in changed
    ]
    if errors:
        raise AlreadyChosen(
            f"本期已有 {row.taken} 人选班，培训日期请用【改期】修改；培训类型不能修改，请另加一期", errors=errors
        )


def told(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """``培训地点由“南京”改为“苏州”；…``: of what has changed, that which people are told."""
    return "；".join(f"{label}由“{before[name]}”改为“{after[name]}”" for name, label in TOLD.items() if name in before)
