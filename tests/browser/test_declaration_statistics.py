"""申报统计 in a real browser: from a province's numbers down to a county, and to the units behind one of them (STAFF-12)."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from ops.journey.play import until
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, declare, new_employer
from tests.browser.test_declarations import LookedAt, not_cut
from tests.sessions import resumed
from tests.stack import Stack


@pytest.mark.req("STAFF-12")
async def test_a_province_goes_down_to_the_units_behind_a_number(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    async with resumed(stack.base_url, employer.login_name) as client:
        made = await declare(client)
    async with resumed(stack.base_url, "county01") as client:
        await client.post(f"/api/declaration/declarations/{made['id']}/approve")
        wanted = {"employer_name": employer.name, "declared": "true"}

        async def counted() -> Any:
            listed = await client.get("/api/declaration/figures/units", params=wanted)
            figures = await client.get("/api/declaration/figures")
            return listed["total"] == 1 and figures["total"]["figures"][1]["count"]

        declared = await until(counted, "the approval is counted")
        assert declared

    page = await open_page("/declaration-statistics", account="province02")
    tops = page.get_by_role("list", name="合计")
    await expect(tops).to_contain_text("申报率", timeout=PATIENCE)
    await expect(page.get_by_role("img", name=re.compile("按地区的申报统计的图")).locator("svg")).to_be_visible(
        timeout=PATIENCE
    )
    await looked_at(page, "申报统计")
    await not_cut(page, looked_at, "申报统计-手机")
    await page.get_by_role("link", name=re.compile("南京市$")).click(timeout=PATIENCE)
    await page.get_by_role("link", name=re.compile("玄武区$")).click(timeout=PATIENCE)
    await expect(page.get_by_text("返回上一级")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("link", name="按危害因素").click()
    await page.get_by_role("cell").get_by_role("link", name="粉尘", exact=True).click(timeout=PATIENCE)
    number = page.get_by_role("link", name=re.compile("^矽尘.* 已申报单位 [0-9]+ 家$"))
    await expect(number).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报统计-危害因素")
    count = (await number.inner_text()).strip()
    await number.click()
    await expect(page.get_by_text(f"共 {count} 条")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报统计的用人单位")
    await not_cut(page, looked_at, "申报统计的用人单位-手机")
