"""A page of the portal declares: a list in about 40 lines, any other in about 60. What is longer stands here with its length, and may only
get shorter; a rule in many lines belongs beside the page, a part of its own among the kit.
"""

import re
from pathlib import Path

import pytest

from shared.db.migrations import ROOT

pytestmark = pytest.mark.req("PLAT-02")
FEATURES = ROOT / "web/src/features"
OF_A_LIST, OF_ANOTHER = 45, 65
# Longer than that: none comes to these, and none gets longer.
LONGER: dict[str, int] = {
    "account-help/ActivatePage.vue": 66,
    "account-help/ChangePhonePage.vue": 69,
    "accounts/AccessPage.vue": 76,
    "accounts/AccountOpenPage.vue": 87,
    "applications/ApplicationReview.vue": 71,
    "cases/NumbersPage.vue": 88,
    "cases/TrackPage.vue": 74,
    "certificates/CertificateList.vue": 47,
    "class-sessions/ProgressPage.vue": 56,
    "class-sessions/ScheduleList.vue": 59,
    "declaration-due/DueList.vue": 55,
    "declaration-reviews/OrderList.vue": 57,
    "declaration-reviews/ReviewPage.vue": 95,
    "enterprise/EnterprisePage.vue": 66,
    "group-registrations/GroupRegistrationList.vue": 52,
    "group-registrations/GroupRegistrationPage.vue": 74,
    "institution/FilingPage.vue": 71,
    "personnel/NewPersonPage.vue": 70,
    "plans/PlanPage.vue": 108,
    "reviews/ReviewDesk.vue": 120,
    "reviews/ReviewList.vue": 98,
    "selections/SelectionPage.vue": 66,
    "transfers/TransferList.vue": 51,
}
_NO_CODE = (r"<style.*?</style>", r"/\*.*?\*/", r"<!--.*?-->")
_NO_LINE = re.compile(r"\s*(//.*|import .*|</?(script|template)\b[^>]*>)?")
_IMPORTED = re.compile(r"import\('@/features/([\w/-]+\.vue)'\)|from '@/features/([\w/-]+\.vue)'")


def code_of(text: str) -> list[str]:
    """Lines of script and template that say something: neither styles nor comments, imports, blank lines."""
    for each in _NO_CODE:
        text = re.sub(each, "", text, flags=re.DOTALL)
    return [line for line in text.splitlines() if not _NO_LINE.fullmatch(line)]


def pages() -> dict[str, Path]:
    """What routes lead to, by ``feature/Page.vue``."""
    routers = [*FEATURES.glob("*/*outes.ts"), ROOT / "web/src/shell/router.ts"]
    named = {one or other for each in routers for one, other in _IMPORTED.findall(each.read_text("utf-8"))}
    return {name: FEATURES / name for name in sorted(named)}


def test_a_page_is_short() -> None:
    long = {}
    for name, path in pages().items():
        text = path.read_text("utf-8")
        lines = len(code_of(text))
        if lines > (OF_A_LIST if "<ListPage" in text else OF_ANOTHER):
            long[name] = lines
    assert {name: lines for name, lines in long.items() if lines > LONGER.get(name, 0)} == {}
    assert LONGER.keys() - long.keys() == set(), "short by now: strike them out"


def test_the_pages_are_found_and_lines_counted() -> None:
    assert len(pages()) > 30
    assert code_of(
        "<script setup>\n// why\nimport a from 'b'\n\nconst c = 1\n</script>\n<style>\na {}\n</style>\n"
    ) == ["const c = 1"]
