"""Notices in a real browser: what one gets and when, who was reached, in which words, and an office's own to its units."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE
from tests.browser.test_declarations import LookedAt, not_cut


@pytest.mark.req("BEY-03", "BEY-12", "STAFF-06")
async def test_who_gets_what_is_chosen_seen_worded_and_sent(open_page: OpenPage, looked_at: LookedAt) -> None:
    page = await open_page("/settings/notices", account="admin01")
    chosen = page.get_by_role("checkbox", name="申诉办理待办，短信")
    await expect(chosen).to_be_checked(timeout=PATIENCE)
    await looked_at(page, "通知设置")
    await chosen.click()
    await expect(page.get_by_text("已保存：申诉办理待办，短信")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="恢复默认：申诉办理待办，短信").click()
    await expect(chosen).to_be_checked(timeout=PATIENCE)
    await not_cut(page, looked_at, "通知设置-手机")

    await page.goto("/deliveries")
    await expect(page.get_by_text("全部账号收到的短信和邮件")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("row").nth(1)).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "发送记录")
    await page.get_by_role("row").nth(1).get_by_role("link").first.click()
    await expect(page.get_by_text("服务商与编号")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "发送记录-详情")
    await page.goto("/unreached")
    await expect(page.get_by_role("status")).to_contain_text("共", timeout=PATIENCE)
    await looked_at(page, "收不到的账号")

    await page.goto("/message-templates")
    await expect(page.get_by_role("link", name="报名退回")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "消息模板")
    await page.get_by_role("link", name="报名退回").click()
    words = page.get_by_role("region", name="短信", exact=True)
    body = words.get_by_role("textbox", name=re.compile("^内容"))
    await body.fill("{person_name}的报名被退回，{wrong}")
    await expect(words.get_by_text("第 21 个字起的“{wrong}”")).to_be_visible(timeout=PATIENCE)
    await words.get_by_role("button", name="填写阿里云的模板").click()
    await words.get_by_role("button", name="增加参数").click()
    await looked_at(page, "消息模板-详情")
    await body.fill("{person_name}的报名被退回，")
    await words.get_by_role("button", name="在短信的内容中插入理由").click()
    await expect(words.get_by_text(re.compile("王医生的报名被退回，学历证书不清晰"))).to_be_visible(timeout=PATIENCE)

    office = await open_page("/broadcasts/new", account="province01")
    title = f"请核对人员信息{new_id().hex[-6:]}"
    await office.get_by_role("textbox", name=re.compile("^标题")).fill(title)
    await office.get_by_role("textbox", name=re.compile("^内容")).fill("请于月底前核对本单位人员信息。")
    await office.get_by_text("全部培训单位").click()
    await office.get_by_text("短信", exact=True).click()
    last = beijing_today(now_utc()) + timedelta(days=7)
    await office.get_by_role("combobox", name="此日之后不再发送").fill(str(last))
    await office.keyboard.press("Enter")
    await looked_at(office, "群发-起草")
    await office.get_by_role("button", name="保存草稿").click()
    await expect(office.get_by_role("heading", name=title)).to_be_visible(timeout=PATIENCE)
    await looked_at(office, "群发-草稿")
    await office.get_by_role("link", name="收件名单").click()
    await expect(office.get_by_role("row").nth(1)).to_be_visible(timeout=PATIENCE)
    await looked_at(office, "群发-收件名单")
    await office.goto("/broadcasts")
    await expect(office.get_by_role("row").filter(has_text=title)).to_be_visible(timeout=PATIENCE)
    await looked_at(office, "群发")
