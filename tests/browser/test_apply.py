"""账号申请 in a real browser against the whole platform: a new unit fills it in, prints it, hands it in and follows it by its number."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from shared.clock import beijing_today, now_utc, years_after
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, get_code, pass_check, stack_url, unused_credit_code, unused_mobile
from tests.services.auth.applicants import PNG, RESIDENT_ID
from tests.sessions import resumed

LookedAt = Callable[[Page, str], Awaitable[None]]
UNIT = "南京市玄武区梅园社区医院"
NUMBER = re.compile(r"SQ(-[2-9A-Z]{4}){3}")
RED = "rgb(180, 35, 24)"


async def choose_region(page: Page, label: str, *names: str) -> None:
    for depth, name in enumerate(names, 1):
        await page.get_by_label(f"{label}（第 {depth} 级）").select_option(label=name)


async def next_step(page: Page, heading: str) -> None:
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_role("heading", level=2, name=heading)).to_be_focused(timeout=PATIENCE)


async def fill_unit(page: Page) -> None:
    """The unit's part, from nothing to the next part; the draft is made on the way."""
    await page.get_by_label("单位名称").fill(UNIT)
    await page.get_by_label("统一社会信用代码").fill(unused_credit_code())
    await choose_region(page, "行政区划所属区县", "南京市", "玄武区")
    await page.get_by_role("button", name="与所属区县相同").click()
    await page.get_by_label("单位地址").fill("南京市玄武区梅园新村 30 号")
    await page.get_by_label("联系人（必填）").fill("李芳")
    await page.get_by_label("联系人电话").fill("025-83759999")
    await page.get_by_label("体检机构").check()
    await page.get_by_role("button", name="下一步").click()
    await pass_check(page)
    await expect(page.get_by_role("heading", level=2, name="二、申请用户信息")).to_be_focused(timeout=PATIENCE)


async def fill_person(page: Page, phone: str) -> None:
    await page.get_by_label("用户姓名").fill("张小明")
    await page.get_by_label("手机号码").fill(phone)
    await page.get_by_label("身份证号").fill(RESIDENT_ID)
    await page.get_by_label("数据直报员").check()


async def submit(page: Page, phone: str) -> None:
    await get_code(page, phone)
    await page.get_by_role("button", name="提交：账号申请").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("账号申请：待审核", timeout=PATIENCE)


async def return_it(base_url: str, number: str, reason: str) -> None:
    """As the city's account manager does."""
    async with resumed(base_url, "city01") as manager:
        waiting = await manager.get("/api/auth/applications", params={"unit_name": UNIT, "status": "submitted"})
        found = next(each for each in waiting["items"] if each["number"] == number)
        headers = {"If-Match": f'"{found["version"]}"'}
        await manager.post(f"/api/auth/applications/{found['id']}/return", json={"reason": reason}, headers=headers)


def number_in(page: Page) -> str:
    found = NUMBER.search(page.url)
    assert found, page.url
    return found[0]


class TestApplying:
    @pytest.mark.req("AUTH-01")
    async def test_the_empty_form_is_there_for_download(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/sign-in")
        async with page.expect_download(timeout=60_000) as beside_the_sign_in:
            await page.get_by_role("button", name="账号申请表下载").click()
        assert (await (await beside_the_sign_in.value).path()).read_bytes().startswith(b"%PDF")
        await page.get_by_role("link", name="账号申请", exact=True).click()
        await expect(page.get_by_role("button", name="在线填写")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "账号申请")
        async with page.expect_download(timeout=60_000) as download:
            await page.get_by_role("button", name="下载空白申请表").click()
        assert (await (await download.value).path()).read_bytes().startswith(b"%PDF")

    @pytest.mark.req("PLAT-13", "AUTH-02", "AUTH-05")
    async def test_what_must_be_filled_in_is_red_and_named_when_it_is_missing(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/apply?step=1")
        await expect(page.get_by_text("红色为必填项")).to_have_css("color", RED)
        await expect(page.locator("label", has_text="单位名称")).to_have_css("color", RED)
        await expect(page.locator("label", has_text="单位简称")).not_to_have_css("color", RED)
        await page.get_by_label("统一社会信用代码").fill("12320100466023851X")
        await page.get_by_role("button", name="下一步").click()
        await pass_check(page)
        summary = page.get_by_role("alert")
        await expect(summary).to_be_focused(timeout=PATIENCE)
        await expect(summary).to_contain_text("单位地址：必填")
        await looked_at(page, "账号申请-单位-未填完整")
        await summary.get_by_role("link", name="单位属性").click()
        await expect(page.get_by_label("疾控中心")).to_be_focused()

        await page.get_by_role("button", name="暂不填写").click()
        await page.get_by_role("button", name="下一步").click()
        await expect(summary).to_contain_text("身份证号")
        await page.get_by_role("button", name="暂不填写").click()
        await expect(page.get_by_text("申请用途选择“数据直报员”后才能选择")).to_be_visible()
        await expect(page.get_by_label("集体报名")).to_be_disabled()

    @pytest.mark.req("AUTH-08")
    async def test_a_unit_that_has_accounts_may_have_another_and_whose_phone_it_is_is_not_told_while_typing(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/apply?step=1")
        await page.get_by_label("统一社会信用代码").fill("123201024660238511")
        await page.get_by_label("单位名称").fill("南京市玄武区职业病防治院")
        await page.get_by_role("button", name="下一步").click()
        await pass_check(page)
        await expect(page.get_by_text("该单位已有账号，可申请增加账号")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("button", name="暂不填写").click()
        await page.get_by_label("手机号码").fill("13851420617")
        await page.get_by_label("用户姓名").focus()
        await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d"))).to_be_visible()
        # Whoever types it has not proved that it is his: it is told when the code has come (AUTH-08).
        await expect(page.get_by_text("该手机号码已用于本平台另一个正常使用的账号")).to_have_count(0)
        await looked_at(page, "账号申请-手机号码已用")

    @pytest.mark.req("AUTH-02", "AUTH-03", "AUTH-04", "AUTH-06", "AUTH-07", "AUTH-08", "FAQ-M1")
    async def test_a_new_unit_applies_and_follows_its_application(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        phone = unused_mobile()
        page = await open_page("/apply")
        await page.get_by_role("button", name="在线填写").click()
        await fill_unit(page)
        number = number_in(page)

        await fill_person(page, "1380")
        await page.get_by_label("用户姓名").focus()
        await expect(page.locator("#phone-error")).to_be_visible()
        await fill_person(page, phone)
        await expect(page.locator("#phone-error")).to_be_hidden()
        await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d"))).to_be_visible()
        await looked_at(page, "账号申请-用户")

        await next_step(page, "三、用户角色信息")
        await expect(page.get_by_label("单位及用户管理")).to_be_disabled()
        await page.get_by_label("集体报名").check()
        await page.get_by_label("职业健康检查").check()
        await page.get_by_role("button", name="2 年").click()
        today = beijing_today(now_utc())
        await expect(page.get_by_label("申请账号有效期（止）")).to_have_value(years_after(today, 2).isoformat())
        await looked_at(page, "账号申请-权限与有效期")

        await next_step(page, "承诺与签章")
        await page.get_by_label("本人已阅读并承诺遵守以上内容").check()
        async with page.context.expect_page(timeout=60_000) as printed:
            await page.get_by_role("button", name="生成并打印申请表").click()
        # A page behind another is drawn once a second, and each click waits for two drawings.
        await (await printed.value).close()
        await expect(page.get_by_role("link", name="打开申请表（PDF）")).to_be_visible(timeout=60_000)
        await page.get_by_label("签字盖章页").set_input_files(
            {"name": "签字盖章页.png", "mimeType": "image/png", "buffer": PNG}
        )
        await expect(page.get_by_role("button", name="删除 签字盖章页.png")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "账号申请-承诺与签章")

        await next_step(page, "提交")
        await expect(page.get_by_text("已填写完整")).to_have_count(4)
        await looked_at(page, "账号申请-提交")
        await submit(page, phone)
        await expect(page.get_by_text("办理单位")).to_be_visible()
        await looked_at(page, "账号申请-已提交")

        await page.get_by_role("link", name="进度查询").last.click()
        await expect(page.get_by_role("heading", level=2)).to_contain_text(f"{number}：待审核", timeout=PATIENCE)
        await page.get_by_role("link", name="查看或继续填写申请表").click()

        await page.get_by_role("button", name="撤回：账号申请").click()
        await page.get_by_role("dialog").get_by_role("button", name="撤回").click()
        await expect(page.get_by_label("单位名称")).to_have_value(UNIT, timeout=PATIENCE)
        await page.goto(f"/apply?number={number}&step=5")
        await submit(page, phone)

        await return_it(stack_url(page), number, "公章不清晰，请重新上传")
        await page.reload()
        await expect(page.get_by_role("heading", level=1)).to_have_text("账号申请", timeout=PATIENCE)
        await expect(page.get_by_text("公章不清晰，请重新上传")).to_be_visible()
        await looked_at(page, "账号申请-已退回")
        await submit(page, phone)

        await page.get_by_role("button", name="为本单位再申请一个账号").click()
        await expect(page.get_by_label("单位名称")).to_have_value(UNIT)
        assert "number" not in page.url

    @pytest.mark.req("BEY-08", "PLAT-03")
    async def test_it_goes_on_at_another_computer_and_both_are_told(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        phone = unused_mobile()
        first = await open_page("/apply?step=1")
        await fill_unit(first)
        await fill_person(first, phone)
        await expect(first.get_by_text("已保存")).to_be_visible()
        number = number_in(first)
        twin = await first.context.new_page()
        await twin.goto(f"/apply?number={number}")
        await expect(twin.get_by_label("单位名称")).to_have_value(UNIT, timeout=PATIENCE)
        await first.bring_to_front()
        await first.get_by_label("电子邮箱").fill("zhang@example.cn")
        await first.get_by_role("button", name="下一步").click()
        await expect(first.get_by_role("heading", level=2, name="三、用户角色信息")).to_be_visible(timeout=PATIENCE)
        await twin.bring_to_front()
        await twin.get_by_label("单位简称").fill("梅园医院")
        await expect(twin.get_by_role("alert")).to_contain_text("申请表已在别处修改")
        await looked_at(twin, "账号申请-在别处修改")
        await twin.get_by_role("button", name="重新加载").click()
        await expect(twin.get_by_label("单位简称")).to_have_value("", timeout=PATIENCE)

        second = await open_page(f"/apply?number={number}", width=390)
        await looked_at(second, "账号申请-继续填写-手机")
        await get_code(second, phone)
        await second.get_by_role("button", name="继续填写").click()
        await expect(second.get_by_label("单位名称")).to_have_value(UNIT, timeout=PATIENCE)
        assert await second.evaluate("document.documentElement.scrollWidth") <= 390
        await looked_at(second, "账号申请-单位-手机")
        await first.bring_to_front()
        await first.reload()
        await expect(first.get_by_role("heading", level=1)).to_have_text("继续填写账号申请", timeout=PATIENCE)
