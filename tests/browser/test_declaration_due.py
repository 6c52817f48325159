"""The clock of declarations in a real browser: a unit that is late is urged and called, the province keeps the calendar, and whoever is
approved has form and receipt at hand (BEY-10, DECL-14)."""

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

TODAY = beijing_today(now_utc())


@pytest.mark.req("BEY-10")
async def test_a_late_unit_is_urged_and_called(open_page: OpenPage, looked_at: LookedAt, stack: Stack) -> None:
    employer = await new_employer(stack.base_url)
    page = await open_page("/", account=employer.login_name)
    due = page.get_by_role("region", name="应办理的申报")
    await due.get_by_role("button", name="告知竣工验收").click(timeout=PATIENCE)
    told = page.get_by_role("dialog", name="告知发生的情况")
    await told.get_by_role("combobox", name="发生了什么").press("Enter")
    await press_entry(page, "建设项目竣工验收")
    await told.get_by_label("发生的日期").fill(str(TODAY - timedelta(days=40)))
    await told.get_by_label("发生的日期").press("Enter")
    await told.get_by_role("button", name="告知", exact=True).click()
    await expect(due).to_contain_text("已超过 10 天", timeout=PATIENCE)
    await looked_at(page, "首页-应办理的申报")
    await not_cut(page, looked_at, "首页-应办理的申报-手机")

    desk = await open_page(f"/declaration-due?employer_name={employer.name}", account="county01")
    row = desk.get_by_role("row").filter(has_text=employer.name)
    await expect(row).to_contain_text("已逾期", timeout=PATIENCE)
    await desk.get_by_role("checkbox", name=f"选择 {employer.name}").check()
    await desk.get_by_role("button", name="催报", exact=True).click()
    asked = desk.get_by_role("dialog", name="催报：1 家单位")
    await asked.get_by_role("button", name="催报", exact=True).click()
    await expect(desk.get_by_text("已催报 1 家，未催报 0 家")).to_be_visible(timeout=PATIENCE)
    await expect(row).to_contain_text("共 1 次", timeout=PATIENCE)
    await looked_at(desk, "逾期与到期")
    await not_cut(desk, looked_at, "逾期与到期-手机")
    await row.get_by_role("button", name=f"记录电话催报：{employer.name}").click()
    call = desk.get_by_role("dialog", name=f"电话催报：{employer.name}")
    await call.get_by_role("button", name="查看联系电话（留痕）").click()
    await expect(call.get_by_text("联系电话", exact=True)).to_be_visible(timeout=PATIENCE)
    await call.get_by_label("通话结果").fill("已告知，本周内提交")
    await looked_at(desk, "电话催报")
    await call.get_by_role("button", name="记录", exact=True).click()
    await expect(row).to_contain_text("已告知，本周内提交", timeout=PATIENCE)


@pytest.mark.req("BEY-10")
async def test_the_province_keeps_the_calendar(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page(f"/work-calendar?year={TODAY.year}", account="province02")
    await expect(page.get_by_role("heading", name=re.compile(f"^{TODAY.year} 年"))).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "工作日历")
    await page.get_by_role("button", name=f"{TODAY.year + 1} 年").click()
    await expect(page.get_by_text("尚未录入").first).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="设置一天").click()
    day = page.get_by_role("dialog", name="设置一天")
    await day.get_by_label("日期").fill(f"{TODAY.year + 1}-02-08")
    await day.get_by_label("日期").press("Enter")
    await day.get_by_label("说明").fill("春节")
    await day.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("row").filter(has_text="春节")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "工作日历-未知年份")
    await not_cut(page, looked_at, "工作日历-手机")
    await page.get_by_role("button", name=re.compile("^恢复公布的安排")).click()
    await expect(page.get_by_text("没有与周一至周五不同的日期")).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("DECL-14", "BEY-10")
async def test_an_approved_unit_has_form_and_receipt(open_page: OpenPage, looked_at: LookedAt, stack: Stack) -> None:
    employer = await new_employer(stack.base_url)
    async with resumed(stack.base_url, employer.login_name) as client:
        made = await declare(client)
    async with resumed(stack.base_url, "county01") as client:
        await client.post(f"/api/declaration/declarations/{made['id']}/approve")
    page = await open_page("/", account=employer.login_name)
    due = page.get_by_role("region", name="应办理的申报")
    await due.get_by_role("button", name="申报回执").click(timeout=PATIENCE)
    await expect(due.get_by_role("link", name="打开申报回执（PDF）")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "首页-回执")
    await not_cut(page, looked_at, "首页-回执-手机")
    await due.get_by_role("link", name=re.compile("初次申报$")).click()
    # 首页 has such a button, too, until the record's page is there.
    await expect(page.get_by_role("heading", name="初次申报", level=1)).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="打印申报表").click(timeout=PATIENCE)
    await expect(page.get_by_role("link", name="打开申报表（PDF）")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报记录-申报表和回执")
