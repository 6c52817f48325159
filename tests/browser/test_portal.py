"""The portal in a real browser against the whole platform: signing in and being told of its end, the menu, and 集体报名."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, press_sign_in, sign_in_by_form

LookedAt = Callable[[Page, str], Awaitable[None]]
PLAN = "职业病诊断医师培训"
ELSEWHERE = "该账号已在别处登录"
SIGN_IN = re.compile("/sign-in")
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


async def search(page: Page, name: str) -> None:
    await page.get_by_label("培训班名称").fill(name)
    await page.get_by_role("button", name="查询").click()


class TestSignIn:
    @pytest.mark.req("AUTH-16")
    async def test_the_eye_shows_the_password_to_mouse_and_keyboard(self, open_page: OpenPage) -> None:
        page = await open_page("/sign-in")
        field = page.get_by_label("密码", exact=True)
        await field.fill("Secret#1")
        await expect(field).to_have_attribute("type", "password")
        await page.get_by_role("button", name="显示密码").click()
        await expect(field).to_have_attribute("type", "text")
        await page.keyboard.press("Enter")
        await expect(field).to_have_attribute("type", "password")

    async def test_a_refusal_says_why_and_takes_the_focus(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/sign-in")
        await looked_at(page, "登录")
        await page.get_by_role("button", name="登录", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("请填写账号；请填写密码")
        await press_sign_in(page, "nobody-of-that-name")
        await expect(page.get_by_role("alert")).to_contain_text("账号或密码错误", timeout=PATIENCE)
        await expect(page.get_by_role("alert")).to_be_focused()
        await looked_at(page, "登录-未通过")

    @pytest.mark.req("AUTH-09")
    async def test_a_second_sign_in_asks_and_the_first_is_told(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        first = await open_page("/registrations", account="unit01", live=False)
        second = await open_page("/sign-in")
        await press_sign_in(second, "unit01")
        dialog = second.get_by_role("dialog", name=ELSEWHERE)
        await expect(dialog).to_contain_text("登录", timeout=PATIENCE)
        await looked_at(second, "登录-已在别处登录")
        await dialog.get_by_role("button", name="继续登录").click()
        await expect(second.get_by_role("button", name="重新登录")).to_be_visible(timeout=PATIENCE)

        await search(first, PLAN)
        await expect(first).to_have_url(SIGN_IN)
        await expect(first.get_by_role("alert")).to_contain_text("登录")
        await looked_at(first, "登录-已被结束")
        await sign_in_by_form(first)
        await expect(first).to_have_url(re.compile(r"/registrations\?name="))

    @pytest.mark.req("AUTH-19")
    async def test_signing_out_ends_the_session(self, open_page: OpenPage) -> None:
        page = await open_page("/", account="unit01")
        await page.get_by_role("button", name="重新登录").click()
        await expect(page).to_have_url(SIGN_IN)
        await page.goto("/registrations")
        await expect(page).to_have_url(SIGN_IN)

    @pytest.mark.req("AUTH-21")
    async def test_inside_wechat_there_is_a_plain_page_with_the_address(
        self, open_page: OpenPage, portal: str, looked_at: LookedAt
    ) -> None:
        page = await open_page("/registrations", width=390, user_agent=WECHAT)
        await expect(page.get_by_role("heading")).to_have_text("请换用其他浏览器打开")
        await expect(page.get_by_label("本页地址")).to_have_value(f"{portal}/registrations")
        await expect(page.get_by_role("button")).to_have_count(0)
        await looked_at(page, "请换用其他浏览器")

    @pytest.mark.req("AUTH-21", "PLAT-02")
    async def test_where_a_file_of_the_portal_does_not_come_the_page_says_so(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/sign-in")
        await page.route("**/assets/index-*.js", lambda route: route.abort())
        await page.goto("/sign-in")
        await expect(page.get_by_role("heading")).to_have_text("页面没有完整打开")
        await looked_at(page, "页面没有完整打开")
        await page.unroute("**/assets/index-*.js")
        await page.get_by_role("button", name="重新打开").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("职业健康信息平台", timeout=PATIENCE)


class TestMenu:
    @pytest.mark.req("AUTH-17")
    async def test_it_shows_what_the_account_may_do_and_no_other(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        unit = await open_page("/", account="unit01")
        filing = ["首页", "职业健康检查机构资质申报", "人员信息", "人员调动"]
        training = ["集体报名", "集体选班", "候补", "集体成绩查询", "证书到期与复训", "补报申请", "信息更正", "证书"]
        await expect(unit.get_by_role("navigation").get_by_role("link")).to_have_text([*filing, *training])
        await looked_at(unit, "首页")

        province = await open_page("/registrations", account="province01")
        await expect(province.get_by_role("heading", name="没有找到该页面")).to_be_visible()
        await expect(province.get_by_role("navigation").get_by_role("link")).to_have_text(
            [
                "首页",
                "培训计划",
                "报名审核",
                "补报申请",
                "身份证号核准",
                "信息更正",
                "分班",
                "选班进度",
                "成绩录入",
                "证书",
                "证书编号与模板",
                "统计",
                "群发",
                "发送记录",
            ]
        )
        await looked_at(province, "没有找到该页面")


class TestHome:
    @pytest.mark.req("FAQ-M1")
    async def test_a_unit_sees_its_first_steps_and_its_last_sign_in(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/")
        await sign_in_by_form(page, "unit02")
        await page.get_by_role("button", name="重新登录").click()
        await sign_in_by_form(page, "unit02")
        steps = page.get_by_role("region", name="首次使用，请依次办理")
        await expect(steps.get_by_role("listitem")).to_have_count(3, timeout=PATIENCE)
        await expect(steps).to_contain_text("未完成")
        await expect(steps.get_by_role("link", name="集体报名")).to_be_visible()
        await expect(page.get_by_role("region", name="需要我办理")).to_be_visible()
        await expect(page.get_by_role("region", name="培训的通知")).to_be_visible()
        await expect(page.get_by_role("region", name="日程").get_by_role("button", name="导入日历")).to_be_visible()
        await expect(page.get_by_role("region", name="账号", exact=True)).to_contain_text("Chrome")
        await looked_at(page, "首页-首次使用")


class TestGroupRegistrations:
    @pytest.mark.req("TRN-30", "FAQ-M3")
    async def test_filters_stand_in_the_address_and_an_empty_list_names_them(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/", account="unit01")
        await page.get_by_role("navigation").get_by_role("link", name="集体报名").click()
        row = page.get_by_role("row").filter(has_text=PLAN).first
        await expect(row).to_be_visible()
        await looked_at(page, "集体报名")

        await search(page, "没有这个班")
        empty = page.get_by_role("region", name="集体报名")
        await expect(empty).to_contain_text("培训班名称：含“没有这个班”")
        await expect(empty).to_contain_text("是否截止：否")
        await looked_at(page, "集体报名-没有结果")
        await page.reload()
        await expect(page.get_by_role("textbox", name="培训班名称")).to_have_value("没有这个班")
        await expect(row).to_have_count(0)

        await page.get_by_role("button", name="清除全部条件").click()
        await expect(row).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("textbox", name="培训班名称")).to_have_value("没有这个班")

    @pytest.mark.req("FAQ-M3")
    async def test_my_registrations_are_one_switch_away(self, open_page: OpenPage) -> None:
        page = await open_page("/registrations?name=没有这个班", account="unit01")
        await page.get_by_role("button", name="看我的报名").click()
        await expect(page).to_have_url(re.compile(r"mine=true$"))
        await expect(page.get_by_role("switch", name="我的报名")).to_be_checked()
        await expect(page.get_by_role("row").filter(has_text=PLAN).first).to_be_visible()

    async def test_it_fits_on_a_phone(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/registrations", width=390, account="unit01")
        await expect(page.get_by_role("row").filter(has_text=PLAN).first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await looked_at(page, "集体报名-手机")
        await page.get_by_role("button", name="菜单").click()
        await page.get_by_role("navigation").get_by_role("link", name="首页").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
