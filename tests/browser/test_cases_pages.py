"""Requests of people without an account: 在线咨询, 账号申诉 with its look-up, 信用代码认领, and 进度查询 by number."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import FilePayload, Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, get_code, new_employer, unused_credit_code, unused_mobile
from tests.services.auth.applicants import PNG
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
NUMBER = re.compile(r"[A-Z]{2}(-[0-9A-Z]{4}){3}")


async def choose_region(page: Page) -> None:
    await page.get_by_label("所在地区（第 1 级）").select_option(label="南京市", timeout=PATIENCE)
    await page.get_by_label("所在地区（第 2 级）").select_option(label="玄武区", timeout=PATIENCE)


async def look_up(page: Page, code: str) -> None:
    await page.get_by_label("统一社会信用代码").fill(code)
    await page.get_by_role("button", name="查询").click()


async def attach(page: Page) -> None:
    # Handed over as bytes: where the system's language is C, the browser finds no file of a Chinese name.
    file = FilePayload(name="营业执照.png", mimeType="image/png", buffer=PNG)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_text("营业执照.png")).to_be_visible(timeout=PATIENCE)


async def follow(page: Page) -> str:
    """Goes from the notice that it was filed to its progress; its number."""
    status = page.get_by_role("status").filter(has_text="已提交")
    await expect(status).to_contain_text(NUMBER, timeout=PATIENCE)
    found = NUMBER.search(await status.inner_text())
    assert found
    await status.get_by_role("link", name="进度查询").click()
    await expect(page.get_by_role("heading", level=2)).to_contain_text(found[0], timeout=PATIENCE)
    return found[0]


class TestEnquiry:
    @pytest.mark.req("AUTH-30", "FAQ-D13", "BEY-08")
    async def test_a_question_is_followed_and_a_failed_dictionary_is_tried_again(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/sign-in", width=390)

        async def fail(route: Route) -> None:
            await route.abort()

        await page.route("**/api/auth/regions?*", fail)
        await page.get_by_role("link", name="在线咨询").click()
        failed = page.get_by_role("alert").filter(has_text="没有加载成功")
        await expect(failed).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "在线咨询-选项加载失败-手机")
        await page.unroute("**/api/auth/regions?*", fail)
        await failed.get_by_role("button", name="重试").click()
        await choose_region(page)
        await expect(failed).to_have_count(0)

        await page.get_by_label("姓名").fill("钱文")
        await page.get_by_label("问题").fill("注册时找不到本单位所在的街道，应该选哪一项？")
        await expect(page.get_by_text("已保存")).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("问题")).to_have_value(re.compile("街道"))
        await page.get_by_role("button", name="提交", exact=True).click()
        await page.get_by_role("alert").get_by_role("link", name="请填写手机号码").click()
        await expect(page.get_by_label("手机号码")).to_be_focused()
        await page.keyboard.type(unused_mobile())
        await page.get_by_role("button", name="提交", exact=True).click()
        await follow(page)
        await looked_at(page, "进度查询-手机")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await attach(page)
        await page.get_by_role("button", name="撤回", exact=True).click()
        await looked_at(page, "进度查询-撤回-手机")
        await page.get_by_role("button", name="确认撤回").click()
        await expect(page.get_by_role("heading", level=2)).to_contain_text("撤回", timeout=PATIENCE)
        await expect(page.get_by_role("button", name="撤回", exact=True)).to_have_count(0)


class TestAppeal:
    @pytest.mark.req("FAQ-D2", "AUTH-26")
    async def test_a_code_that_nobody_has_leads_to_signing_up(self, open_page: OpenPage) -> None:
        page = await open_page("/appeal")
        await look_up(page, unused_credit_code())
        await expect(page.get_by_text("尚未注册", exact=False).first).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("main").get_by_role("link", name="企业注册").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("企业注册")

    @pytest.mark.req("FAQ-D2", "AUTH-26", "BEY-08")
    async def test_it_says_two_digits_of_the_phone_and_the_appeal_is_followed(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer, phone = await new_employer(stack.base_url), unused_mobile()
        page = await open_page("/appeal")
        await look_up(page, employer.credit_code)
        await expect(page.get_by_text(f"尾号 {employer.phone[-2:]}")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_text(employer.name)).to_have_count(0)
        await page.get_by_label("申诉人姓名").fill("李晓梅")
        await page.get_by_label("新手机号码").fill(phone)
        await get_code(page, phone)
        await page.get_by_label("申诉理由").fill("原经办人已离职，注册手机号由其本人带走。")
        await attach(page)
        await looked_at(page, "账号申诉")
        code = await page.get_by_label("短信验证码").input_value()
        # Number, reason and uploads outlive a reload; phone and code are typed again (BEY-08).
        await page.reload()
        await page.get_by_role("button", name="查询").click()
        await expect(page.get_by_text("营业执照.png")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_label("申诉理由")).to_have_value(re.compile("已离职"))
        await page.get_by_label("新手机号码").fill(phone)
        await page.get_by_label("短信验证码").fill(code)
        await page.get_by_role("button", name="提交申诉").click()
        await follow(page)
        await expect(page.get_by_role("main")).to_contain_text("玄武区")
        await looked_at(page, "进度查询")


class TestClaim:
    @pytest.mark.req("FAQ-D10", "BEY-13", "AUTH-11", "PLAT-13")
    async def test_every_bad_field_is_named(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/claim")
        await page.get_by_role("button", name="提交认领").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_be_focused(timeout=PATIENCE)
        await expect(alert.get_by_role("link")).to_have_count(8)
        name = page.get_by_label("单位名称")
        await expect(name).to_have_attribute("aria-invalid", "true")
        await expect(name).to_have_accessible_description(re.compile("请填写单位名称"))
        # A code is asked for without a phone: the phone is asked for first, and no picture.
        await page.get_by_role("button", name="获取验证码").click()
        await expect(alert).to_contain_text("请填写手机号码")
        await page.get_by_label("手机号码").fill("12345")
        await page.get_by_role("button", name="获取验证码").click()
        await expect(alert).to_contain_text("11位数字", timeout=PATIENCE)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await looked_at(page, "信用代码认领-未通过")
