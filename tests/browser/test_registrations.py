"""集体报名 of one plan in a browser: people are picked by who needs it, a form saves itself, one filling serves all, all are sent."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from ops.journey.steps import publish_plan
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE
from tests.sessions import open_play
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
SAVED = re.compile(r"已保存 \d\d:\d\d")


async def fill(page: Page) -> None:
    """All that the form does not know by itself."""
    panel = page.get_by_role("region", name="报名表")
    await panel.get_by_role("radiogroup", name="是否需要学分证").get_by_label("是").check(timeout=PATIENCE)
    await panel.get_by_role("radiogroup", name="住宿类型").get_by_label("不住宿").check()
    await panel.get_by_role("group", name="培训专业类别").get_by_role("checkbox").first.check()
    await expect(panel.get_by_text(SAVED)).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("TRN-36", "TRN-37", "TRN-38", "TRN-43", "TRN-44", "TRN-45", "TRN-46", "TRN-47", "FAQ-M1", "BEY-08")
async def test_people_are_picked_filled_in_and_sent(stack: Stack, open_page: OpenPage, looked_at: LookedAt) -> None:
    async with open_play(stack.base_url) as play:
        await publish_plan(play)
        plan = play.facts["plan_id"]
    page = await open_page(f"/registrations/{plan}", account="unit01")
    await page.get_by_role("button", name="添加：").click(timeout=PATIENCE)
    picker = page.get_by_role("dialog", name="添加报名人员")
    await expect(picker.get_by_role("heading", name="按证书应参加")).to_be_visible(timeout=PATIENCE)
    boxes = picker.get_by_role("table").first.get_by_role("checkbox")
    await expect(boxes.first).to_be_checked()
    for box in (await boxes.all())[2:]:
        await box.uncheck()
    await looked_at(page, "集体报名-添加人员")
    await picker.get_by_role("button", name="确定").click()
    people = page.get_by_role("list", name="报名人员").get_by_role("button")
    await expect(people.first).to_have_attribute("aria-current", "true", timeout=PATIENCE)
    count = await people.count()
    await fill(page)
    await expect(page.get_by_role("button", name="全部报名（1）")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "集体报名-报名表")
    if count > 1:
        await page.get_by_role("button", name="套用到所有人").click()
        copies = page.get_by_role("dialog", name="套用到其他未报名的人员")
        await expect(copies.get_by_text("住宿类型：空 → 不住宿")).to_have_count(count - 1, timeout=PATIENCE)
        await looked_at(page, "集体报名-套用")
        await copies.get_by_role("button", name="套用", exact=True).click()
        await expect(copies).to_be_hidden(timeout=PATIENCE)
        await people.first.focus()
        await page.keyboard.press("ArrowDown")
        await expect(people.nth(1)).to_have_attribute("aria-current", "true")
        await page.get_by_role("group", name="培训专业类别").get_by_role("checkbox").last.check(timeout=PATIENCE)
    await page.get_by_role("button", name=f"全部报名（{count}）").click(timeout=PATIENCE)
    every = page.get_by_role("dialog", name="全部报名")
    await every.get_by_role("button", name="报名", exact=True).click()
    await expect(every.get_by_text(f"已报名 {count} 人")).to_be_visible(timeout=PATIENCE)
    await every.get_by_role("button", name="关闭", exact=True).last.click()
    await expect(page.get_by_role("button", name="取消报名：")).to_be_visible(timeout=PATIENCE)
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await looked_at(page, "集体报名-报名表-手机")
    await page.get_by_role("button", name="返回名单").click()
    await expect(people.first).to_be_visible()
