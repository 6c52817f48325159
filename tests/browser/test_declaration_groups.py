"""A company and one of its branches in a real browser (BEY-17): asked, consented, filled in on one sheet, submitted, left."""

import pytest
from playwright.async_api import Page, expect

from services.declaration.groups.sheet_columns import MAIN, PAGES
from shared.sheets import parse_sheet, write_pages
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, declare, new_employer
from tests.browser.test_declarations import LookedAt, not_cut
from tests.sessions import resumed
from tests.stack import Stack

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.req("BEY-17")
async def test_a_branch_is_asked_filled_in_and_submitted(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    head, branch = await new_employer(stack.base_url), await new_employer(stack.base_url)
    async with resumed(stack.base_url, branch.login_name) as client:
        await declare(client, submit=False)
    page = await open_page("/declaration-group", account=head.login_name)
    await page.get_by_label("集团名称").fill("江苏某某集团", timeout=PATIENCE)
    await looked_at(page, "集团申报-组建")
    await page.get_by_role("button", name="组建集团").click()
    await page.get_by_role("button", name="邀请单位").click(timeout=PATIENCE)
    asked = page.get_by_role("dialog", name="邀请单位加入集团")
    await asked.get_by_label("统一社会信用代码").fill(branch.credit_code)
    await asked.get_by_label("单位名称").fill(branch.name)
    await looked_at(page, "集团申报-邀请")
    await asked.get_by_role("button", name="邀请", exact=True).click()
    row = page.get_by_role("row").filter(has_text=branch.name)
    await expect(row).to_contain_text("待同意", timeout=PATIENCE)

    own = await open_page("/enterprise", account=branch.login_name)
    card = own.get_by_role("region", name="集团")
    await expect(card).to_contain_text(head.name, timeout=PATIENCE)
    await looked_at(own, "注册信息-集团邀请")
    await not_cut(own, looked_at, "注册信息-集团邀请-手机")
    await card.get_by_role("button", name="同意加入").click()
    await own.get_by_role("dialog").get_by_role("button", name="同意加入").click()
    await expect(card).to_contain_text("已加入", timeout=PATIENCE)

    await page.get_by_role("link", name="用一张表格填写全部成员的申报").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="下载表格").click(timeout=PATIENCE)
    data = (await (await download.value).path()).read_bytes()
    rows = {
        each.title: [row.values for row in parse_sheet(data, each.columns, sheet=each.title).rows] for each in PAGES
    }
    rows[MAIN.title][0]["staff_count"] = "很多"
    await choose(page, rows)
    result = page.get_by_role("region", name="检查结果")
    await expect(result).to_contain_text("有误 1", timeout=PATIENCE)
    await looked_at(page, "集团申报表格-有误")
    await not_cut(page, looked_at, "集团申报表格-有误-手机")
    rows[MAIN.title][0]["staff_count"] = "180"
    await choose(page, rows)
    await result.get_by_role("button", name="保存 1 个单位").click(timeout=PATIENCE)
    await expect(page.get_by_role("region", name="保存结果")).to_contain_text("已保存 1", timeout=PATIENCE)
    await page.get_by_role("link", name="查看成员，提交申报").click()
    await expect(row).to_contain_text("可以提交", timeout=PATIENCE)
    await row.get_by_role("link", name=branch.name).click()
    await page.get_by_role("button", name="编辑").click(timeout=PATIENCE)
    await page.get_by_role("link", name="基本信息").first.click(timeout=PATIENCE)
    await page.get_by_label("职业卫生管理联系人").fill("总部李工")
    await expect(page.get_by_text("已保存").first).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("link", name="检查并提交").click()
    await expect(page.get_by_text("各项已填写完整，可以提交。")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "集团申报-成员的申报")
    await page.get_by_role("link", name="集团申报", exact=True).first.click()
    await page.get_by_role("checkbox", name=f"选择 {branch.name}").check(timeout=PATIENCE)
    await page.get_by_role("button", name="提交选中单位的申报").click()
    await expect(page.get_by_text("已提交 1 家，未提交 0 家。")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "集团申报")
    await not_cut(page, looked_at, "集团申报-手机")


async def choose(page: Page, rows: dict[str, list[dict[str, str]]]) -> None:
    """The sheet with these rows."""
    data = write_pages((each, ((row, {}) for row in rows[each.title])) for each in PAGES)
    await page.locator("input[type=file]").set_input_files({"name": "集团.xlsx", "mimeType": XLSX, "buffer": data})
