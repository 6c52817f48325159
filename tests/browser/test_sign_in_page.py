"""登录 as people meet it: the picture check, the code of officials, a locked account, a first password that must be changed."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from services.auth.demo import DEMO_PASSWORD
from shared.services import Service
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    PATIENCE,
    get_code,
    new_employer,
    pass_check,
    press_sign_in,
    read_code,
    sign_in_by_form,
    stack_url,
)
from tests.faults.inside import Inside
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
CHECK = "安全验证"


class TestPictureCheck:
    @pytest.mark.req("AUTH-10", "AUTH-11", "FAQ-M9")
    async def test_nothing_is_sent_before_it_and_it_has_another_way(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/sign-in")
        sent: list[str] = []
        page.on(
            "request",
            lambda request: sent.append(request.url.partition("/api")[2]) if request.method == "POST" else None,
        )
        await page.get_by_role("textbox", name="账号", exact=True).fill("unit01")
        await page.get_by_label("密码", exact=True).fill(DEMO_PASSWORD)
        await page.get_by_role("button", name="登录", exact=True).click()
        dialog = page.get_by_role("dialog", name=CHECK)
        await expect(dialog.locator("img")).to_be_visible(timeout=PATIENCE)
        assert sent == ["/auth/pictures"]
        await looked_at(page, "登录-安全验证")

        await dialog.locator("img").click(position={"x": 20, "y": 60})
        await expect(dialog.get_by_text("1", exact=True)).to_be_visible()
        await dialog.locator("img").click(position={"x": 60, "y": 60})
        await dialog.locator("img").click(position={"x": 100, "y": 60})
        await expect(dialog.get_by_role("status")).to_contain_text("请换一张再试", timeout=PATIENCE)
        assert "/auth/sessions" not in sent

        await pass_check(page)
        await expect(
            page.get_by_role("button", name="重新登录").or_(page.get_by_role("button", name="继续登录"))
        ).to_be_visible(timeout=PATIENCE)

    @pytest.mark.req("AUTH-11", "FAQ-M9")
    async def test_the_button_for_a_code_leads_through_it_and_then_counts(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/recovery", width=390)
        await page.get_by_label("手机号码").fill("13700000001")
        await page.get_by_role("button", name="获取验证码").click()
        await expect(page.get_by_role("dialog", name=CHECK)).to_be_visible()
        await looked_at(page, "忘记账号密码-安全验证-手机")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="获取验证码")).to_be_visible()
        await page.get_by_role("button", name="获取验证码").click()
        await pass_check(page)
        await expect(page.get_by_role("button", name=re.compile(r"^1?\d 秒后可重新获取"))).to_be_visible(
            timeout=PATIENCE
        )
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


class TestCodeOfOfficials:
    @pytest.mark.req("AUTH-28", "FAQ-D17")
    async def test_an_official_enters_a_code_and_finds_where_to_change_the_phone(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/sign-in")
        asked_at = datetime.now(UTC)
        await press_sign_in(page, "county01")
        code = page.get_by_label("短信验证码")
        await expect(code).to_be_focused(timeout=PATIENCE)
        await expect(page.get_by_role("status")).to_contain_text("138****7204")
        await expect(page.get_by_role("link", name="更换手机号")).to_be_visible()
        await looked_at(page, "登录-短信验证码")

        await code.fill("000000")
        await page.get_by_role("button", name="登录", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("短信验证码不正确", timeout=PATIENCE)
        await code.fill(await read_code(stack_url(page), "138****7204", asked_at))
        await page.get_by_role("button", name="登录", exact=True).click()
        inside, further = page.get_by_role("button", name="重新登录"), page.get_by_role("button", name="继续登录")
        await expect(inside.or_(further)).to_be_visible(timeout=PATIENCE)

    @pytest.mark.req("AUTH-28")
    async def test_a_code_sent_a_moment_ago_is_still_good(self, open_page: OpenPage) -> None:
        first = await open_page("/sign-in")
        await press_sign_in(first, "city01")
        await expect(first.get_by_label("短信验证码")).to_be_visible(timeout=PATIENCE)
        second = await open_page("/sign-in")
        await press_sign_in(second, "city01")
        await expect(second.get_by_label("短信验证码")).to_be_visible(timeout=PATIENCE)
        await expect(second.get_by_role("button", name="秒后可重新获取")).to_be_visible()
        await second.get_by_role("button", name="返回").click()
        await sign_in_by_form(second, "city01")

    @pytest.mark.req("AUTH-28", "FAQ-D17")
    async def test_change_of_phone_says_what_to_do_when_the_old_one_is_lost(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/sign-in")
        await press_sign_in(page, "province01")
        await page.get_by_role("link", name="更换手机号").click(timeout=PATIENCE)
        await expect(page.get_by_role("heading", level=1)).to_have_text("更改手机号")
        await page.get_by_role("main").get_by_role("link", name="申请由上级机构更换").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("申请更换手机号")
        await looked_at(page, "申请更换手机号")


class TestLock:
    @pytest.mark.req("FAQ-D12", "BEY-09")
    async def test_it_says_until_when_and_an_sms_opens_it_at_once(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer = await new_employer(stack.base_url)
        page = await open_page("/sign-in")
        for number in range(6):
            await press_sign_in(page, employer.login_name, f"Wrong#{number}")
            await expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("alert")).to_contain_text("锁定")
        await expect(page.get_by_role("alert")).to_contain_text(re.compile(r"\d{2}:\d{2}"))
        await looked_at(page, "登录-已锁定")
        await page.get_by_role("link", name="用短信验证码解除锁定").click()
        await page.get_by_label("登录账号").fill(employer.login_name)
        await page.get_by_label("手机号码").fill(employer.phone)
        await get_code(page, employer.phone)
        await looked_at(page, "解除锁定")
        await page.get_by_role("button", name="解除锁定").click()
        await expect(page.get_by_role("status")).to_contain_text("账号已解除锁定", timeout=PATIENCE)
        await page.get_by_role("link", name="去登录").click()
        await sign_in_by_form(page, employer.login_name)


class TestFirstPassword:
    @pytest.mark.req("AUTH-12")
    async def test_a_password_that_somebody_else_has_set_is_changed_first(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer = await new_employer(stack.base_url)
        with Inside(stack).connect(Service.AUTH) as connection:
            flag = "UPDATE accounts SET must_change_password = true WHERE login_name = %s"
            connection.execute(flag, [employer.login_name])
        page = await open_page("/declarations")
        await sign_in_by_form(page, employer.login_name)
        await expect(page.get_by_role("alert")).to_contain_text("首次登录请先修改初始密码")
        await looked_at(page, "首次登录修改密码")
        await page.goto("/")
        await expect(page.get_by_role("heading", level=1)).to_have_text("个人设置")

        await page.get_by_label("旧密码").fill(DEMO_PASSWORD)
        await page.get_by_label("新密码").fill("weak")
        await page.get_by_role("button", name="修改密码").click()
        await expect(page.get_by_role("alert").last).to_contain_text("密码", timeout=PATIENCE)
        await page.get_by_label("新密码").fill("Fresh#2581")
        await page.get_by_role("button", name="修改密码").click()
        await expect(page.get_by_role("status").first).to_contain_text("密码已修改", timeout=PATIENCE)
        await page.get_by_role("link", name="首页").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
