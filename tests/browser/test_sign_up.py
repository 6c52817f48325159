"""企业注册 as its wizard: the company search, the two questions about branches, the old account, and refusals that lead to their step."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from services.auth.demo import DEMO_PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    PATIENCE,
    get_code,
    new_employer,
    pass_check,
    sign_in_by_form,
    unused_credit_code,
    unused_mobile,
)
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
HEAD_OFFICE = "91320115MA1MK7H368"


async def to_basics(page: Page) -> str:
    """Through the first step with a code that nobody has, to the second; the code."""
    code = unused_credit_code()
    await page.get_by_label("单位名称").fill(f"南京新注册{code[-6:]}有限公司")
    await page.get_by_label("统一社会信用代码").fill(code)
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_label("单位地址")).to_be_visible(timeout=PATIENCE)
    return code


class TestUnit:
    @pytest.mark.req("FAQ-D9", "ORG-09")
    async def test_two_questions_find_the_head_office(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/enterprise-sign-up")
        await page.get_by_label("单位名称").fill("南京钟山精密铸造有限公司江宁分公司")
        branch = page.get_by_role("radiogroup", name="是否分支机构")
        await branch.get_by_text("是", exact=True).click()
        await page.get_by_text("没有，填写上级机构的代码").click()
        await page.get_by_role("textbox", name="统一社会信用代码").fill(unused_credit_code())
        await expect(page.get_by_role("status").filter(has_text="上级机构")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("textbox", name="统一社会信用代码").fill(HEAD_OFFICE)
        await expect(page.get_by_text("上级机构：南京钟山精密铸造有限公司")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "企业注册-分支机构")

    @pytest.mark.req("FAQ-D9", "FAQ-D10")
    async def test_a_taken_code_shows_the_ways_out(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/enterprise-sign-up")
        await page.get_by_label("单位名称").fill("南京钟山精密铸造有限公司")
        await page.get_by_label("统一社会信用代码").fill(HEAD_OFFICE)
        await page.get_by_role("button", name="下一步").click()
        for way in ("找回账号", "账号申诉", "认领该代码"):
            await expect(page.get_by_role("main").get_by_role("link", name=way).first).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "企业注册-已注册")

    @pytest.mark.req("ORG-07", "AUTH-23")
    async def test_the_registry_and_the_old_account_fill_the_form(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/enterprise-sign-up")
        await page.get_by_label("单位名称").fill("渟澜")
        await page.get_by_role("button", name="查询").click()
        await page.get_by_role("button", name="南京渟澜精细化工有限公司").click(timeout=PATIENCE)
        await expect(page.get_by_label("统一社会信用代码")).to_have_value("91320104MA2R0Q7Q36")
        await page.get_by_label("原账号").fill("ajzw320104999")
        await page.get_by_role("button", name="匹配").click()
        await pass_check(page)
        await expect(page.get_by_text("原账号匹配不上").first).to_be_visible(timeout=PATIENCE)
        await page.get_by_label("原账号").fill("ajzw320104001")
        await page.get_by_role("button", name="匹配").click()
        await pass_check(page)
        await expect(page.get_by_text("原账号匹配不上")).to_have_count(0, timeout=PATIENCE)
        await looked_at(page, "企业注册-单位")
        await page.get_by_role("button", name="下一步").click()
        await expect(page.get_by_label("联系人")).to_have_value("赵晓燕", timeout=PATIENCE)


class TestWizard:
    @pytest.mark.req("FAQ-D11", "AUTH-24", "AUTH-22", "BEY-08")
    async def test_every_refusal_is_named_where_it_is_put_right(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        taken, phone = await new_employer(stack.base_url), unused_mobile()
        page = await open_page("/enterprise-sign-up")
        await page.get_by_role("button", name="下一步").click()
        await expect(page.get_by_role("alert")).to_be_focused(timeout=PATIENCE)
        await expect(page.get_by_role("alert")).to_contain_text("请填写单位名称")
        code = await to_basics(page)
        await page.get_by_role("button", name="下一步").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_be_focused()
        for field in ("所在地区", "单位地址", "法定代表人", "联系人"):
            await expect(alert).to_contain_text(f"请填写{field}")
        await looked_at(page, "企业注册-基本信息-未填写")
        await page.reload()
        await expect(page.get_by_label("单位地址")).to_be_visible(timeout=PATIENCE)
        await page.go_back()
        await expect(page.get_by_label("统一社会信用代码")).to_have_value(code)
        await page.go_forward()
        await page.get_by_label("所在地区（第 1 级）").select_option(label="南京市")
        await page.get_by_label("所在地区（第 2 级）").select_option(label="玄武区", timeout=PATIENCE)
        await page.get_by_label("单位地址").fill("南京市玄武区中山路1号")
        await page.get_by_label("法定代表人").fill("王志远")
        await page.get_by_label("联系人").fill("李晓梅")
        await page.get_by_role("button", name="下一步").click()

        await page.get_by_label("手机号码").fill(phone)
        await get_code(page, phone)
        await page.get_by_label("登录账号").fill(taken.login_name)
        password = page.get_by_label("登录密码")
        await password.fill("alllower")
        await page.get_by_role("button", name="注册", exact=True).click()
        await expect(alert).to_be_focused(timeout=PATIENCE)
        frame = page.locator(".el-input__wrapper").filter(has=password)
        await expect(frame).to_have_css("box-shadow", "rgb(180, 35, 24) 0px 0px 0px 1px inset")
        await looked_at(page, "企业注册-账号-未通过")
        await password.fill(DEMO_PASSWORD)
        await page.get_by_role("button", name="注册", exact=True).click()
        await expect(alert).to_contain_text("登录账号", timeout=PATIENCE)
        login = f"e{code[-10:].lower()}"
        await page.get_by_label("登录账号").fill(login)
        await page.get_by_role("button", name="注册", exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text("注册成功", timeout=PATIENCE)
        await page.get_by_role("link", name="去登录").click()
        await sign_in_by_form(page, login)
