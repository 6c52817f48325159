"""What the tools call things: a plan of the demo data as an organiser would, the next migration behind the highest."""

from pathlib import Path

import pytest

from ops.journey.steps import plan_name
from ops.revision import next_number


@pytest.mark.req("PLAT-20")
def test_a_demo_plan_has_a_plain_name_and_a_further_one_is_told_apart() -> None:
    assert plan_name(2026, is_first=True) == "2026年度职业病诊断医师培训"
    further = {plan_name(2026, is_first=False) for _ in range(2)}
    assert len(further) == 2
    assert all(each.startswith("2026年度职业病诊断医师培训（") for each in further)


@pytest.mark.req("PLAT-10")
def test_a_new_migration_is_numbered_behind_the_highest(tmp_path: Path) -> None:
    assert next_number(tmp_path) == 1
    for name in ("0001_a.py", "0007_b.py", "__init__.py"):
        (tmp_path / name).touch()
    assert next_number(tmp_path) == 8
