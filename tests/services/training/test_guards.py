"""When a step of training's tables may be taken: the last moment that counts, and the first that does not. Without a database."""

from datetime import timedelta
from typing import Any

import pytest

from services.training.classes.class_sessions.workflow import (
    SESSION_IN_USE,
    ClassSessionStatus,
    deletion_refusal,
    has_sessions,
    results_not_out,
)
from services.training.classes.selection.workflow import before_first_deadline
from services.training.classes.waiting.workflow import offer_stands
from services.training.desk.identities.workflow import is_own
from services.training.desk.transfers.workflow import is_other_side, is_own_side
from services.training.enrolment.late_entries.workflow import plan_stands, window_over
from services.training.enrolment.registrations.workflow import (
    UNDO_WITHIN,
    RegistrationStatus,
    deadline_over,
    decided_just_now,
    may_ask_back,
    not_certified,
    plan_is_open,
    was_asked,
)
from services.training.people.filings.workflow import may_be_submitted
from services.training.plans.workflow import PlanStatus, deadline_ahead
from services.training.results.scores.workflow import ScoreSheetStatus, all_entered, ends_later, may_correct, may_print
from tests.guarding import LAST, MOMENT, NEXT, SOMEBODY, TODAY, TOMORROW, YESTERDAY, Case, check, some, titles, told

HELD, OFF = ClassSessionStatus.SCHEDULED, ClassSessionStatus.CALLED_OFF


def plan(status: PlanStatus = PlanStatus.PUBLISHED) -> Any:
    return some(status=status, registration_deadline=TODAY, contact_name="王老师", contact_phone="025-1234")


def registration(of: PlanStatus = PlanStatus.PUBLISHED, **known: object) -> Any:
    unknown = ("open_until", "results_published_at", "reviewed_at", "edited_at", "return_requested_at")
    return some(**{**dict.fromkeys(unknown), "status": RegistrationStatus.APPROVED, "plan": plan(of), **known})


def offered(until: object, deadline: object = TODAY) -> Any:
    return some(offered_until=until, class_session=some(selection_deadline=deadline))


def choosing(*sessions: tuple[ClassSessionStatus, object]) -> Any:
    rows = [some(status=status, selection_deadline=day) for status, day in sessions]
    return some(schedule=some(class_sessions=rows))


def scheduled(*sessions: ClassSessionStatus) -> Any:
    return some(class_sessions=[some(status=status) for status in sessions])


def filing(**known: object) -> Any:
    return some(**{"unfiled": False, "number": "苏职检 1 号", "filed_on": TODAY, **known})


def sheet(*results: bool | None) -> Any:
    return some(results=[some(passed=passed) for passed in results])


TIMED = [
    Case(deadline_ahead, plan(), None),
    Case(deadline_ahead, plan(), "deadline_passed", now=NEXT),
    Case(plan_is_open, registration(), None),
    Case(plan_is_open, registration(), "registration_closed", now=NEXT, says="2026-03-10 截止"),
    Case(plan_is_open, registration(open_until=TOMORROW), None, now=NEXT),
    Case(plan_is_open, registration(open_until=YESTERDAY), None),
    Case(plan_is_open, registration(open_until=TOMORROW), "registration_closed", now=NEXT + timedelta(days=1)),
    Case(plan_is_open, registration(PlanStatus.CLOSED), "plan_not_open", says="已结束，如有疑问请联系王老师"),
    Case(plan_is_open, registration(PlanStatus.DRAFT), "plan_not_open"),
    Case(deadline_over, registration(), "plan_still_open"),
    Case(deadline_over, registration(), None, now=NEXT),
    Case(deadline_over, registration(PlanStatus.CLOSED), "plan_not_open", now=NEXT),
    Case(window_over, some(granted_until=TODAY), "late_entry_granted"),
    Case(window_over, some(granted_until=TODAY), None, now=NEXT),
    Case(window_over, some(granted_until=None), None),
    Case(offer_stands, offered(LAST + MOMENT), None),
    Case(offer_stands, offered(LAST), "offer_expired"),
    Case(offer_stands, offered(None), None),
    Case(offer_stands, offered(NEXT + MOMENT), "offer_expired", now=NEXT),
    Case(offer_stands, offered(NEXT + MOMENT, TOMORROW), None, now=NEXT),
    Case(offer_stands, offered(NEXT, TOMORROW), "offer_expired", now=NEXT),
    Case(before_first_deadline, choosing((HELD, TODAY), (HELD, TOMORROW)), None),
    Case(
        before_first_deadline,
        choosing((HELD, TOMORROW), (HELD, TODAY)),
        "selection_closed",
        now=NEXT,
        says="2026-03-10",
    ),
    Case(before_first_deadline, choosing((OFF, TODAY), (HELD, TOMORROW)), None, now=NEXT),
    Case(before_first_deadline, choosing((OFF, TODAY)), None, now=NEXT),
    Case(decided_just_now, registration(reviewed_at=LAST - UNDO_WITHIN), None),
    Case(decided_just_now, registration(reviewed_at=LAST - UNDO_WITHIN - MOMENT), "undo_too_late", says="10 分钟"),
    Case(decided_just_now, registration(), "undo_too_late"),
    Case(decided_just_now, registration(reviewed_at=LAST, results_published_at=LAST), "results_published"),
    Case(decided_just_now, registration(status=RegistrationStatus.RETURNED, reviewed_at=LAST, edited_at=LAST), None),
    Case(
        decided_just_now,
        registration(status=RegistrationStatus.RETURNED, reviewed_at=LAST - MOMENT, edited_at=LAST),
        "already_edited",
    ),
    Case(decided_just_now, registration(reviewed_at=LAST - MOMENT, edited_at=LAST), None),
]
CASES = [
    *TIMED,
    Case(not_certified, registration(), None),
    Case(not_certified, registration(results_published_at=LAST), "results_published"),
    Case(may_ask_back, registration(), None),
    Case(may_ask_back, registration(return_requested_at=LAST), "return_already_requested"),
    Case(may_ask_back, registration(results_published_at=LAST), "results_published"),
    Case(was_asked, registration(return_requested_at=LAST), None),
    Case(was_asked, registration(), "no_return_request"),
    Case(plan_stands, registration(), None, now=NEXT),
    Case(plan_stands, registration(PlanStatus.CLOSED), "plan_not_open", says="已结束"),
    Case(has_sessions, scheduled(OFF, HELD), None),
    Case(has_sessions, scheduled(OFF), "no_class_sessions"),
    Case(has_sessions, scheduled(), "no_class_sessions"),
    Case(results_not_out, some(results_at=None, session_no=2), None),
    Case(results_not_out, some(results_at=LAST, session_no=2), "results_published", says="第2期"),
    Case(all_entered, sheet(True, False), None),
    Case(all_entered, sheet(True, None, None), "results_missing", says="2 条"),
    Case(all_entered, sheet(), "no_results"),
    Case(is_own, some(unit_id=SOMEBODY.organisation_id), None),
    Case(is_own, some(unit_id=None), "not_own_request"),
    Case(is_other_side, some(proposed_by=None), None),
    Case(is_other_side, some(proposed_by=SOMEBODY.organisation_id), "own_proposal"),
    Case(is_own_side, some(proposed_by=SOMEBODY.organisation_id), None),
    Case(is_own_side, some(proposed_by=None), "not_own_proposal"),
    Case(may_be_submitted, filing(), None),
    Case(may_be_submitted, filing(unfiled=True), "unfiled"),
    Case(may_be_submitted, filing(number=""), "incomplete", says="填写备案编号，没有"),
    Case(may_be_submitted, filing(number="", filed_on=None), "incomplete", says="填写备案编号、备案日期，没有"),
]


@pytest.mark.req("PLAT-02", "X23", "BEY-11")
@pytest.mark.parametrize("case", CASES, ids=titles(CASES))
def test_what_a_guard_says(case: Case) -> None:
    check(case)


@pytest.mark.req("BEY-11")
def test_a_decision_is_taken_back_within_ten_minutes() -> None:
    assert timedelta(minutes=10) == UNDO_WITHIN


@pytest.mark.req("STAFF-08")
def test_results_are_out_before_the_last_day_with_a_reason_alone() -> None:
    row = some(class_session=some(end_date=TOMORROW, session_no=3))
    told(ends_later(row, LAST), "class_session_not_over", "第3期培训 2026-03-11")
    told(ends_later(row, NEXT), None)


@pytest.mark.req("STAFF-08", "STAFF-09")
def test_only_what_is_out_is_corrected_and_printed() -> None:
    for question in (may_correct, may_print):
        told(question(some(status=ScoreSheetStatus.PUBLISHED)), None)
        told(question(some(status=ScoreSheetStatus.ENTERING)), "not_published")


@pytest.mark.req("STAFF-05", "STAFF-14")
@pytest.mark.parametrize(
    ("known", "queued", "code"),
    [
        ({}, False, None),
        ({}, True, "class_session_in_use"),
        ({"taken": 1}, False, "class_session_in_use"),
        ({"results_at": LAST}, False, "results_published"),
        ({"status": OFF}, False, "class_session_called_off"),
    ],
)
def test_a_session_is_deleted_while_nobody_has_to_do_with_it(known: dict[str, object], queued: bool, code: str) -> None:
    row = some(**{"status": HELD, "results_at": None, "taken": 0, "session_no": 1, **known})
    told(deletion_refusal(row, is_queued=queued), code)
    assert SESSION_IN_USE.code == "class_session_in_use"
