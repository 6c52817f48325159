"""A unit's first half by the keyboard alone, from the application for its account: it applies, activates, signs in, files, adds a person
and registers that person. Nothing here clicks.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from ops.journey.steps import publish_plan
from services.auth.demo import DEMO_PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import (
    choose_first,
    choose_one,
    go_to,
    pass_check_by_keys,
    pick,
    press,
    sign_in_by_keys,
    tick,
    write,
)
from tests.browser.steps import PATIENCE, read_code, read_text, stack_url, unused_credit_code, unused_mobile
from tests.browser.test_people import PERSON, field, unused_number
from tests.services.auth.applicants import PNG
from tests.sessions import open_play, resumed
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
SAVED = re.compile(r"已保存 \d\d:\d\d")


async def next_part(page: Page, heading: str) -> None:
    await press(page, page.get_by_role("button", name="下一步"))
    await expect(page.get_by_role("heading", level=2, name=heading)).to_be_focused(timeout=PATIENCE)


async def apply(page: Page, unit: str, phone: str) -> None:
    """账号申请 from the sign-in page to 待审核."""
    await press(page, page.get_by_role("link", name="账号申请", exact=True))
    await press(page, page.get_by_role("button", name="在线填写"))
    await write(page, page.get_by_label("单位名称"), unit)
    await write(page, page.get_by_label("统一社会信用代码"), unused_credit_code())
    for depth, name in enumerate(("南京市", "玄武区"), 1):
        await choose_first(page, page.get_by_label(f"行政区划所属区县（第 {depth} 级）"), name)
    await press(page, page.get_by_role("button", name="与所属区县相同"))
    await write(page, page.get_by_label("单位地址"), "南京市玄武区梅园新村 30 号")
    await write(page, page.get_by_label("联系人（必填）"), "李芳")
    await write(page, page.get_by_label("联系人电话"), "025-83759999")
    await tick(page, "体检机构")
    await press(page, page.get_by_role("button", name="下一步"))
    await pass_check_by_keys(page)
    await expect(page.get_by_role("heading", level=2, name="二、申请用户信息")).to_be_focused(timeout=PATIENCE)
    await write(page, page.get_by_label("用户姓名"), "张小明")
    await write(page, page.get_by_label("手机号码"), phone)
    await write(page, page.get_by_label("身份证号"), unused_number())
    await tick(page, "数据直报员")
    await next_part(page, "三、用户角色信息")
    await tick(page, "集体报名")
    await tick(page, "职业健康检查")
    await press(page, page.get_by_role("button", name="2 年"))
    await next_part(page, "承诺与签章")
    await sign(page)
    await next_part(page, "提交")
    await submit(page, phone)


async def sign(page: Page) -> None:
    await press(page, page.get_by_label("本人已阅读并承诺遵守以上内容"), "Space")
    async with page.context.expect_page(timeout=60_000) as printed:
        await press(page, page.get_by_role("button", name="生成并打印申请表"))
    await (await printed.value).close()
    await expect(page.get_by_role("link", name="打开申请表（PDF）")).to_be_visible(timeout=60_000)
    async with page.expect_file_chooser() as chooser:
        await press(page, page.get_by_label("签字盖章页"))
    await (await chooser.value).set_files({"name": "签字盖章页.png", "mimeType": "image/png", "buffer": PNG})
    await expect(page.get_by_role("button", name="删除 签字盖章页.png")).to_be_visible(timeout=PATIENCE)


async def submit(page: Page, phone: str) -> None:
    asked_at = datetime.now(UTC)
    await press(page, page.get_by_role("button", name="获取验证码"))
    await pass_check_by_keys(page)
    await expect(page.get_by_label("短信验证码")).to_be_focused(timeout=PATIENCE)
    await page.keyboard.type(await read_code(stack_url(page), phone, asked_at))
    await press(page, page.get_by_role("button", name="提交：账号申请"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("账号申请：待审核", timeout=PATIENCE)


async def opened(base_url: str, unit: str, phone: str) -> tuple[str, str]:
    """What the city's account manager does with it: (login name, path of the link in the text message)."""
    asked_at = datetime.now(UTC)
    async with resumed(base_url, "city01") as manager:
        waiting = await manager.get("/api/auth/applications", params={"unit_name": unit, "status": "submitted"})
        found = waiting["items"][0]
        headers = {"If-Match": f'"{found["version"]}"'}
        account = await manager.post(f"/api/auth/applications/{found['id']}/open", json={}, headers=headers)
    link = re.search(r"/activate#[^\s，。；]+", await read_text(base_url, phone, "/activate#", asked_at))
    assert link
    return str(account["login_name"]), link[0]


async def activate(page: Page, link: str) -> None:
    await page.goto(link)
    await write(page, field(page, "设置密码"), DEMO_PASSWORD)
    await press(page, page.get_by_role("button", name="设置密码"))
    await press(page, page.get_by_role("link", name="去登录"))


async def file(page: Page) -> None:
    menu = page.get_by_role("navigation", name="菜单")
    await press(page, menu.get_by_role("link", name="资质申报"))
    await press(page, page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first)
    revoke = page.get_by_role("button", name=re.compile("^撤销："))
    await expect(field(page, "联系人")).to_be_visible(timeout=PATIENCE)
    if await revoke.count() and await revoke.get_attribute("aria-disabled") is None:
        await press(page, revoke)
        await press(page, page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True))
        await expect(page.get_by_role("button", name="保存", exact=True)).to_be_enabled(timeout=PATIENCE)
    await write(page, field(page, "联系人"), "周晓慧")
    await write(page, field(page, "联系人手机"), "13851420618")
    switch = page.get_by_role("switch", name="未备案")
    if not await switch.is_checked():
        await press(page, switch, "Space")
    await press(page, page.get_by_role("button", name="保存", exact=True))
    await expect(page.get_by_text(SAVED)).to_be_visible(timeout=PATIENCE)


async def add_person(page: Page, name: str) -> None:
    await press(page, page.get_by_role("navigation", name="菜单").get_by_role("link", name="人员信息"))
    await press(page, page.get_by_role("button", name="添加", exact=True))
    await write(page, field(page, "身份证号"), unused_number())
    for label, value in {"姓名": name, "手机号码": "13800138000", "通讯地址": "南京市玄武区珠江路1号"}.items():
        await write(page, field(page, label), value)
    await pick(page, "学历", "dxbk", "大学本科毕业")
    await pick(page, "职称", "主治", "主治医师")
    await press(page, page.get_by_label("执业护士"), "Space")
    await write(page, field(page, r"从事专业\(岗位\)"), "体检")
    await write(page, field(page, "工作年限"), "8")
    await expect(page.get_by_text(re.compile("草稿已暂存"))).to_be_visible(timeout=PATIENCE)
    await press(page, page.get_by_role("button", name="保存", exact=True))
    await expect(page).to_have_url(PERSON, timeout=PATIENCE)


async def register(page: Page, name: str) -> None:
    await press(page, page.get_by_role("button", name="添加："))
    picker = page.get_by_role("dialog", name="添加报名人员")
    box = picker.get_by_role("checkbox", name=f"选择 {name}")
    await expect(box).to_be_visible(timeout=PATIENCE)
    ticked = picker.get_by_role("checkbox", checked=True)
    while await ticked.count():
        await go_to(page, ticked.first)
        await page.keyboard.press("Space")
    await press(page, box, "Space")
    await press(page, picker.get_by_role("button", name="确定"))
    await press(page, page.get_by_role("list", name="报名人员").get_by_role("button", name=name))
    panel = page.get_by_role("region", name="报名表")
    await choose_one(page, panel.get_by_role("radiogroup", name="是否需要学分证"), "是")
    await choose_one(page, panel.get_by_role("radiogroup", name="住宿类型"), "不住宿")
    await press(page, panel.get_by_role("group", name="培训专业类别").get_by_role("checkbox").first, "Space")
    await expect(panel.get_by_text(SAVED)).to_be_visible(timeout=PATIENCE)
    submit = page.get_by_role("button", name=f"报名：{name}", exact=True)
    await expect(submit).not_to_have_attribute("aria-disabled", "true", timeout=PATIENCE)
    await press(page, submit)
    await press(page, page.get_by_role("dialog", name=f"报名：{name}").get_by_role("button", name="报名", exact=True))
    await expect(page.get_by_role("button", name="取消报名：")).not_to_have_attribute(
        "aria-disabled", "true", timeout=PATIENCE
    )


@pytest.mark.req("PLAT-02", "AUTH-01", "BEY-08", "ORG-03", "TRN-07", "TRN-37", "TRN-44")
async def test_a_unit_applies_files_adds_and_registers_without_a_mouse(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    async with open_play(stack.base_url) as play:
        await publish_plan(play)
        plan = play.facts["plan_id"]
    unit, phone = f"南京市键盘{secrets.token_hex(3)}医院", unused_mobile()
    page = await open_page("/sign-in")
    await apply(page, unit, phone)
    login_name, link = await opened(stack.base_url, unit, phone)
    await activate(page, link)
    await sign_in_by_keys(page, login_name, DEMO_PASSWORD)
    await file(page)
    name = f"顾{secrets.token_hex(3)}"
    await add_person(page, name)
    await page.goto(f"/registrations/{plan}")
    await register(page, name)
    await looked_at(page, "键盘-已报名")
