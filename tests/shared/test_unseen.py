"""What nobody sees, and comes along from chat programs: it never counts in a number, and is never all that a text says."""

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared import identifiers
from shared.fields import PASTED, CleanText, Copied, Email, Landline, Mobile, Postcode, RegionCode, ResidentId, Uscc
from shared.sheets import parse_sheet
from shared.workflow.definition import ActionBody
from tests.length import at_length
from tests.shared.sheets.test_reading import COLUMNS, sheet_of

pytestmark = pytest.mark.req("PLAT-01")
MARKS = st.text(st.characters(categories=["Cf"]), max_size=4)
RIGHT: list[tuple[Any, str]] = [
    (Uscc, "91320100MA1ABCD2XR"),
    (ResidentId, "11010519491231002X"),
    (Mobile, "13800138000"),
    (Landline, "025-83759999"),
    (Postcode, "210009"),
    (RegionCode, "320571"),
    (Email, "name@example.cn"),
    (Annotated[str, Copied(60)], "SQ-7K3M-Q9TX-4HWB"),
    (Annotated[str, CleanText(64), PASTED], "njyy_2"),
]
ONLY_UNSEEN = st.text(
    st.sampled_from("\u200b\u2060\u3164\u2800\ufe0f\U000e0100\u115f\u0000 \u3000\t"), min_size=1, max_size=6
)


@settings(max_examples=at_length(30, 300), deadline=None)
@given(st.data())
def test_marks_in_and_around_numbers_do_not_count(data: st.DataObject) -> None:
    kind, right = data.draw(st.sampled_from(RIGHT))
    at = data.draw(st.integers(0, len(right)))
    pasted = data.draw(MARKS) + right[:at] + data.draw(MARKS) + right[at:] + data.draw(MARKS)
    assert TypeAdapter[str](kind).validate_python(pasted) == right


@settings(max_examples=at_length(30, 300), deadline=None)
@given(ONLY_UNSEEN)
def test_a_text_of_nothing_to_see_is_no_text(nothing: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](Annotated[str, CleanText(20, lines=True)]).validate_python(nothing)


@pytest.mark.parametrize("bad", ["因故\u2067取消", "\u0008取消", "取消\u180e", "取消\u3164"])
def test_a_reason_is_a_text_like_every_other(bad: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ActionBody.model_validate({"reason": bad})
    assert caught.value.errors()[0]["type"] == "text_invisible_character"


def test_a_reason_may_have_lines_or_be_left_out() -> None:
    assert [ActionBody(reason=each).reason for each in ("一\r\n二", " ", None)] == ["一\n二", "", None]


def test_a_rare_name_keeps_the_selector_that_draws_it() -> None:
    assert TypeAdapter[str](Annotated[str, CleanText(4)]).validate_python("葛\U000e0100") == "葛\U000e0100"


def test_a_cell_is_read_without_the_marks_around_it() -> None:
    data = sheet_of(
        ("\ufeff姓名", "身份证号\u200e", "出生日期"), ("\u202d张三\u202c", "\u206611010519491231002X \u2069", "\u200b")
    )
    (row,) = parse_sheet(data, COLUMNS).rows
    assert tuple(row.values.values()) == ("张三", "11010519491231002X", "")


@given(st.text())
def test_what_is_bare_stays_as_it_is(text: str) -> None:
    once = identifiers.bare(text)
    assert identifiers.bare(once) == once
