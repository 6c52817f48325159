"""What any proposal of class sessions keeps to: categories, kinds, sessions there are, working days, and never more than is asked for."""

from collections import Counter
from copy import deepcopy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.classes.planning.dividing import Person, Room, divide, left_over
from services.training.classes.planning.timing import Days, deadline_for, next_days, unknown_years
from services.training.plans.choices import TrainingKind
from shared.workdays import Calendar

pytestmark = pytest.mark.req("STAFF-05")
KINDS = st.sampled_from(list(TrainingKind))
PEOPLE = st.lists(st.builds(Person, KINDS, st.frozensets(st.sampled_from("abcd"), min_size=1)), max_size=60)
ROOMS = st.lists(
    st.builds(Room, KINDS, st.integers(0, 9), st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9))), max_size=4
)
INSTALLED = Calendar()
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def wanted(people: list[Person]) -> Counter[tuple[TrainingKind, str]]:
    return Counter((each.kind, code) for each in people for code in each.lacks)


@given(PEOPLE, st.integers(1, 25))
def test_everybody_has_one_seat_and_nobody_two(people: list[Person], size: int) -> None:
    parts = divide(people, size)
    assert sum(each.people for each in parts) == len(people)
    places = Counter[tuple[TrainingKind, str]]()
    for part in parts:
        assert 0 < part.people <= size
        places.update({(part.kind, code): count for code, count in part.places.items()})
        assert all(0 < count <= part.people for count in part.places.values())
    assert places == wanted(people)


@given(PEOPLE, st.integers(1, 25))
def test_sessions_of_a_kind_are_as_few_and_as_even_as_can_be(people: list[Person], size: int) -> None:
    for kind in TrainingKind:
        sizes = [each.people for each in divide(people, size) if each.kind is kind]
        asked = sum(each.kind is kind for each in people)
        assert len(sizes) == -(-asked // size)
        assert max(sizes, default=0) - min(sizes, default=0) <= 1


@given(PEOPLE, ROOMS)
def test_what_the_sessions_hold_is_not_proposed_again(people: list[Person], rooms: list[Room]) -> None:
    before = deepcopy(rooms)
    left = left_over(people, rooms)
    for kind in TrainingKind:
        seats = sum(room.seats for room in before if room.kind is kind)
        seated = sum(each.kind is kind for each in people) - sum(each.kind is kind for each in left)
        assert seated <= seats
    for room, was in zip(rooms, before, strict=True):
        assert 0 <= room.seats <= was.seats
        assert all(0 <= free <= was.places[code] for code, free in room.places.items())
    assert not any(deepcopy(room).takes(each) for each in left for room in rooms)


@given(DAYS, st.integers(1, 12), st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=4))
def test_sessions_are_on_working_days_and_apart(first: date, days: int, held: list[tuple[date, int]]) -> None:
    taken = [Days(start, start + timedelta(days=length), length + 1) for start, length in held]
    near = [each for each in taken if abs((each.start - first).days) < 200]
    found = next_days(INSTALLED, first, days, near)
    assert found.start >= first
    assert INSTALLED.is_workday(found.start)
    assert INSTALLED.is_workday(found.end)
    assert not found.meets(near)
    between = (found.start + timedelta(days=at) for at in range((found.end - found.start).days + 1))
    assert sum(map(INSTALLED.is_workday, between)) == days


@given(DAYS, DAYS)
def test_the_choice_ends_before_the_session_begins(start: date, today: date) -> None:
    ends = deadline_for(INSTALLED, start, today)
    assert ends <= start
    assert ends > today or start <= today + timedelta(days=1)


def test_holidays_and_moved_days_are_known() -> None:
    assert not INSTALLED.is_workday(date(2026, 10, 1))
    assert INSTALLED.is_workday(date(2026, 10, 10))  # a Saturday that is worked
    assert INSTALLED.workday_before(date(2026, 10, 7)) == date(2026, 9, 30)
    assert next_days(INSTALLED, date(2026, 9, 30), 2, []) == Days(date(2026, 10, 8), date(2026, 10, 9), 2)


def test_of_a_year_that_is_not_known_that_is_said() -> None:
    assert not INSTALLED.is_known(2099)
    assert INSTALLED.is_workday(date(2099, 10, 8))
    assert not INSTALLED.is_workday(date(2099, 10, 10))  # a Saturday
    assert not any(
        map(INSTALLED.is_workday, (date(2099, 1, 1), date(2099, 5, 1), date(2099, 10, 1)))
    )  # by the law itself
    assert unknown_years(INSTALLED, [Days(date(2026, 12, 30), date(2099, 1, 2), 2)]) == [2099]


def test_what_the_province_keeps_is_kept_to() -> None:
    typhoon, worked = date(2026, 10, 9), date(2026, 10, 11)
    kept = Calendar(days={typhoon: False, worked: True})
    assert next_days(kept, date(2026, 9, 30), 2, []) == Days(date(2026, 10, 10), worked, 2)
    told = Calendar(years={2099})
    assert unknown_years(told, [Days(date(2099, 1, 2), date(2099, 1, 5), 2)]) == []
