"""What is counted in Redis alone may be forgotten at any moment. So each such counter stands here with what holds when it is gone: a count
in PostgreSQL, or a secret of so many bits that no flood tries it out. A new one fails until somebody has said which (AUTH-27)."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.req("AUTH-27", "X20")
ROOT = Path(__file__).parents[2]
COUNTING = {"count", "counted", "count_up_to"}
# Counter to what stands behind it, and the test that empties Redis or goes round it by other addresses.
BEHIND = {
    "sign-in-failures": (
        "PostgreSQL: five wrong ones at a name, five at a code, five at an old number",
        "test_guesses.py",
    ),
    "pictures": ("PostgreSQL: a picture is used up by its first answer, and stands for one proof", "test_pictures.py"),
    "registration-lookups": ("PostgreSQL: each look-up uses up a proof; codes are public", "test_sign_in_security.py"),
    "case-uploads": ("PostgreSQL: megabytes for a case and for an address", "test_upload_budgets.py"),
    "lookups": ("nothing is secret: companies are public", "test_registry.py"),
    "group-invitations": ("who is an employer is public; what a head sees is held by consent", "test_groups.py"),
    "checks": ("a token has 80 bits; by number and name the answer is masked", "test_checks.py"),
    "file_checks": ("nothing is tried: files are read one at a time", "test_checks.py"),
    "program-tokens": ("a token has 256 bits; an ended one is known and not counted", "test_program_tokens.py"),
    "calendar-keys": ("a key has 256 bits", "test_calendar_feed.py"),
    "calendar-reads": ("nothing is tried: who has the key reads what is his", "test_calendar_feed.py"),
    "check-ins": ("PostgreSQL: thirty wrong ones at a person in a day", "test_guessing.py"),
    "check-ins-wrong": ("PostgreSQL: thirty wrong ones at a person in a day", "test_guessing.py"),
    "check-ins-name": ("PostgreSQL: thirty wrong ones at a person in a day", "test_guessing.py"),
}


def counters() -> set[str]:
    """The first word of every count; one that is a constant's name is looked up in its file."""
    found = set()
    for path in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]:
        text = path.read_text("utf-8")
        if path.name == "limits.py" and path.parent.name == "web" or "shared.web.limits" not in text:
            continue
        tree = ast.parse(text)
        constants = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in COUNTING:
                what = node.args[1]
                if isinstance(what, ast.Constant):
                    found.add(str(what.value))
                elif isinstance(what, ast.Name) and what.id in constants:
                    found.add(str(constants[what.id]))
    return found


def test_each_counter_that_may_be_forgotten_has_something_behind_it() -> None:
    assert counters() == set(BEHIND)


def test_and_a_test_that_shows_it() -> None:
    for behind, test in BEHIND.values():
        assert behind
        assert list((ROOT / "tests").rglob(test)), test


def test_nothing_else_counts_in_redis() -> None:
    """``incr`` and its like stand in one place."""
    places = [
        path.relative_to(ROOT).as_posix()
        for room in ("services", "shared")
        for path in (ROOT / room).rglob("*.py")
        if any(f".{word}(" in path.read_text("utf-8") for word in ("incr", "incrby", "zadd", "hincrby", "setnx"))
    ]
    assert places == ["shared/web/limits.py"]
