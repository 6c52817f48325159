"""While a pattern is written, the next numbers are shown, and nothing is taken (STAFF-10)."""

import httpx
import pytest

from shared.clock import beijing_today, now_utc
from shared.runtime import Runtime
from tests.contracts.problems import check_problem
from tests.services.certificates.patterns import test_patterns as patterns
from tests.services.certificates.patterns.test_patterns import PATTERNS, made
from tests.services.certificates.records import issued

keeper = patterns.keeper


@pytest.mark.req("STAFF-10", "PLAT-09")
class TestPreview:
    async def test_the_next_three_numbers_are_told_and_nothing_is_taken(
        self, keeper: httpx.AsyncClient, runtime: Runtime
    ) -> None:
        pattern = await made(keeper)
        await issued(runtime, plan_type=pattern["plan_type"], published_at=now_utc())
        asked = {"plan_type": pattern["plan_type"], "prefix": pattern["prefix"], "digits": 5}
        for _ in range(2):
            told = (await keeper.post(f"{PATTERNS}/preview", json=asked)).json()
            filled = pattern["prefix"].replace("〈年份〉", str(beijing_today(now_utc()).year))
            assert told == {
                "numbers": [f"{filled}{serial:05}" for serial in (2, 3, 4)],
                "last": 1,
                "shares_with": [],
                "advice": None,
            }
        assert (await keeper.get(f"{PATTERNS}/{pattern['plan_type']}")).json()["digits"] == 4

    async def test_whose_series_it_would_share_is_said_and_a_bad_prefix_is_refused(
        self, keeper: httpx.AsyncClient
    ) -> None:
        pattern = await made(keeper, label="共用序列")
        told = (await keeper.post(f"{PATTERNS}/preview", json={"prefix": pattern["prefix"]})).json()
        assert told["shares_with"] == ["共用序列"]
        refused = await keeper.post(f"{PATTERNS}/preview", json={"prefix": "ZD{month}-"})
        assert check_problem(refused)["errors"][0]["code"] == "prefix_placeholder"

    async def test_who_leaves_the_general_prefix_as_it_is_reads_what_that_means(
        self, keeper: httpx.AsyncClient
    ) -> None:
        general = (await keeper.get(f"{PATTERNS}/*")).json()
        told = (await keeper.post(f"{PATTERNS}/preview", json={"prefix": general["prefix"]})).json()
        assert "不会单独编号" in told["advice"]
        assert len(told["numbers"]) == 3
        for changed in ({"prefix": f"单{general['prefix']}"}, {"prefix": general["prefix"], "plan_type": "*"}):
            assert (await keeper.post(f"{PATTERNS}/preview", json=changed)).json()["advice"] is None
        same = {name: general[name] for name in ("label", "prefix", "digits", "template")}
        refused = check_problem(await keeper.post(PATTERNS, json={"plan_type": "t_same", **same}))
        assert [(each["field"], each["code"]) for each in refused["errors"]] == [("prefix", "pattern_as_general")]
