"""What a reissue is told to have changed (NOTE-01, STAFF-09)."""

import pytest

from services.certificates.issue.printed import Fact, changes_between

pytestmark = pytest.mark.req("STAFF-09")
BEFORE: dict[str, str] = {**{each.value: "同" for each in Fact}, "holder_name": "张三", "valid_until": "长期"}


def test_each_fact_with_before_and_after_in_the_order_of_the_page() -> None:
    now = {**BEFORE, "valid_until": "2028-11-30", "holder_name": "张三丰"}
    told = changes_between(BEFORE, now, other_id=False)
    assert told == "姓名由“张三”改为“张三丰”，有效期至由“长期”改为“2028-11-30”"


def test_of_a_resident_id_only_that_it_is_another() -> None:
    assert changes_between(BEFORE, BEFORE, other_id=True) == "身份证号已更正"


def test_where_nobody_knows_what_stood_there_nothing_is_told() -> None:
    assert changes_between(None, BEFORE, other_id=True) is None
    assert changes_between(BEFORE, BEFORE, other_id=False) is None
