"""What ``make write`` writes says so, and what ``make check`` finds is said all at once, with the command that mends it."""

import re
import sys
from pathlib import Path

import pytest

from ops import docs
from ops.check import Check, findings
from tests.checkout import git
from tests.contracts.rewrite import snapshots

ROOT = Path(__file__).resolve().parents[2]
IN_PART = {".env.example"}  # people write its head


def test_everything_that_is_written_is_marked_as_generated() -> None:
    names = {str(path.relative_to(ROOT)) for path in (*docs.pages(), *snapshots())} - IN_PART
    marked = git("check-attr", "linguist-generated", "--", *names)
    if marked is None:
        pytest.skip("no git here")
    assert [line for line in marked.splitlines() if not line.endswith(": set")] == []


def test_a_page_says_at_its_head_what_makes_it() -> None:
    pages = {path: text for path, text in docs.pages().items() if path.suffix == ".md"}
    told = re.compile(r"Made by `make (write|docs)`")
    assert [path for path, text in pages.items() if not told.search("\n".join(text.splitlines()[:3]))] == []


def test_one_finding_hides_no_other() -> None:
    says = "import sys; print('{}'); sys.exit({})"
    wanted = [
        Check(name, (sys.executable, "-c", says.format(word, code)), mends)
        for name, word, code, mends in (
            ("types", "a wrong type", 1, None),
            ("format", "all well", 0, None),
            ("documents", "a stale page", 2, "make write"),
        )
    ]
    assert list(findings(wanted)) == ["── types\na wrong type", "── documents (run: make write)\na stale page"]
