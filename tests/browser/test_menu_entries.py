"""Whoever is led to a page by the menu is refused nothing there (AUTH-31, PLAT-02): its routes know the same permission as its address."""

import pytest
from playwright.async_api import Response, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, refuse_stream, sign_in


# Of the other roles each page has a journey of its own.
@pytest.mark.req("AUTH-31", "PLAT-02")
async def test_the_administration_opens_every_entry_of_its_menu(open_page: OpenPage) -> None:
    page = await open_page("/")
    await refuse_stream(page)
    await sign_in(page, "admin01")
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
    assert refused == []
