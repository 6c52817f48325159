"""使用手册 in a browser: from a page to where the reader's own guide explains it, and for who cannot sign in (BEY-18)."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.managing import fits_a_phone
from tests.browser.steps import PATIENCE

LookedAt = Callable[[Page, str], Awaitable[None]]
pytestmark = pytest.mark.req("BEY-18")


async def pressed_help(page: Page) -> Page:
    """The window that 使用手册 opens."""
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="使用手册").click()
    return await opened.value


async def test_a_page_leads_to_its_place_in_the_readers_own_guide(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/registrations", account="unit01")
    guide = await pressed_help(page)
    await expect(guide).to_have_url(re.compile("/guides/unit#registrations$"), timeout=PATIENCE)
    section = guide.get_by_role("region", name="集体报名：找到培训计划")
    await expect(section).to_be_focused(timeout=PATIENCE)
    await expect(section.get_by_role("link", name="打开：集体报名")).to_be_visible()
    picture = section.get_by_role("img")
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("complete", True, timeout=PATIENCE)
    assert await picture.evaluate("image => image.naturalWidth") > 500
    await looked_at(guide, "使用手册")
    paper = guide.get_by_role("link", name="下载 PDF")
    assert await paper.get_attribute("download") == "培训单位使用手册.pdf"
    kind = "link => fetch(link.href).then(answer => `${answer.status} ${answer.headers.get('content-type')}`)"
    assert await paper.evaluate(kind) == "200 application/pdf"
    await guide.get_by_label("在本手册中查找").fill("同进同出")
    await expect(guide.get_by_role("status")).to_have_text("1 处")
    await expect(guide.get_by_role("region")).to_have_count(1)
    await guide.close()


async def test_who_cannot_sign_in_finds_the_old_questions_answered(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/sign-in")
    guide = await pressed_help(page)
    await expect(guide).to_have_url(re.compile("/guides/access#sign-in$"), timeout=PATIENCE)
    await guide.get_by_role("link", name="全部手册").click()
    await expect(guide.get_by_role("heading", name="您的手册")).to_be_visible(timeout=PATIENCE)
    await looked_at(guide, "使用手册-目录")
    await guide.get_by_label("章节或问题中的词").fill("锁定")
    await guide.get_by_role("link", name="登录账号被锁定").click()
    await expect(guide.get_by_role("region", name="解除锁定")).to_be_focused(timeout=PATIENCE)
    await guide.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(guide)
    await looked_at(guide, "使用手册-手机")
    await guide.goto("/guides/nobody")
    await expect(guide.get_by_role("heading", name="没有这本手册")).to_be_visible(timeout=PATIENCE)
    await guide.close()
