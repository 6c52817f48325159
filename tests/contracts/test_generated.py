"""What ``make write`` writes says so, and what ``make check`` finds is said all at once, with the command that mends it."""

import subprocess
import sys
from pathlib import Path

from ops import docs
from ops.check import Check, findings
from tests.contracts.rewrite import snapshots

ROOT = Path(__file__).resolve().parents[2]


def test_everything_that_is_written_is_marked_as_generated() -> None:
    names = [str(path.relative_to(ROOT)) for path in (*docs.pages(), *snapshots())]
    marked = subprocess.run(
        ["git", "check-attr", "linguist-generated", "--", *names], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [line for line in marked if not line.endswith(": set")] == []


def test_a_page_says_in_its_first_line_what_makes_it() -> None:
    pages = {path: text for path, text in docs.pages().items() if path.suffix == ".md"}
    assert [path for path, text in pages.items() if "`make write`" not in text.splitlines()[0]] == []


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
