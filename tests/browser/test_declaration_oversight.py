"""What a superior sees and orders over reviews, and what a county finds of a unit, in a real browser."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, declare, new_employer, press_entry
from tests.browser.test_declarations import LookedAt, not_cut
from tests.sessions import resumed
from tests.stack import Stack


@pytest.mark.req("DECL-07", "DECL-12")
async def test_a_county_finds_whose_a_unit_is_and_names_who_sees_its_products(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    async with resumed(stack.base_url, employer.login_name) as client:
        made = await declare(client)
    desk = await open_page(f"/declaration-reviews/{made['id']}", account="county01")
    await desk.get_by_role("link", name="隶属关系与涉密查看人员").click(timeout=PATIENCE)
    await desk.locator("label").filter(has_text="中央企业").click(timeout=PATIENCE)
    readers = desk.get_by_role("combobox", name="可查看涉密产品的人员")
    await readers.focus()
    await desk.keyboard.type("county01")
    await press_entry(desk, re.compile("county01"))
    await desk.keyboard.press("Escape")
    await desk.get_by_role("button", name="保存", exact=True).click()
    facts = desk.get_by_role("definition").filter(has_text="南京市卫生健康部门")
    await expect(facts).to_be_visible(timeout=PATIENCE)
    await looked_at(desk, "隶属关系与涉密查看人员")
    await not_cut(desk, looked_at, "隶属关系与涉密查看人员-手机")


@pytest.mark.req("DECL-11", "DECL-13", "FAQ-D22")
async def test_a_superior_goes_down_by_numbers_orders_a_stand_in_and_switches_a_flag(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    page = await open_page("/declaration-regions", account="province02")
    await page.get_by_role("link", name=re.compile("南京市$")).click(timeout=PATIENCE)
    county = page.get_by_role("row").filter(has_text="玄武区")
    number = county.get_by_role("link", name=re.compile("待审核 [0-9]+ 份"))
    await expect(number).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "各地区审核进度")
    await not_cut(page, looked_at, "各地区审核进度-手机")
    count = (await number.inner_text()).strip()
    await number.click()
    await expect(page.get_by_text(f"共 {count} 条")).to_be_visible(timeout=PATIENCE)

    await page.goto("/stand-ins")
    await page.get_by_role("button", name="指定代审").click(timeout=PATIENCE)
    order = page.get_by_role("dialog", name="指定代审")
    await order.get_by_label("第 1 级").select_option(label="无锡市", timeout=PATIENCE)
    await order.get_by_label("第 2 级").select_option(label="滨湖区", timeout=PATIENCE)
    first = beijing_today(now_utc())
    for label, day in (("起始日期", first), ("截止日期", first + timedelta(days=14))):
        await order.get_by_label(label).fill(str(day))
        await order.get_by_label(label).press("Enter")
    await order.get_by_label("理由").fill("审核人员轮岗，暂由市级代审")
    await looked_at(page, "指定代审")
    await order.get_by_role("button", name="指定", exact=True).click()
    row = page.get_by_role("row").filter(has_text="滨湖区").first
    await expect(row).to_contain_text("由市级审核", timeout=PATIENCE)
    await looked_at(page, "代审安排")
    await not_cut(page, looked_at, "代审安排-手机")
    await row.get_by_role("button", name=re.compile("^提前结束")).click()
    await page.get_by_role("dialog").get_by_role("button", name="提前结束", exact=True).click()
    await expect(row).to_contain_text("提前结束", timeout=PATIENCE)

    await page.goto("/review-flags")
    flag = page.get_by_role("switch", name=re.compile("应检人数远低于接触人数"))
    await expect(flag).to_be_checked(timeout=PATIENCE)
    await flag.uncheck()
    await expect(page.get_by_text("不提示", exact=True)).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "审核提示")
    await flag.check()
    await expect(page.get_by_text("不提示", exact=True)).to_have_count(0, timeout=PATIENCE)
