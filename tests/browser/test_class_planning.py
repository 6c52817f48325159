"""分班 and 选班进度 in a browser: demand, a proposal that one corrects, sessions changed, put off and called off, units reminded."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.managing import decide, dialog_of, fits_a_phone
from tests.browser.played import ten_approved
from tests.browser.steps import PATIENCE, press_entry
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]


def card(page: Page, number: int) -> Locator:
    return page.get_by_role("article", name=f"第{number}期", exact=True)


async def fill_date(scope: Locator, label: str, value: str) -> None:
    field = scope.get_by_role("combobox", name=label).first
    await field.fill(value)
    await field.press("Enter")


async def choose(page: Page, number: int, action: str) -> Locator:
    """Opens the dialog of a session's action."""
    await card(page, number).get_by_role("button", name=f"{action}：第{number}期").click(timeout=PATIENCE)
    return dialog_of(page, f"^{action}：第{number}期")


@pytest.mark.req("STAFF-05", "STAFF-06", "STAFF-14", "STAFF-16", "PLAT-02")
async def test_a_plan_is_divided_opened_and_its_units_are_reminded(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    plan, _names = await ten_approved(stack)
    page = await open_page(f"/class-sessions/{plan}", account="province01")
    await expect(page.get_by_text("审核通过 10 人")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("table", name="需求")).to_contain_text("还缺")
    await page.get_by_role("button", name="按人数建议班次").click()
    panel = page.get_by_role("region", name="分班建议")
    await panel.get_by_label("每期最多人数").fill("6")
    await panel.get_by_label("培训地点").first.fill("南京市职业病防治院 3 楼")
    await panel.get_by_role("button", name="测算").click()
    await expect(panel.get_by_text("建议新增 2 期")).to_be_visible(timeout=PATIENCE)
    drafts = panel.get_by_role("form", name="建议的班次").get_by_role("group", name=re.compile("^建议"))
    # What cannot be is told at the field, and the other one is made all the same.
    await drafts.nth(1).get_by_label("分班人数").fill("很多")
    await looked_at(page, "分班-建议")
    await panel.get_by_role("button", name="创建 2 期").click()
    await expect(panel.get_by_text("已创建 1 期，1 期没有创建")).to_be_visible(timeout=PATIENCE)
    await drafts.first.get_by_label("分班人数").fill("6")
    await panel.get_by_role("button", name="创建 1 期").click()
    await expect(card(page, 2)).to_be_visible(timeout=PATIENCE)
    await panel.get_by_role("button", name="关闭").click()
    await expect(page.get_by_role("table", name="需求")).not_to_contain_text("还缺")

    await card(page, 1).get_by_role("button", name="修改：第1期").click()
    # What the definition bounds is said before anything is sent.
    await card(page, 1).get_by_label("分班人数").fill("20000")
    await card(page, 1).get_by_label("分班人数").press("Tab")
    await expect(card(page, 1).get_by_text("10000")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "分班-修改")
    await card(page, 1).get_by_label("分班人数").fill("12")
    await card(page, 1).get_by_role("button", name="保存").click()
    await expect(card(page, 1)).to_contain_text("0 / 12 人", timeout=PATIENCE)
    await looked_at(page, "分班")

    await page.get_by_role("button", name="添加班次").click()
    adding = page.get_by_role("region", name="添加班次")
    await adding.get_by_label("分班人数").fill("3")
    for label, after in (("培训开始日期", 60), ("培训结束日期", 61), ("选班截止日期", 50)):
        await fill_date(adding, label, str(beijing_today(now_utc()) + timedelta(days=after)))
    await adding.get_by_role("button", name="添加", exact=True).click()
    await card(page, 3).get_by_role("button", name="更多：第3期").click(timeout=PATIENCE)
    await press_entry(page, "删除", "menuitem")
    dialog = dialog_of(page, "^删除：第3期")
    await expect(dialog).to_contain_text("不能恢复")
    await dialog.get_by_role("button", name="删除", exact=True).click()
    await expect(card(page, 3)).to_have_count(0, timeout=PATIENCE)

    dialog = await choose(page, 1, "改期")
    later = beijing_today(now_utc()) + timedelta(days=90)
    await fill_date(dialog, "新的开始日期", str(later))
    await fill_date(dialog, "新的结束日期", str(later + timedelta(days=4)))
    await expect(dialog.get_by_text("日期冲突的人员让出")).to_have_count(0)
    await dialog.get_by_label("理由").fill("场地维修")
    await looked_at(page, "分班-改期")
    await dialog.get_by_role("button", name="改期", exact=True).click()
    await expect(card(page, 1)).to_contain_text(str(later), timeout=PATIENCE)
    dialog = await choose(page, 2, "停办")
    await dialog.get_by_label("理由").fill("人数不足")
    await dialog.get_by_role("button", name="停办", exact=True).click()
    await expect(card(page, 2)).to_contain_text("已停办", timeout=PATIENCE)
    await decide(page, "开放选班")
    await expect(page.get_by_text(re.compile("选班已于 .* 开放"))).to_be_visible(timeout=PATIENCE)

    await page.get_by_role("main").get_by_role("link", name="选班进度").click()
    await expect(page.get_by_text("还有 1 家单位 10 人没有选班")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("row").filter(has_text="玄武区职业病防治院")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "选班进度")
    await decide(page, "全部提醒")
    await expect(page.get_by_text("已提醒 1 家单位")).to_be_visible(timeout=PATIENCE)
    row = page.get_by_role("row").filter(has_text="玄武区职业病防治院")
    await expect(row.get_by_role("button", name="提醒：")).to_have_attribute("aria-disabled", "true", timeout=PATIENCE)
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "选班进度-手机")
    await page.goto(f"/class-sessions/{plan}")
    await expect(card(page, 1)).to_be_visible(timeout=PATIENCE)
    await fits_a_phone(page)
    await looked_at(page, "分班-手机")


@pytest.mark.req("STAFF-05", "STAFF-06")
async def test_the_list_of_plans_leads_to_both_pages(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/class-sessions", account="province01")
    await expect(page.get_by_role("table", name="分班")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "分班-列表")
    await page.get_by_role("navigation", name="菜单").get_by_role("link", name="选班进度").click()
    await expect(page.get_by_role("table", name="选班进度")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "选班进度-列表")
