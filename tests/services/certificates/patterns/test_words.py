"""The replaceable parts of a prefix as people read and write them (STAFF-10)."""

import httpx
import pytest

from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from tests.services.certificates.patterns.test_patterns import PATTERNS, changed, keeper, made

__all__ = ["keeper"]


@pytest.mark.req("STAFF-10")
async def test_placeholders_are_read_as_words_and_typed_either_way(keeper: httpx.AsyncClient) -> None:
    own = new_id().hex[-10:].upper()
    words = f"查{own}〔〈年份〉〕-〈地区代码〉-〈期数〉-"
    pattern = await made(keeper, prefix=words)
    codes = f"查{own}〔{{year}}〕-{{region}}-{{session}}-"
    same = (await changed(keeper, pattern, prefix=codes)).json()
    assert (pattern["prefix"], same["prefix"], same["version"]) == (words, words, pattern["version"])
    assert pattern["example"] == f"查{own}〔{beijing_today(now_utc()).year}〕-0102-1-0001"
    (row,) = (await keeper.get(f"{PATTERNS}/{pattern['plan_type']}/history")).json()
    assert [each["after"] for each in row["changes"] if each["field"] == "prefix"] == [words]


@pytest.mark.req("STAFF-10", "PLAT-01")
@pytest.mark.parametrize("typed", ["苏〔年份〕-", "苏〈年〉-", "苏{years}-", "苏(地区代码)-", "苏〈年份-", "苏年份〉-"])
async def test_one_that_was_mistyped_is_told_how_it_is_written(keeper: httpx.AsyncClient, typed: str) -> None:
    answer = await keeper.post(f"{PATTERNS}/preview", json={"plan_type": "*", "prefix": typed, "digits": 4})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("prefix", "prefix_placeholder")
    assert "〈年份〉、〈期数〉、〈地区代码〉" in error["message"]
