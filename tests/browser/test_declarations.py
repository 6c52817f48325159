"""职业病危害申报 in a real browser: an employer declares with a total that is too small and takes the proposal, a second record is
refused with the way on, and an officer sends a field back that the employer corrects."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.managing import decide
from tests.browser.steps import PATIENCE, declare, new_employer
from tests.services.declaration.records import COMPLETE
from tests.sessions import resumed
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
# What the employer fills in elsewhere on the form, through the page's own session.
FILL = """async ([id, body]) => {
  const path = `/api/declaration/declarations/${id}`
  const version = (await (await fetch(path)).json()).version
  const headers = { 'Content-Type': 'application/json', 'If-Match': `"${version}"` }
  const answer = await fetch(path, { method: 'PATCH', headers, body })
  return answer.ok ? '' : await answer.text()
}"""


async def fill(page: Page, record: str, **content: Any) -> None:
    assert await page.evaluate(FILL, [record, json.dumps(content)]) == ""
    await page.reload()


async def to_page(page: Page, title: str) -> None:
    tabs = page.get_by_role("navigation", name="申报表各页")
    await tabs.get_by_role("link", name=re.compile(f"^{title}")).click()


async def not_cut(page: Page, looked_at: LookedAt, name: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await looked_at(page, name)
    await page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.req("DECL-02", "DECL-03", "DECL-06", "FAQ-D6", "FAQ-D7", "FAQ-D11", "BEY-08")
async def test_an_employer_takes_the_proposal_and_is_told_of_the_record_in_the_way(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    page = await open_page("/declarations", account=employer.login_name)
    due = page.get_by_role("region", name="应办理的申报")
    await expect(due).to_contain_text("还没有审核通过的申报", timeout=PATIENCE)
    await looked_at(page, "申报列表-空")
    await due.get_by_role("button", name="添加初次申报").click()
    await expect(page).to_have_url(re.compile(r"/declarations/[0-9a-f-]{36}/\w+$"), timeout=PATIENCE)
    record = page.url.split("/")[-2]
    await fill(page, record, **{**COMPLETE, "exposed_count": 20, "hazards": []})

    await to_page(page, "职业病危害因素种类")
    await page.get_by_role("checkbox", name="物理因素").check()
    await page.get_by_label("物理因素接触总人数").fill("65")
    await page.get_by_label("物理因素：查找具体因素").fill("zs")
    await page.get_by_role("button", name="添加 噪声").click()
    await page.get_by_label("噪声 接触人数").fill("65")
    compared = page.get_by_role("complementary", name="与接害总人数比较")
    await expect(compared).to_contain_text("65 人，多于接害总人数", timeout=PATIENCE)
    await looked_at(page, "申报表-超过总数")
    await not_cut(page, looked_at, "申报表-手机")
    await compared.get_by_role("button", name="将接害总人数（含外委）改为65人").click()
    await expect(compared).not_to_contain_text("多于接害总人数", timeout=PATIENCE)
    await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d")).first).to_be_visible(timeout=PATIENCE)
    await to_page(page, "基本信息")
    await expect(page.get_by_label(re.compile("接害总人数")).first).to_have_value("65", timeout=PATIENCE)
    await looked_at(page, "申报表-基本信息")
    await to_page(page, "检查并提交")
    await expect(page.get_by_text(re.compile("还有 [0-9]+ 项需要完善"))).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报表-检查")

    await page.goto("/declarations")
    await expect(due).to_contain_text("存在未审批通过的数据", timeout=PATIENCE)
    await expect(due.get_by_role("button", name="添加初次申报")).to_have_count(0)
    await looked_at(page, "申报列表-有未办结")
    await due.get_by_role("button", name=re.compile("^编辑")).click()
    await expect(page).to_have_url(re.compile(f"/declarations/{record}/"), timeout=PATIENCE)
    await page.get_by_role("link", name=re.compile("的记录与办理过程$")).click()
    await expect(page.get_by_role("heading", name="办理记录")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报记录")


@pytest.mark.req("DECL-11", "DECL-13", "BEY-04", "FAQ-D8", "FAQ-D22")
async def test_an_officer_returns_a_field_and_the_employer_corrects_it(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    async with resumed(stack.base_url, employer.login_name) as client:
        made = await declare(client)
    desk = await open_page("/declaration-reviews", account="county01")
    await desk.get_by_label("单位名称").fill(employer.name)
    await desk.get_by_label("单位名称").press("Enter")
    row = desk.get_by_role("row").filter(has_text=employer.name)
    await expect(row).to_have_count(1, timeout=PATIENCE)
    await looked_at(desk, "申报审核")
    await row.get_by_role("link", name=employer.name).click()
    await expect(desk.get_by_text("这是该单位的第一份申报")).to_be_visible(timeout=PATIENCE)
    await decide(desk, "打开审核")
    await desk.get_by_label("接害总人数（含外委）", exact=True).check(timeout=PATIENCE)
    await looked_at(desk, "申报审核-一份")
    await not_cut(desk, looked_at, "申报审核-手机")
    await decide(desk, "审核不通过", reason="接害总人数与检测点位不符，请核对")
    await expect(desk.get_by_text("可以撤回刚作出的结论")).to_be_visible(timeout=PATIENCE)
    await looked_at(desk, "申报审核-已驳回")

    page = await open_page(f"/declarations/{made['id']}/kind", account=employer.login_name)
    notice = page.get_by_role("status").filter(has_text="请核对")
    await expect(notice).to_be_visible(timeout=PATIENCE)
    await notice.get_by_role("link", name="接害总人数（含外委）").click()
    total = page.get_by_role("textbox", name=re.compile("^.?接害总人数"))
    await expect(total).to_be_focused(timeout=PATIENCE)
    await total.fill("61")
    await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d")).first).to_be_visible(timeout=PATIENCE)
    await expect(notice).to_contain_text("驳回以来修改了 1 项", timeout=PATIENCE)
    await looked_at(page, "申报表-被驳回")
    await to_page(page, "检查并提交")
    await decide(page, "提交")
    await expect(page.get_by_text("待审核").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "申报记录-已提交")

    await desk.goto(f"/declaration-reviews?employer_name={employer.name}")
    await desk.get_by_role("checkbox", name=f"选择 {employer.name}").check(timeout=PATIENCE)
    await desk.get_by_role("button", name="审核通过", exact=True).click()
    asked = desk.get_by_role("dialog", name="审核通过：1 份申报")
    await asked.get_by_role("button", name="审核通过", exact=True).click()
    await expect(desk.get_by_text("已通过 1 份，未通过 0 份")).to_be_visible(timeout=PATIENCE)
    await looked_at(desk, "申报审核-批量")

    above = await open_page(f"/declaration-reviews/{made['id']}", account="province02")
    await above.get_by_role("button", name="下达复核指令").click(timeout=PATIENCE)
    order = above.get_by_role("dialog", name=re.compile("^下达复核指令"))
    await order.get_by_label("复核理由").fill("请核对噪声接触人数")
    await order.get_by_label("回复截止日期").fill(str(beijing_today(now_utc()) + timedelta(days=7)))
    await order.get_by_label("回复截止日期").press("Enter")
    await order.get_by_role("button", name="下达", exact=True).click()
    await expect(order).to_be_hidden(timeout=PATIENCE)
    await desk.goto(f"/review-orders?declaration_id={made['id']}")
    await expect(desk.get_by_role("row").filter(has_text="请核对噪声接触人数")).to_be_visible(timeout=PATIENCE)
    await looked_at(desk, "复核指令")


@pytest.mark.req("ORG-11", "FAQ-D4", "FAQ-D3", "PLAT-02")
async def test_changed_basics_show_in_a_declaration_with_what_changed(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    page = await open_page("/enterprise", account=employer.login_name)
    await expect(page.get_by_text("保存后自动新建一份初次申报")).to_be_visible(timeout=PATIENCE)
    fixed = page.get_by_role("region", name="不能自行修改的信息")
    await expect(fixed).to_contain_text("隶属关系")
    await looked_at(page, "注册信息")
    await not_cut(page, looked_at, "注册信息-手机")
    await page.get_by_role("textbox", name=re.compile("法定代表人")).fill("钱一鸣")
    await page.get_by_role("button", name="保存", exact=True).click()
    saved = page.get_by_role("region", name=re.compile("^已保存。已新建初次申报"))
    await expect(saved.get_by_role("row").filter(has_text="法定代表人")).to_contain_text("钱一鸣", timeout=PATIENCE)
    await looked_at(page, "注册信息-已修改")
    await fixed.get_by_role("link", name="申请更正信用代码").first.click()
    await page.get_by_label("更正理由").fill("登记时填错一位")
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="统一社会信用代码")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "信用代码更正")
    await page.goto("/enterprise")
    await page.get_by_role("link", name=re.compile("初次申报（暂存）")).click()
    await expect(page).to_have_url(re.compile(r"/declarations/[0-9a-f-]{36}$"), timeout=PATIENCE)
