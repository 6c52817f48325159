"""When a notice to many, and a message that failed, may be sent. Without a database."""

from datetime import timedelta
from typing import Any

import pytest

from services.notifications.broadcasts.workflow import (
    by_another,
    by_author,
    may_approve,
    may_send,
    may_submit,
    seen_by_two,
    sized,
)
from services.notifications.deliveries.workflow import makes_sense
from services.notifications.settings import notification_settings
from tests.guarding import LAST, MOMENT, SOMEBODY, Case, check, some, titles

ALONE, MOST = notification_settings().mass_notice_alone, notification_settings().mass_notice_most


def notice(recipients: int = ALONE, *, own: bool = True, approved_by: str | None = None) -> Any:
    author = SOMEBODY.account_id if own else None
    return some(author_id=author, author_name="李四", recipients=recipients, approved_by_name=approved_by)


CASES = [
    Case(may_send, notice(), None),
    Case(may_send, notice(own=False), "not_author", says="李四"),
    Case(may_send, notice(0), "no_recipients"),
    Case(may_send, notice(1), None),
    Case(may_send, notice(ALONE + 1), "needs_second_pair_of_eyes", says=f"{ALONE + 1} 个，超过 {ALONE} 个"),
    Case(may_send, notice(ALONE + 1, approved_by="王五"), None),
    Case(may_send, notice(MOST, approved_by="王五"), None),
    Case(may_send, notice(MOST + 1, approved_by="王五"), "too_many_recipients", says=f"最多的 {MOST} 个"),
    Case(may_submit, notice(MOST), None),
    Case(may_submit, notice(MOST, own=False), "not_author"),
    Case(may_submit, notice(MOST + 1), "too_many_recipients"),
    Case(may_approve, notice(MOST, own=False), None),
    Case(may_approve, notice(own=True), "own_notice"),
    Case(may_approve, notice(0, own=False), "no_recipients"),
    Case(by_another, notice(own=False), None),
    Case(by_another, notice(), "own_notice"),
    Case(by_author, notice(), None),
    Case(sized, notice(MOST), None),
    Case(seen_by_two, notice(), None),
    Case(makes_sense, some(useless_at=None), None),
    Case(makes_sense, some(useless_at=LAST + MOMENT), None),
    Case(makes_sense, some(useless_at=LAST), "too_late"),
    Case(makes_sense, some(useless_at=LAST - timedelta(days=1)), "too_late"),
]


@pytest.mark.req("PLAT-02", "PLAT-11")
@pytest.mark.parametrize("case", CASES, ids=titles(CASES))
def test_what_a_guard_says(case: Case) -> None:
    check(case)
