"""What a reissue is told to have changed (NOTE-01, STAFF-09)."""

import pytest

from services.certificates.issue.printed import changes_between

pytestmark = pytest.mark.req("STAFF-09")
BEFORE = {"holder_name": "张三", "resident_id": "aa", "hours": "16", "valid_until": "长期"}


def test_each_fact_with_before_and_after_in_the_order_of_the_page() -> None:
    now = {**BEFORE, "holder_name": "张三丰", "valid_until": "2028-11-30"}
    rest = dict.fromkeys(("sex", "unit_name", "plan_name", "specialties", "days", "issued_on"), "同")
    told = changes_between({**BEFORE, **rest}, {**now, **rest})
    assert told == "姓名由“张三”改为“张三丰”，有效期至由“长期”改为“2028-11-30”"


def test_of_a_resident_id_only_that_it_is_another() -> None:
    rest = dict.fromkeys(("sex", "unit_name", "plan_name", "specialties", "days", "issued_on"), "同")
    assert changes_between({**BEFORE, **rest}, {**BEFORE, **rest, "resident_id": "bb"}) == "身份证号已更正"


def test_where_nobody_knows_what_stood_there_nothing_is_told() -> None:
    assert changes_between(None, BEFORE) is None
    rest = dict.fromkeys(("sex", "unit_name", "plan_name", "specialties", "days", "issued_on"), "同")
    assert changes_between({**BEFORE, **rest}, {**BEFORE, **rest}) is None
