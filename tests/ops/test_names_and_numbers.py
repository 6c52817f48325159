"""What the tools call things: a plan of the demo data as an organiser would, the next migration behind the highest."""

from pathlib import Path

import pytest

from ops.journey.steps import free_name
from ops.revision import next_number


@pytest.mark.req("PLAT-20")
def test_a_demo_plan_has_a_plain_name_and_a_further_one_says_which_it_is() -> None:
    first = free_name(2026, set())
    assert first == "2026年度职业病诊断医师培训"
    second = free_name(2026, {first})
    assert (second, free_name(2026, {first, second})) == (f"{first}（第2期）", f"{first}（第3期）")


@pytest.mark.req("PLAT-10")
def test_a_new_migration_is_numbered_behind_the_highest(tmp_path: Path) -> None:
    assert next_number(tmp_path) == 1
    for name in ("0001_a.py", "0007_b.py", "__init__.py"):
        (tmp_path / name).touch()
    assert next_number(tmp_path) == 8
