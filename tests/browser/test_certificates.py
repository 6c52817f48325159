"""证书 in a browser: found by a part of a name and seen at once, a name corrected and the certificate issued again, the old
paper answered with 已换发; a pattern's next numbers, a template's versions, and figures that lead to their lists."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of, fits_a_phone
from tests.browser.steps import PATIENCE, stack_url
from tests.services.auth.applicants import PNG
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]


async def shrunk(page: Page, looked_at: LookedAt, name: str) -> None:
    """The same page on a phone."""
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, f"{name}-手机")
    await page.set_viewport_size({"width": 1366, "height": 768})


async def search(page: Page, words: str) -> None:
    await page.get_by_role("textbox", name="证书编号、姓名或培训班").fill(words)
    await page.keyboard.press("Enter")


@pytest.mark.req("STAFF-10", "STAFF-15", "CERT-06", "BEY-05", "PLAT-09")
async def test_a_name_is_corrected_and_the_old_paper_answers(
    open_page: OpenPage, looked_at: LookedAt, stack: Stack
) -> None:
    page = await open_page("/certificates", account="province01")
    table = page.get_by_role("table", name="证书")
    await expect(table).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "证书")
    await shrunk(page, looked_at, "证书")
    last = table.get_by_role("row").last
    number = await last.get_by_role("link").first.inner_text()
    name = await last.get_by_role("cell").nth(2).inner_text()
    await search(page, number)
    sheet = page.get_by_role("region", name="证书文件").locator("iframe")
    await expect(sheet).to_be_visible(timeout=PATIENCE)
    shown = "address => fetch(address).then(answer => `${answer.status} ${answer.headers.get('content-disposition')}`)"
    assert re.match("200 inline", await page.evaluate(shown, await sheet.get_attribute("src")))
    await looked_at(page, "证书-查到一张")
    await page.get_by_role("button", name="打包全部").click()
    bundle = dialog_of(page, "打包证书")
    await bundle.get_by_text("合并打印 PDF").click()
    await looked_at(page, "证书-打包")
    await bundle.get_by_role("button", name="开始打包").click()
    await expect(bundle.get_by_text("后台任务")).to_be_visible(timeout=PATIENCE)
    await bundle.get_by_role("button", name="关闭", exact=True).last.click()
    await expect(page.get_by_role("button", name=re.compile("^后台任务"))).to_be_visible(timeout=PATIENCE)

    await page.get_by_role("link", name=number, exact=True).click()
    await page.get_by_role("button", name=f"更正姓名、身份证号：{name} {number}").click()
    dialog = dialog_of(page, "^更正姓名、身份证号")
    await dialog.get_by_label("更正后的姓名").fill(f"{name}甲")
    await dialog.get_by_role("button", name="更正姓名、身份证号").click()
    await expect(dialog.get_by_text("更正理由").first).to_be_visible()
    await looked_at(page, "证书-更正")
    await dialog.get_by_label("更正理由").fill("身份证登记的姓名有误")
    await dialog.locator("input[type=file]").set_input_files(
        {"name": "户口本.png", "mimeType": "image/png", "buffer": PNG}
    )
    await expect(dialog.get_by_text("户口本.png")).to_be_visible(timeout=PATIENCE)
    await dialog.get_by_role("button", name="更正姓名、身份证号").click()
    await expect(page.get_by_text("正在以原编号换发")).to_be_visible(timeout=PATIENCE)
    editions = page.get_by_role("table", name="各版证书")
    second = editions.get_by_role("cell", name="第 2 版", exact=True)
    for _ in range(60):
        await page.get_by_role("button", name="刷新").click()
        if await second.is_visible():
            break
        await page.wait_for_timeout(500)
    await expect(editions.get_by_role("cell", name=f"{name}甲")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "证书-换发后")
    await shrunk(page, looked_at, "证书-换发后")

    await page.goto(f"{stack_url(page)}/verify")
    await page.locator("#number").fill(number)
    await page.locator("#name").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("已换发").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("STAFF-10", "STAFF-12", "BEY-06")
async def test_numbers_templates_and_expiry(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/number-patterns", account="province01")
    await page.get_by_role("button", name=re.compile("^修改：")).first.click(timeout=PATIENCE)
    dialog = dialog_of(page, "修改编号规则")
    coming = dialog.get_by_role("region", name="接下来的三个编号").get_by_role("listitem")
    await expect(coming).to_have_count(3, timeout=PATIENCE)
    await dialog.get_by_label("编号前缀").fill("苏试〔{year}〕SY-")
    await expect(coming.first).to_have_text(re.compile("^苏试〔[0-9]{4}〕SY-0*1$"), timeout=PATIENCE)
    await looked_at(page, "证书编号规则-修改")
    await dialog.get_by_role("button", name="取消").click()
    await looked_at(page, "证书编号规则")
    await page.get_by_role("link", name="文书模板").click()
    frames = page.locator("figure iframe")
    await expect(frames).to_have_count(2, timeout=PATIENCE)
    await looked_at(page, "文书模板")
    await shrunk(page, looked_at, "文书模板")
    await page.goto("/training-statistics/certificates")
    table = page.get_by_role("table", name="各地区有效证书的到期时间")
    figure = table.get_by_role("link").last
    await expect(figure).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "证书到期")
    await shrunk(page, looked_at, "证书到期")
    count = await figure.inner_text()
    await figure.click()
    await expect(page.get_by_text(f"共 {count} 条")).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("STAFF-12")
async def test_a_figure_leads_to_just_its_rows(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/training-statistics", account="province01")
    await expect(page.get_by_text("截至").first).to_be_visible(timeout=PATIENCE)
    regions = page.get_by_role("img", name=re.compile("^各地区报名人数"))
    await expect(regions.locator("svg")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "统计")
    await shrunk(page, looked_at, "统计")
    for caption in ("各地区报名人数", "各月添加的报名人数"):
        figure = page.get_by_role("table", name=caption).get_by_role("link").last
        count = await figure.inner_text()
        await figure.click()
        await expect(page.get_by_text(f"共 {count} 条")).to_be_visible(timeout=PATIENCE)
        await page.go_back()
        await expect(figure).to_be_visible(timeout=PATIENCE)
