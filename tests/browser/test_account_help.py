"""What somebody does who cannot sign in: recover the account, change the phone, activate; and 个人设置, where the same is done inside."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from ops.client import PlatformClient
from services.auth.demo import DEMO_PASSWORD, demo_id
from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    PATIENCE,
    get_code,
    new_employer,
    press_sign_in,
    read_text,
    sign_in_by_form,
    unused_mobile,
)
from tests.sessions import resumed
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
FRESH = "Fresh#2581"
RED, GREY = "rgb(180, 35, 24)", "rgb(238, 241, 244)"


async def activation_link(stack: Stack) -> str:
    """The link of an account that the city's officials have just opened for a unit."""
    phone, began = unused_mobile(), datetime.now(UTC)
    async with resumed(stack.base_url, "city01") as client:
        today = beijing_today(now_utc())
        body = {
            "organisation_id": str(demo_id("unit01/organisation")),
            "person_name": "沈一鸣",
            "phone": phone,
            "grants": ["group_registration"],
            "valid_from": today.isoformat(),
            "valid_until": (today + timedelta(days=365)).isoformat(),
        }
        await client.post("/api/auth/accounts", json=body)
    found = re.search(r"/activate#\S+", await read_text(stack.base_url, phone, "activate", began))
    assert found
    return found[0]


class TestRecovery:
    @pytest.mark.req("AUTH-25", "AUTH-24", "AUTH-16")
    async def test_it_shows_the_account_and_sets_a_new_password(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer = await new_employer(stack.base_url)
        page = await open_page("/recovery")
        await page.get_by_label("手机号码").fill(employer.phone)
        await get_code(page, employer.phone)
        await looked_at(page, "忘记账号密码")
        await page.get_by_role("button", name="查看账号").click()
        name = page.get_by_text(employer.login_name, exact=True)
        await expect(name).to_be_visible(timeout=PATIENCE)
        await expect(name).to_have_css("color", RED)
        await expect(name).to_have_css("background-color", GREY)

        password = page.get_by_label(f"为 {employer.login_name} 设置新密码")
        await password.fill("weak")
        await page.get_by_role("button", name="设置新密码").click()
        await expect(page.get_by_role("alert")).to_be_focused(timeout=PATIENCE)
        frame = page.locator(".el-input__wrapper").filter(has=password)
        await expect(frame).to_have_css("box-shadow", re.compile(re.escape(RED)))
        await looked_at(page, "忘记账号密码-账号")
        await password.fill(FRESH)
        await page.get_by_role("button", name="设置新密码").click()
        # The code has proved who it is (AUTH-11): no second sign-in is asked for.
        await expect(page.get_by_role("button", name="重新登录")).to_be_visible(timeout=PATIENCE)


class TestChangePhone:
    @pytest.mark.req("AUTH-20", "AUTH-11")
    async def test_the_code_comes_to_the_new_phone_and_signs_in(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer, phone = await new_employer(stack.base_url), unused_mobile()
        page = await open_page("/change-phone")
        await page.get_by_label("登录账号").fill(employer.login_name)
        await page.get_by_label("登录密码").fill(DEMO_PASSWORD)
        await page.get_by_label("旧手机号码").fill(employer.phone)
        await page.get_by_label("新手机号码").fill(phone)
        await get_code(page, phone)
        await looked_at(page, "更改手机号")
        await page.get_by_role("button", name="登录", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("您好", timeout=PATIENCE)
        await expect(page.get_by_text(f"{phone[:3]}****{phone[-4:]}")).to_be_visible()


class TestActivation:
    @pytest.mark.req("AUTH-12", "AUTH-16")
    async def test_the_link_sets_the_first_password(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        link = await activation_link(stack)
        page = await open_page(link)
        await expect(page.get_by_text("南京市玄武区职业病防治院")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "账号激活")
        await page.get_by_label("设置密码").fill(FRESH)
        await page.get_by_role("button", name="设置密码").click()
        await page.get_by_role("link", name="去登录").click(timeout=PATIENCE)
        used = await open_page(link)
        await expect(used.get_by_role("alert")).to_contain_text("该激活已失效", timeout=PATIENCE)
        await expect(used.get_by_label("短信验证码")).to_be_visible()
        await looked_at(used, "账号激活-已失效")


class TestSettings:
    @pytest.mark.req("AUTH-18", "AUTH-16")
    async def test_password_phone_and_colour(self, open_page: OpenPage, stack: Stack, looked_at: LookedAt) -> None:
        employer, phone = await new_employer(stack.base_url), unused_mobile()
        page = await open_page("/settings")
        await sign_in_by_form(page, employer.login_name)
        await page.get_by_role("button", name="更换手机号").click(timeout=PATIENCE)
        await page.get_by_label("登录密码").fill(DEMO_PASSWORD)
        await page.get_by_label("新手机号码").fill(phone)
        await get_code(page, phone)
        await page.get_by_role("button", name="更换", exact=True).click()
        await expect(page.get_by_text(f"{phone[:3]}****{phone[-4:]}")).to_be_visible(timeout=PATIENCE)

        await page.get_by_role("radiogroup", name="主体颜色").get_by_text("绿色").click()
        await page.get_by_role("button", name="保存").click()
        await expect(page.get_by_role("banner")).to_have_css("background-color", "rgb(18, 82, 48)", timeout=PATIENCE)
        await page.get_by_role("radio", name="是").check(force=True)
        await expect(page.get_by_label("旧密码")).to_be_visible()
        await looked_at(page, "个人设置")
        await self.calendar_and_pushes(page, looked_at)

        await page.get_by_label("旧密码").fill(DEMO_PASSWORD)
        await page.get_by_label("新密码").fill(FRESH)
        await page.get_by_role("button", name="修改密码").click()
        await expect(page.get_by_text("密码已修改")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("button", name="重新登录").click()
        await expect(page.get_by_role("button", name="登录", exact=True)).to_have_css(
            "background-color", "rgb(29, 95, 168)"
        )
        await sign_in_by_form(page, employer.login_name, FRESH)
        await expect(page.get_by_role("banner")).to_have_css("background-color", "rgb(18, 82, 48)")

    async def calendar_and_pushes(self, page: Page, looked_at: LookedAt) -> None:
        """BEY-03, BEY-16: an address is shown once; a place for messages is added, tried and looked into."""
        await page.get_by_role("button", name="生成订阅地址").click()
        await expect(page.get_by_label("订阅地址")).to_have_value(re.compile("calendar.ics.key="), timeout=PATIENCE)
        await page.get_by_role("button", name="已保存，不再显示").click()
        await page.get_by_role("button", name="添加消息推送").click()
        await page.get_by_label("名称").fill("申报系统")
        await page.get_by_label("接收地址").fill("https://10.0.0.1/hook")
        await page.locator("#hook-kinds").get_by_text("申报驳回").click()
        await page.get_by_role("button", name="添加", exact=True).click()
        await expect(page.get_by_text("不能是内网地址").last).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "消息推送-添加")
        await page.get_by_label("接收地址").fill("https://hook.invalid/hook")
        await page.get_by_role("button", name="添加", exact=True).click()
        await expect(page.get_by_label("签名密钥")).to_have_value(re.compile("^whsec_"), timeout=PATIENCE)
        await page.get_by_role("button", name="已保存，不再显示").click()
        await page.get_by_role("button", name="试推送：申报系统").click()
        await page.get_by_role("dialog").get_by_role("button", name="试推送").click()
        await page.get_by_role("button", name="推送记录：申报系统").click(timeout=PATIENCE)
        await expect(page.get_by_role("cell", name="试推送").first).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "消息推送-记录")
        await page.get_by_role("button", name="关闭", exact=True).click()

    @pytest.mark.req("BEY-08", "AUTH-09")
    async def test_what_was_typed_outlives_the_session(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        employer = await new_employer(stack.base_url)
        page = await open_page("/settings", account=employer.login_name, live=False)
        await page.get_by_label("电子邮箱").fill("shen@example.com", timeout=PATIENCE)
        async with PlatformClient(stack.base_url) as elsewhere:
            await elsewhere.sign_in(employer.login_name, DEMO_PASSWORD)
            await page.get_by_role("button", name="保存").click()
            await expect(page).to_have_url(re.compile("/sign-in"), timeout=PATIENCE)
        await press_sign_in(page, employer.login_name)
        await page.get_by_role("button", name="继续登录").click(timeout=PATIENCE)
        await expect(page.get_by_label("电子邮箱")).to_have_value("shen@example.com", timeout=PATIENCE)
        await expect(page.get_by_text("先前填写、还没有保存的内容")).to_be_visible()
        await looked_at(page, "个人设置-恢复")
