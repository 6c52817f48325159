"""What stands around the pages: the end of a session told beforehand, long work found again, a list where one left it, and paper."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import SCREENSHOTS, OpenPage
from tests.browser.steps import PATIENCE
from tests.services.training.people.personnel.forms import XLSX, line, workbook

LookedAt = Callable[[Page, str], Awaitable[None]]
IMPORT, PLANS = "/institution/people/import", "/registrations"
# One more than are looked through at once.
MANY = 501


@pytest.mark.req("BEY-08", "AUTH-09")
async def test_five_minutes_before_a_session_ends_it_says_so_and_one_can_stay(
    open_page: OpenPage, looked_at: LookedAt
) -> None:
    """By the browser's clock, which nobody waits for."""
    page = await open_page(PLANS, account="unit03", live=False)
    idle = await page.evaluate(
        "fetch('/api/auth/me').then(each => each.json()).then(each => each.session.idle_seconds)"
    )
    await page.clock.install()
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    # Whatever is answered after the clock has jumped would count as a sign of life then; a busy machine asks some of it late.
    await page.wait_for_load_state("networkidle")
    await page.route("**/api/**", lambda route: route.abort())
    notice = page.get_by_role("alert").filter(has_text="自动退出登录")
    await page.clock.fast_forward((idle - 360) * 1000)
    await expect(notice).to_be_hidden()
    await page.clock.fast_forward(90_000)
    await expect(notice).to_contain_text("约 5 分钟后将自动退出登录；已填写的内容会保留", timeout=PATIENCE)
    await page.unroute("**/api/**")
    await looked_at(page, "登录即将到期")
    await notice.get_by_role("button", name="继续使用").click()
    await expect(notice).to_be_hidden(timeout=PATIENCE)


@pytest.mark.req("PLAT-09")
async def test_long_work_is_left_and_found_again(open_page: OpenPage, looked_at: LookedAt) -> None:
    """A sheet that is only looked through: nobody is taken in."""
    page = await open_page(IMPORT, account="unit03")
    sheet = workbook([line(name=f"毛{number}", resident_id="1") for number in range(MANY)])
    file = FilePayload(name="人员.xlsx", mimeType=XLSX, buffer=sheet)
    async with page.expect_response(lambda answer: answer.status == 202, timeout=PATIENCE):
        await page.locator("input[type=file]").set_input_files(file)
    tray = page.get_by_role("banner").get_by_role("button", name="后台任务")
    await page.get_by_role("navigation", name="菜单").get_by_role("link", name="首页").click()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("人员导入")
    await page.reload()
    await tray.click(timeout=PATIENCE)
    box = page.get_by_role("region", name="后台任务")
    await expect(box).to_be_focused()
    await expect(box.get_by_text(f"已处理 0 / {MANY}，有误 {MANY}").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "后台任务")
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await expect(tray).to_be_focused()


@pytest.mark.req("PLAT-08")
async def test_who_comes_back_to_a_list_is_where_he_was(open_page: OpenPage) -> None:
    page = await open_page(PLANS, account="unit01")
    await page.set_viewport_size({"width": 1366, "height": 320})
    rows = page.get_by_role("main").get_by_role("row")
    last = rows.last.get_by_role("link").or_(rows.last.get_by_role("button")).first
    await last.scroll_into_view_if_needed(timeout=PATIENCE)
    before = await page.evaluate("scrollY")
    assert before > 50
    await last.click()
    await expect(page).not_to_have_url(re.compile(f"{PLANS}$"), timeout=PATIENCE)
    await page.go_back()
    await expect(last).to_be_visible(timeout=PATIENCE)
    await page.wait_for_function("before => Math.abs(scrollY - before) < 2", arg=before, timeout=PATIENCE)


@pytest.mark.req("PLAT-08")
async def test_on_paper_there_is_what_the_page_says_and_nothing_to_press(open_page: OpenPage) -> None:
    page = await open_page(PLANS, account="unit01")
    table = page.get_by_role("main").locator("table")
    await expect(table).to_be_visible(timeout=PATIENCE)
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 794, "height": 1123})
    for pressed in ("header", "nav", "form[role=search]", ".switches", "main .el-button"):
        await expect(page.locator(pressed).first).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(table).to_be_visible()
    # A sheet does not scroll: what is wider than it would be cut.
    assert await page.evaluate("document.documentElement.scrollWidth") <= 794
    await page.screenshot(path=SCREENSHOTS / "集体报名-打印.png", full_page=True)
