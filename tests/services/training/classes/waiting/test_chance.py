"""The chance of an entry: more given up, more time and fewer people ahead make it better, never worse (BEY-02)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.classes.waiting.chance import at_least, chance_of

pytestmark = pytest.mark.req("BEY-02")
ORDER = ("low", "medium", "high")
USUAL: dict[str, Any] = {
    "freed": 10,
    "days_open": 10,
    "days_left": 5,
    "ahead": 4,
    "size": 1,
    "free": 0,
    "most": 50,
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "medium"),
        ({"ahead": 0}, "high"),
        ({"ahead": 8}, "low"),
        ({"freed": 0}, "low"),
        ({"days_left": 10}, "high"),
        ({"days_open": 2}, "unknown"),
        ({"size": 51}, "low"),
        ({"ahead": 8, "free": 9}, "high"),
        ({"freed": 10_000, "ahead": 4_000}, "high"),
        ({"freed": 10_000, "ahead": 6_000}, "low"),
    ],
)
def test_the_numbers_decide(changes: dict[str, Any], code: str) -> None:
    assert chance_of(**{**USUAL, **changes}).code == code


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 40), st.integers(1, 6))
def test_it_never_falls_by_what_helps(freed: int, days_left: int, ahead: int, size: int) -> None:
    here = {**USUAL, "freed": freed, "days_left": days_left, "ahead": ahead, "size": size}
    now = ORDER.index(chance_of(**here).code)
    for name, by in (("freed", 1), ("days_left", 1), ("free", 1), ("ahead", -1)):
        if here[name] + by >= 0:
            assert ORDER.index(chance_of(**{**here, name: here[name] + by}).code) >= now


@given(st.integers(0, 50), st.floats(0, 100))
def test_a_probability_is_one(needed: int, expected: float) -> None:
    assert 0 <= at_least(needed, expected) <= 1
