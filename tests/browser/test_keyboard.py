"""A unit's first half by the keyboard alone: it signs in, files, adds a person and registers that person. Nothing here clicks."""

import re
import secrets
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from ops.journey.run import open_play
from ops.journey.steps import publish_plan
from services.auth.demo import DEMO_PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE
from tests.browser.test_people import PERSON, field, unused_number
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
UNIT = "unit03"
FAR = 150
SAVED = re.compile(r"已保存 \d\d:\d\d")


async def is_at(wanted: Locator) -> bool:
    return bool(
        await wanted.evaluate(
            "element => element === document.activeElement || element.contains(document.activeElement)"
        )
    )


async def go_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Presses ``key`` until the keyboard is at ``wanted``, as somebody does who cannot point."""
    await expect(wanted).to_be_visible(timeout=PATIENCE)
    for _ in range(FAR):
        if await is_at(wanted):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not come to {wanted}")


async def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    await go_to(page, wanted)
    await page.keyboard.press(key)


async def write(page: Page, wanted: Locator, text: str) -> None:
    await go_to(page, wanted)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def pick(page: Page, label: str, typed: str, entry: str) -> None:
    await go_to(page, field(page, label))
    await page.keyboard.type(typed)
    await expect(page.get_by_role("option", name=entry, exact=True)).to_be_visible(timeout=PATIENCE)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")


async def choose_one(page: Page, group: Locator, label: str) -> None:
    """Tab comes to a group, the arrows go within it."""
    radios = group.get_by_role("radio")
    await press(page, radios.first, "Space")
    for _ in range(await radios.count()):
        if await group.get_by_label(label, exact=True).is_checked():
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not come to {label}")


async def enter(page: Page) -> None:
    await write(page, page.get_by_role("textbox", name="账号", exact=True), UNIT)
    await write(page, page.get_by_label("密码", exact=True), DEMO_PASSWORD)
    await page.keyboard.press("Enter")
    await press(page, page.get_by_role("button", name="免图验证"))
    inside, further = page.get_by_role("button", name="重新登录"), page.get_by_role("button", name="继续登录")
    await expect(inside.or_(further)).to_be_visible(timeout=PATIENCE)
    if await further.is_visible():
        await press(page, further)
    await expect(inside).to_be_visible(timeout=PATIENCE)


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


@pytest.mark.req("PLAT-02", "BEY-08", "ORG-03", "TRN-07", "TRN-37", "TRN-44")
async def test_a_unit_files_adds_and_registers_without_a_mouse(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    async with open_play(stack.base_url) as play:
        await publish_plan(play)
        plan = play.facts["plan_id"]
    page = await open_page(f"/registrations/{plan}")
    await enter(page)
    await file(page)
    name = f"顾{secrets.token_hex(3)}"
    await add_person(page, name)
    await page.goto(f"/registrations/{plan}")
    await register(page, name)
    await looked_at(page, "键盘-已报名")
