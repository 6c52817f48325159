"""The old system's list in a real browser: sent, looked at with its red cells, confirmed and undone by the administrator, read by a county,
found by the unit in its record (DECL-09, FAQ-D16).
"""

import re

import pytest
from playwright.async_api import FilePayload, expect

from ops.legacy_sample import as_csv, units
from shared.identifiers import new_id
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, new_employer
from tests.browser.test_declarations import LookedAt, not_cut
from tests.services.declaration.legacy_records import CODE, NAME, REGION
from tests.stack import Stack


@pytest.mark.req("DECL-09", "FAQ-D16")
async def test_a_list_is_looked_at_taken_over_and_undone(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    employer = await new_employer(stack.base_url)
    rows = [list(each) for each in units(3, seed=new_id().int % 10_000_000)]
    rows[0][CODE], rows[0][NAME] = employer.credit_code, employer.name
    rows[1][REGION] = "320102"
    rows[2][CODE], rows[2][REGION] = "3.2E+17", "320102"
    page = await open_page("/legacy-imports", account="admin01")
    await expect(page.get_by_role("heading", name="旧系统数据导入")).to_be_visible(timeout=PATIENCE)
    name = f"名单{new_id().hex[-6:]}.csv"
    sent = FilePayload(name=name, mimeType="text/csv", buffer=as_csv(rows))
    await page.get_by_label("单位名单（xlsx、csv）").set_input_files(sent)
    await expect(page.get_by_role("heading", name="逐行结果")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "旧系统数据导入-预览")
    await not_cut(page, looked_at, "旧系统数据导入-预览-手机")
    await page.get_by_role("link", name="查看全部行").click()
    bad = page.get_by_role("row").filter(has_text=str(rows[2][NAME]))
    await expect(bad).to_contain_text("末几位已丢失", timeout=PATIENCE)
    await looked_at(page, "旧系统数据")
    await not_cut(page, looked_at, "旧系统数据-手机")
    await page.go_back()
    await page.get_by_role("button", name=f"确认导入：{name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="确认导入").click()
    await expect(page.get_by_text(re.compile("前可以撤销"))).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("listitem").filter(has_text="等待单位注册")).to_be_visible(timeout=PATIENCE)

    county = await open_page(f"/legacy-rows?unit_name={rows[1][NAME]}", account="county01")
    await expect(county.get_by_role("row").filter(has_text=str(rows[1][NAME]))).to_contain_text(
        "等待单位注册", timeout=PATIENCE
    )

    unit = await open_page("/declarations", account=employer.login_name)
    await unit.get_by_role("row").filter(has_text="变更申报").get_by_role("link").first.click()
    await expect(unit.get_by_text("基本信息自原系统导入")).to_be_visible(timeout=PATIENCE)
    await looked_at(unit, "自原系统导入的申报")

    await page.get_by_role("button", name=f"撤销导入：{name}").click()
    await page.get_by_role("dialog").get_by_role("button", name="撤销导入").click()
    await expect(page.get_by_role("listitem").filter(has_text="已撤销").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "旧系统数据导入-已撤销")
