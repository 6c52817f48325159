"""The province's organiser in a browser: a plan is written and published, its roster and its scores are kept, results go out."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of, fits_a_phone
from tests.browser.steps import PATIENCE, sign_in
from tests.shared.test_uploads import pdf

LookedAt = Callable[[Page, str], Awaitable[None]]


async def choose(page: Page, label: str, *options: str) -> None:
    """One or several of a picker."""
    box = page.get_by_role("combobox", name=label, exact=True)
    for option in options:
        await box.fill(option)
        await page.get_by_role("option", name=option, exact=True).click()
    await box.press("Escape")


@pytest.mark.req("STAFF-01", "PLAT-02", "BEY-08")
async def test_a_plan_is_drafted_checked_published_and_says_what_may_still_change(
    open_page: OpenPage, looked_at: LookedAt
) -> None:
    page = await open_page("/plans")
    await sign_in(page, "province01")
    await expect(page.get_by_role("table", name="培训计划")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "培训计划-列表")
    await page.get_by_role("link", name="新建培训计划").click()
    name = f"职业病诊断医师培训 {new_id().hex[-6:]}"
    preview = page.get_by_role("region", name="单位将看到")
    await page.get_by_role("radio", name="职业病诊断医师").check(timeout=PATIENCE)
    await page.get_by_label("培训班名称").fill(name)
    await expect(preview).to_contain_text(name)
    await page.get_by_label("报名截止日期").fill(str(beijing_today(now_utc()) + timedelta(days=4)))
    await page.get_by_label("学时").fill("40")
    await page.get_by_label("培训对象").fill("职业病诊断机构的临床医师")
    await page.get_by_label("培训内容").fill("职业病防治法规\n诊断标准与案例")
    await choose(page, "开设专业类别", "职业性尘肺病及其他呼吸系统疾病", "职业性化学中毒", "物理因素所致职业病")
    groups = page.get_by_role("group", name="考核组")
    for ticked in ("职业性化学中毒", "物理因素所致职业病"):
        await groups.get_by_role("checkbox", name=ticked).press("Space")
    await groups.get_by_role("button", name="合并为一个考核组").press("Enter")
    await expect(groups.get_by_role("button", name=re.compile("^拆开："))).to_be_visible()
    await page.get_by_label("咨询联系人").fill("李老师")
    await page.get_by_label("咨询电话").fill("025-83759999")
    await looked_at(page, "培训计划-新建")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}"), timeout=PATIENCE)

    # The draft saves itself, its files come with it.
    await page.get_by_label("报名须知").fill("需要学分证的人员请如实选择")
    await expect(page.get_by_text(re.compile("^已保存 "))).to_be_visible(timeout=PATIENCE)
    await page.locator("#plan-files").set_input_files(
        {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    await expect(preview.get_by_role("link", name="查看 通知.pdf")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="发布：").click()
    dialog = dialog_of(page, "^发布：")
    await expect(dialog).to_contain_text("离报名截止只有 4 天", timeout=PATIENCE)
    await expect(dialog).to_contain_text("家单位将看到并收到通知")
    await looked_at(page, "培训计划-发布")
    await dialog.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_text("已发布", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("还没有人报名，可以修改").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "培训计划")
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "培训计划-手机")
