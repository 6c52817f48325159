"""集体成绩查询 in a browser: a session that begins later is found all the same, one certificate, and all of them in one file."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.managing import fits_a_phone
from tests.browser.steps import PATIENCE

LookedAt = Callable[[Page, str], Awaitable[None]]


@pytest.mark.req("CERT-01", "CERT-02", "CERT-03", "CERT-04", "CERT-05", "CERT-06", "PLAT-09")
async def test_a_unit_finds_its_results_and_certificates(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/results", account="unit01")
    await page.get_by_role("button", name="不限日期").first.click(timeout=PATIENCE)
    await expect(page).to_have_url(re.compile("start_to="))
    view = page.get_by_role("link", name="查看：").first
    await expect(view).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "集体成绩查询")
    await view.click()
    table = page.get_by_role("table", name="成绩")
    await expect(table).to_be_visible(timeout=PATIENCE)
    certificate = table.get_by_role("link", name="证书下载：").first
    address = await certificate.get_attribute("href")
    kind = "address => fetch(address).then(answer => `${answer.status} ${answer.headers.get('content-type')}`)"
    assert await page.evaluate(kind, address) == "200 application/pdf"
    await looked_at(page, "集体成绩查询-成绩")
    await page.get_by_role("button", name="下载全部证书").click()
    await expect(page.get_by_text("张证书，可以离开本页")).to_be_visible(timeout=PATIENCE)
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "集体成绩查询-手机")
