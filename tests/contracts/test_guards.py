"""Every guard that a table names is asked with a plain record: one that it refuses, and one that it lets through."""

from collections import defaultdict

import pytest

from ops.docs import workflows
from tests.guarding import Case
from tests.services.auth.test_guards import CASES as AUTH
from tests.services.certificates.test_guards import CASES as CERTIFICATES
from tests.services.declaration.test_guards import CASES as DECLARATION
from tests.services.notifications.test_guards import CASES as NOTIFICATIONS
from tests.services.training.test_guards import CASES as TRAINING

CASES: list[Case] = [*AUTH, *CERTIFICATES, *DECLARATION, *NOTIFICATIONS, *TRAINING]


@pytest.mark.req("PLAT-02")
def test_no_guard_is_without_its_cases() -> None:
    answers = defaultdict[object, set[bool]](set)
    for case in CASES:
        answers[case.guard].add(case.code is None)
    guards = {row.guard for _, workflow in workflows() for row in workflow.transitions if row.guard}
    lacking = {f"{each.__module__}.{each.__name__}": answers[each] for each in guards if answers[each] != {True, False}}
    assert lacking == {}, "its cases belong in tests/services/…/test_guards.py"
