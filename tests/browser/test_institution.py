"""资质申报 in a real browser: the basics before the rest, the switch 未备案, rows pasted from a sheet, 提交 and 撤销."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE

LookedAt = Callable[[Page, str], Awaitable[None]]
KIND = "职业卫生技术服务机构资质申报"
# As a spreadsheet puts a range on the clipboard.
PASTE = """(cell, text) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def field(page: Page, label: str) -> Locator:
    """The control of that label, whatever star it has."""
    return page.get_by_role("main").get_by_label(re.compile(rf"^\*?{label}(（必填）)?$")).first


async def save(page: Page) -> None:
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d"))).to_be_visible(timeout=PATIENCE)


async def press(page: Page, action: str) -> None:
    await page.get_by_role("button", name=f"{action}：{KIND}").click()
    await page.get_by_role("dialog", name=f"{action}：{KIND}").get_by_role("button", name=action, exact=True).click()


@pytest.mark.req("ORG-01", "ORG-02", "ORG-03", "ORG-04", "ORG-05", "ORG-06", "ORG-14", "FAQ-M11")
async def test_a_unit_files_submits_and_revokes(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/institution", account="unit02")
    card = page.get_by_role("region", name=KIND)
    await expect(card).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "资质申报")
    is_new, is_shut = [await card.get_by_text(each, exact=True).is_visible() for each in ("未填报", "已提交")]
    await card.get_by_role("link", name=KIND).click()
    tabs = page.get_by_role("navigation", name="资质申报的栏目")
    await expect(tabs.get_by_role("link")).to_have_count(5, timeout=PATIENCE)
    if is_new:
        await expect(tabs.get_by_role("link", name="仪器信息")).to_have_attribute("aria-disabled", "true")
        await expect(tabs).to_contain_text("请先填写并保存“基本信息”")
    if is_shut:
        await press(page, "撤销")
        await expect(page.get_by_role("button", name="保存", exact=True)).to_be_enabled(timeout=PATIENCE)
    await field(page, "联系人").fill("周晓慧")
    await field(page, "联系人手机").fill("13851420617")
    await page.get_by_role("switch", name="未备案").check()
    await expect(field(page, "备案编号")).to_have_count(0)
    await page.get_by_label("接触粉尘作业劳动者健康检查").check()
    await looked_at(page, "资质申报-基本信息-未备案")
    await save(page)
    await expect(page.get_by_text("未备案的机构只需保存")).to_be_visible(timeout=PATIENCE)

    await tabs.get_by_role("link", name="仪器信息").click()
    await expect(page).to_have_url(re.compile("/technical_service/instruments$"))
    await page.get_by_role("button", name="添加一行").click()
    cells = page.get_by_role("textbox", name="仪器名称")
    await cells.last.evaluate(PASTE, "肺功能仪\tHI-105\t2\n电测听仪\tAD629\t零")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("行 数量：", timeout=PATIENCE)
    await looked_at(page, "资质申报-仪器信息-有误")
    await page.get_by_role("textbox", name="数量").last.fill("1")
    await save(page)

    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await looked_at(page, "资质申报-手机")
    await page.set_viewport_size({"width": 1366, "height": 768})
    await tabs.get_by_role("link", name="资质附件").click()
    await expect(page.get_by_label("备案回执")).to_be_enabled()
    await tabs.get_by_role("link", name="基本信息").click()
    await page.get_by_role("switch", name="未备案").uncheck()
    await field(page, "备案编号").fill("苏职检备〔2026〕第 12 号")
    await field(page, "备案日期").fill("2026-01-15")
    await page.keyboard.press("Enter")
    await save(page)
    await press(page, "提交")
    await expect(page.get_by_text("已提交；如需修改请先撤销", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("button", name="保存", exact=True)).to_be_disabled()
    await looked_at(page, "资质申报-已提交")
    await press(page, "撤销")
    await expect(page.get_by_role("button", name="保存", exact=True)).to_be_enabled(timeout=PATIENCE)
    await expect(field(page, "备案编号")).to_have_value("苏职检备〔2026〕第 12 号")
