"""What account managers do, in a browser: open an account that was applied for, repair who cannot sign in, look after the rest."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from playwright.async_api import FilePayload, Page, expect

from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.managing import Applicant, activate, beside_it, decide, dialog_of, fits_a_phone
from tests.browser.steps import PATIENCE, calendars_gone, sign_in_by_form
from tests.services.auth.records import new_mobile
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
PASSWORD = "Meiyuan#2580"
COUNTY = "南京市玄武区卫生健康委员会"


class TestApplications:
    @pytest.mark.req("STAFF-11", "AUTH-07", "PLAT-07")
    async def test_one_is_returned_changed_opened_and_signed_in_with(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        applicant = Applicant(stack, with_pdf=True)
        await applicant.submit()
        page = await open_page("/applications?region_code=320102", account="city01", shows_papers=True)
        row = page.get_by_role("row").filter(has_text=applicant.number)
        await expect(row).to_contain_text("待审核")
        await looked_at(page, "账号申请审核")

        await row.get_by_role("link").click()
        await expect(page.get_by_text("1101********002X")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_text(applicant.form["phone"])).to_have_count(0)
        file = page.get_by_role("link", name="签字盖章页.png")
        await expect(file).to_have_attribute("target", "_blank")
        opened = "path => fetch(path).then(answer => answer.headers.get('content-type'))"
        assert await page.evaluate(opened, await file.get_attribute("href")) == "image/png"
        await looked_at(page, "账号申请审核-详情")
        await beside_it(page)
        await page.get_by_role("button", name="显示完整").click()
        await expect(page.get_by_text(applicant.form["phone"])).to_be_visible()
        await expect(page.get_by_role("table", name="办理记录")).to_contain_text("查看完整信息")

        await decide(page, "退回", reason="单位地址请写到门牌号")
        await expect(page.get_by_text("已退回，理由：单位地址请写到门牌号")).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("^开通："))).to_have_attribute("aria-disabled", "true")
        await expect(page.get_by_text("申请已退回申请人修改，重新提交后再办理").first).to_be_visible()
        await looked_at(page, "账号申请审核-已退回")

        await applicant.change(unit_address="南京市玄武区梅园新村 30 号 2 楼")
        await applicant.submit()
        await page.reload()
        changes = page.get_by_role("table", name="与上次提交相比的变化")
        await expect(changes).to_contain_text("南京市玄武区梅园新村 30 号 2 楼")
        opened_at = datetime.now(UTC)
        await page.get_by_role("button", name=re.compile("^开通：")).click()
        dialog, phone = dialog_of(page, "^开通："), applicant.form["phone"]
        await expect(dialog).to_contain_text(f"短信发送到 {phone[:3]}****{phone[-4:]}")
        await looked_at(page, "账号申请审核-开通")
        await dialog.get_by_label("登录账号").fill("X")
        await dialog.get_by_role("button", name="开通", exact=True).click()
        await expect(dialog.get_by_role("alert")).to_be_focused()
        name = f"meiyuan{phone[-4:]}"
        await dialog.get_by_label("登录账号").fill(name)
        await dialog.get_by_role("button", name="开通", exact=True).click()
        await expect(page.get_by_text(f"已开通账号 {name}")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "账号申请审核-已开通")

        await activate(open_page, stack, phone, opened_at, PASSWORD)
        unit = await open_page("/sign-in")
        await sign_in_by_form(unit, name, PASSWORD)
        await expect(unit.get_by_role("navigation").get_by_role("link", name="集体报名")).to_be_visible()


class TestAccess:
    @pytest.mark.req("STAFF-11", "ORG-12", "FAQ-D21")
    async def test_why_a_county_cannot_sign_in_and_what_repairs_it(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/organisations?level=county", account="city01")
        row = page.get_by_role("row").filter(has_text=COUNTY)
        await expect(row).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "单位")
        await row.get_by_role("link").click()
        await expect(page.get_by_role("table", name="该单位的账号")).to_contain_text("county01")
        await looked_at(page, "单位-详情")
        await page.get_by_role("button", name=f"停用：{COUNTY}").click()
        dialog = dialog_of(page, "^停用：")
        await dialog.get_by_text("连同下级机构及其账号").click()
        await expect(dialog).to_contain_text("一并停用")
        await looked_at(page, "单位-停用")
        await dialog.get_by_label("理由").fill("核对机构")
        await dialog.get_by_role("button", name="停用", exact=True).click()
        await expect(dialog).to_be_hidden(timeout=PATIENCE)

        await page.get_by_role("link", name="无法登录排查").click()
        await page.get_by_label("哪个单位或账号不能登录").fill("玄武区卫生健康")
        await page.get_by_role("button", name="查询").click()
        await expect(page).to_have_url(re.compile("access-checks\\?q="))
        unit = page.get_by_role("region", name=COUNTY)
        await expect(unit.get_by_role("status")).to_have_text("不能登录")
        await expect(unit.get_by_role("listitem").filter(has_text="机构是否启用").first).to_contain_text("✗ 不能登录")
        await looked_at(page, "无法登录排查")

        await unit.get_by_role("button", name=f"启用：{COUNTY}").first.click()
        await dialog_of(page, "^启用：").get_by_role("button", name="启用", exact=True).click()
        await expect(unit.get_by_role("listitem").filter(has_text="机构是否启用").first).to_contain_text("✓ 正常")
        await expect(unit.get_by_role("status")).to_have_text("不能登录")
        await unit.get_by_role("button", name="启用：county01").click()
        await looked_at(page, "无法登录排查-启用")
        await dialog_of(page, "^启用：").get_by_role("button", name="启用", exact=True).click()
        await expect(unit.get_by_role("status")).to_have_text("能登录", timeout=PATIENCE)

        county = await open_page("/sign-in", account="county01")
        await county.get_by_role("navigation").get_by_role("link", name="申诉 / 更正 / 认领 / 核准审核").click()
        await expect(county.get_by_role("heading", level=1)).to_have_text("申诉 / 更正 / 认领 / 核准审核")
        listed = county.get_by_role("table").or_(county.get_by_text(re.compile("没有符合条件的事项|还没有事项")))
        await expect(listed.first).to_be_visible(timeout=PATIENCE)
        await looked_at(county, "申诉更正认领审核")

    async def test_it_fits_on_a_phone(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/access-checks?q=unit01", account="city01", width=390)
        await expect(page.get_by_role("heading", name="账号 unit01")).to_be_visible(timeout=PATIENCE)
        await fits_a_phone(page)
        await looked_at(page, "无法登录排查-手机")
        await page.get_by_role("heading", name="账号 unit01").get_by_role("link").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("unit01")
        await expect(page.get_by_label("集体报名")).to_be_checked()
        await fits_a_phone(page)
        await looked_at(page, "账号-详情-手机")


class TestAccounts:
    @pytest.mark.req("STAFF-11", "FAQ-D18")
    async def test_one_is_opened_for_a_county_and_its_forgotten_password_reset_by_link(
        self, open_page: OpenPage, stack: Stack, looked_at: LookedAt
    ) -> None:
        phone, opened_at = new_mobile(), datetime.now(UTC)
        page = await open_page("/accounts", account="city01")
        await page.get_by_role("button", name="开通账号").click()
        await page.get_by_label("为哪个单位开通").fill("玄武区卫")
        await page.get_by_role("button", name="查找").click()
        await page.get_by_role("button", name=COUNTY).click()
        await page.get_by_label("持有人姓名").fill("唐晓")
        await page.get_by_label("手机号码").fill(phone)
        await page.get_by_role("button", name="开通账号").click()
        await expect(page.get_by_role("alert").first).to_be_focused(timeout=PATIENCE)
        await page.get_by_label("有效期截止日期").fill(str(beijing_today(now_utc()).replace(day=1, month=12)))
        await page.get_by_label("有效期截止日期").press("Enter")
        await page.get_by_label("卫生行政部门").check()
        await calendars_gone(page)
        await looked_at(page, "开通账号")
        await page.get_by_role("button", name="开通账号").click()
        await expect(page.get_by_text("激活链接已以短信发送到")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("link", name="查看账号").click()
        await expect(page.get_by_text("待激活")).to_be_visible()
        name = await page.get_by_role("heading", level=1).inner_text()
        await activate(open_page, stack, phone, opened_at, "Xuanwu#258046")

        await page.reload()
        reset_at = datetime.now(UTC)
        await decide(page, "重置密码", reason="持有人忘记密码")
        await expect(page.get_by_text("待激活")).to_be_visible()
        await expect(page.get_by_role("table", name="变更与登录记录")).to_contain_text("持有人忘记密码")
        await activate(open_page, stack, phone, reset_at, "Xuanwu#258047")
        await page.reload()
        await page.get_by_role("button", name=re.compile("^延期：")).click()
        dialog = dialog_of(page, "^延期：")
        await dialog.get_by_role("button", name="2 年").click()
        await looked_at(page, "账号-延期")
        await dialog.get_by_role("button", name="延期", exact=True).click()
        await expect(dialog).to_be_hidden(timeout=PATIENCE)
        await decide(page, "停用", reason="已调离")
        await expect(page.get_by_text("账号已停用，请先启用再延期")).to_be_visible()
        await looked_at(page, "账号-详情")

        await page.goto("/accounts?status=disabled")
        await expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("停用")
        await page.goto("/accounts")
        await expect(page.get_by_role("row").filter(has_text="unit01")).to_be_visible()
        await looked_at(page, "账号")

    @pytest.mark.req("STAFF-11", "PLAT-03")
    async def test_two_who_change_one_account_are_told(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        slow = await open_page("/accounts?q=unit01", account="city01")
        await slow.get_by_role("link", name="unit01").click()
        await slow.get_by_label("职业病诊断").check()
        fast = await open_page("/accounts?q=unit01", account="city01")
        await fast.get_by_role("link", name="unit01").click()
        email = fast.get_by_label("电子邮箱")
        was = await email.input_value()
        await email.fill("office@platform.invalid")
        await fast.get_by_role("button", name="保存").click()
        await expect(fast.get_by_text("已保存")).to_be_visible(timeout=PATIENCE)

        await slow.get_by_role("button", name="保存").click()
        await expect(slow.get_by_role("table", name="他人的修改")).to_contain_text("office@platform.invalid")
        await looked_at(slow, "账号-他人的修改")
        await expect(slow.get_by_label("电子邮箱")).to_have_value("office@platform.invalid")
        await expect(slow.get_by_label("职业病诊断")).to_be_checked()
        await slow.get_by_label("职业病诊断").uncheck()
        await slow.get_by_label("电子邮箱").fill(was)
        await slow.get_by_role("button", name="保存").click()
        await expect(slow.get_by_text("已保存")).to_be_visible(timeout=PATIENCE)


class TestRequests:
    @pytest.mark.req("STAFF-11", "AUTH-30")
    async def test_a_question_is_answered(self, open_page: OpenPage, stack: Stack, looked_at: LookedAt) -> None:
        await Applicant(stack).ask("单位更名后，账号要重新申请吗？")
        page = await open_page("/requests?status=submitted", account="province02")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("在线咨询", timeout=PATIENCE)
        await looked_at(page, "换号与咨询")
        await page.get_by_role("row").nth(1).get_by_role("link").click()
        await expect(page.get_by_text("单位更名后，账号要重新申请吗？")).to_be_visible()
        await looked_at(page, "换号与咨询-详情")
        await decide(page, "答复", reason="不需要，请由所在地市修改单位名称。", field="答复内容")
        await expect(page.get_by_text("答复：不需要，请由所在地市修改单位名称。")).to_be_visible(timeout=PATIENCE)


class TestRegions:
    @pytest.mark.req("ORG-13", "FAQ-D20")
    async def test_the_province_adds_a_zone_and_looks_through_a_sheet(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page("/regions", account="province02")
        await page.get_by_role("button", name="苏州市的下级").click()
        await expect(page.get_by_role("main").get_by_role("heading", level=2).first).to_contain_text("苏州市的下级")
        await page.get_by_role("button", name=re.compile("^增设：")).click()
        dialog = dialog_of(page, "^增设：")
        await dialog.get_by_label("行政区划代码").fill("320577")
        await dialog.get_by_label("名称").fill("苏州金鸡湖新区")
        await looked_at(page, "行政区划-增设")
        await dialog.get_by_role("button", name="增设", exact=True).click()
        await expect(page.get_by_role("row").filter(has_text="320577")).to_be_visible(timeout=PATIENCE)
        await page.get_by_role("button", name="更名或关闭：苏州金鸡湖新区").click()
        dialog = dialog_of(page, "^更名或关闭：")
        await dialog.get_by_label("名称").fill("苏州独墅湖新区")
        await dialog.get_by_label("停用日期").fill("2099-12-31")
        await dialog.get_by_label("停用日期").press("Enter")
        await dialog.get_by_role("button", name="更名或关闭", exact=True).click()
        await expect(page.get_by_role("row").filter(has_text="苏州独墅湖新区")).to_contain_text("2099-12-31")

        sheet = (
            "行政区划代码,名称,上级代码,启用日期,停用日期\n"
            "320578,苏州澄湖新区,320500,2026-01-01,\n32057,短代码,320500,2026-01-01,\n"
        )
        file = FilePayload(name="行政区划.csv", mimeType="text/csv", buffer=sheet.encode())
        await page.get_by_label("表格文件").set_input_files([file])
        await expect(page.get_by_role("table", name="表格中的问题")).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "行政区划")
        file["buffer"] = sheet.rsplit("\n", 2)[0].encode()
        await page.get_by_label("表格文件").set_input_files([file])
        await page.get_by_role("button", name="导入这 1 行").click()
        await expect(page.get_by_role("row").filter(has_text="苏州澄湖新区")).to_be_visible(timeout=PATIENCE)
        await page.goto("/regions?q=szch")
        await expect(page.get_by_role("row").filter(has_text="320578")).to_be_visible()

    @pytest.mark.req("FAQ-D20")
    async def test_a_city_reads_and_is_told_who_keeps_them(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page("/regions?parent=320100", account="city01", width=390)
        await expect(page.get_by_text("行政区划由省级账号管理人员维护，如需增设请与省级联系")).to_be_visible(
            timeout=PATIENCE
        )
        await expect(page.get_by_role("row").filter(has_text="玄武区")).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("^更名或关闭"))).to_have_count(0)
        await fits_a_phone(page)
        await looked_at(page, "行政区划-手机")
