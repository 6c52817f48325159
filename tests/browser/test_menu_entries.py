"""Whoever is led to a page by the menu is refused nothing there (AUTH-31, PLAT-02): its routes know the same permission as its address."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Response, expect

from shared.services import Service
from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of
from tests.browser.steps import PATIENCE, press_entry, unused_mobile

LookedAt = Callable[[Page, str], Awaitable[None]]


# Of the other roles each page has a journey of its own.
@pytest.mark.req("AUTH-31", "PLAT-02", "PLAT-09", "TRN-28")
async def test_the_administration_opens_every_entry_of_its_menu(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/", account="admin01", live=False)
    entries = page.locator("#menu").get_by_role("link")
    await expect(page.locator("#menu").get_by_role("link", name="操作记录")).to_be_visible(timeout=PATIENCE)
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(f"{answer.status} {answer.url}")

    page.on("response", note)
    for name in await entries.all_inner_texts():
        await entries.filter(has_text=name.strip()).first.click()
        await page.wait_for_load_state("networkidle")
    # The last of them: what each part of the platform says of itself.
    await expect(page.get_by_role("table", name="各部分").get_by_role("row")).to_have_count(
        len(Service) + 1, timeout=PATIENCE
    )
    await looked_at(page, "运行状况")
    assert refused == []
    await page.goto("/class-types/nothing")
    await expect(page.get_by_role("heading", level=1, name="培训班类型")).to_be_visible(timeout=PATIENCE)
    await page.goto("/long-work?state=all")
    await expect(page.get_by_role("heading", level=1, name="后台任务")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "后台任务-各单位")
    await page.goto("/personnel-dictionaries")
    await page.get_by_role("button", name="新增从事科室").click(timeout=PATIENCE)
    dialog = dialog_of(page, "新增从事科室")
    name = f"尘肺康复科{unused_mobile()[-6:]}"
    await dialog.get_by_label("名称").fill(name)
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog.get_by_text("分组").first).to_be_visible()
    await dialog.get_by_label("分组").click(force=True)
    await press_entry(page, "职业卫生科室")
    await looked_at(page, "人员字典-新增")
    await dialog.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "人员字典-从事科室")
    await page.get_by_role("link", name="职务", exact=True).click()
    await expect(page.get_by_role("cell", name="护士长", exact=True)).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "人员字典-职务")
