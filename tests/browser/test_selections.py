"""Both roles in two browsers: the province approves at its desk, a unit chooses, with numbers that live, another unit that was faster and
the queue at once; 提交 that names who is missing, 撤回; and a session is put off that has people, one of whom sits elsewhere then.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from ops.journey.play import Play, body_of
from ops.journey.steps import SPECIALTIES
from shared.clock import beijing_today, now_utc
from tests.browser.conftest import OpenPage
from tests.browser.managing import decide, dialog_of, fits_a_phone
from tests.browser.played import other_unit, rows_of, sessions_of, ten_wait
from tests.browser.steps import PATIENCE
from tests.sessions import open_play
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
PHYSICAL = SPECIALTIES[-1]
LABEL = "物理因素所致职业病"


def row_of(page: Page, number: int) -> Locator:
    card = page.get_by_role("article", name=f"第{number}期", exact=True)
    return card.get_by_role("row").filter(has_text=LABEL)


async def open_drawer(page: Page, number: int) -> Locator:
    await row_of(page, number).get_by_role("button", name="选班：").press("Enter")
    drawer = page.get_by_role("dialog", name=f"第{number}期 · {LABEL}")
    await expect(drawer.get_by_role("checkbox").first).to_be_visible(timeout=PATIENCE)
    return drawer


async def take(play: Play, plan: str, session: str, ids: list[str]) -> None:
    body = {"class_session_id": session, "specialty_code": PHYSICAL, "registration_ids": ids}
    body_of(await play.unit.put(f"/api/training/selections/{plan}/placements", json=body))


async def approved_at_the_desk(office: Page, play: Play, plan: str, names: list[str]) -> None:
    """The first by one key in the province's browser, the others over the API."""
    await office.goto(f"/reviews?plan_id={plan}")
    await office.get_by_role("link", name=names[0], exact=True).click(timeout=PATIENCE)
    await expect(office.get_by_role("heading", level=1, name=names[0])).to_be_visible(timeout=PATIENCE)
    # The next one is there before the answer is.
    async with office.expect_response(re.compile(r"/approve$"), timeout=PATIENCE):
        await office.keyboard.press("a")
    await expect(office.get_by_role("heading", level=1, name=names[1])).to_be_visible(timeout=PATIENCE)
    rest = [row["registration_id"] for row in await rows_of(play, plan) if row["status"] == "submitted"]
    assert len(rest) == len(names) - 1
    body = {"registration_ids": rest, "action": "approve"}
    assert body_of(await play.province.post("/api/training/reviews/batch", json=body))["done"] == len(rest)


async def sits_in_both(play: Play, plan: str, first: str, second: str) -> str:
    """Somebody with two 专业类别 has a place for each, in two sessions; the name."""
    path = f"/api/training/selections/{plan}"
    asked = {"class_session_id": first, "specialty_code": SPECIALTIES[0]}
    person = body_of(await play.unit.get(f"{path}/candidates", params=asked))["candidates"][0]
    for at, code in ((first, SPECIALTIES[0]), (second, SPECIALTIES[1])):
        body = {"class_session_id": at, "specialty_code": code, "registration_ids": [person["registration_id"]]}
        body_of(await play.unit.put(f"{path}/placements", json=body))
    return str(person["name"])


async def put_off(office: Page, plan: str, number: int, start: date, name: str, looked_at: LookedAt) -> None:
    """改期 to days on which somebody sits elsewhere: the name is told, and it is done once that is answered."""
    await office.goto(f"/class-sessions/{plan}")
    card = office.get_by_role("article", name=f"第{number}期", exact=True)
    await card.get_by_role("button", name=f"改期：第{number}期").click(timeout=PATIENCE)
    dialog = dialog_of(office, f"^改期：第{number}期")
    for label, day in (("新的开始日期", start), ("新的结束日期", start + timedelta(days=4))):
        field = dialog.get_by_role("combobox", name=label).first
        await field.fill(str(day))
        await field.press("Enter")
    await dialog.get_by_label("理由").fill("场地维修")
    await dialog.get_by_role("button", name="改期", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text(name, timeout=PATIENCE)
    await looked_at(office, "分班-改期有冲突")
    await dialog.get_by_text("日期冲突的人员让出").click()
    await dialog.get_by_role("button", name="改期", exact=True).click()
    await expect(card).to_contain_text(str(start), timeout=PATIENCE)


@pytest.mark.req("TRN-51", "STAFF-03", "STAFF-14", "PLAT-02")
@pytest.mark.req("TRN-62", "TRN-66", "TRN-68", "TRN-69", "TRN-71", "TRN-72", "TRN-73", "TRN-74", "BEY-02", "FAQ-M7")
async def test_two_units_want_the_same_places(stack: Stack, open_page: OpenPage, looked_at: LookedAt) -> None:
    plan, names = await ten_wait(stack)
    office = await open_page("/", account="province01")
    async with open_play(stack.base_url) as play:
        await approved_at_the_desk(office, play, plan, names)
        sessions = await sessions_of(play, plan, 2, 20, 20)
        both = await sits_in_both(play, plan, sessions[1], sessions[2])
    page = await open_page("/selections", account="unit01")
    await expect(page.get_by_text("还有 18 天").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "集体选班-列表")
    async with other_unit(stack.base_url, plan) as (other, theirs):
        await page.goto(f"/selections/{plan}")
        await expect(page.get_by_role("heading", name="待选人员（9）")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("button", name="导入日历")).to_be_visible()
        await looked_at(page, "集体选班")
        drawer = await open_drawer(page, 1)
        await drawer.get_by_role("checkbox").nth(0).check()
        await drawer.get_by_role("checkbox").nth(1).check()
        await looked_at(page, "集体选班-选人")
        await page.route("**/seats", lambda route: route.abort())
        await take(other, plan, sessions[0], theirs[6:8])
        await drawer.get_by_role("button", name="确定").click()
        await expect(drawer.get_by_text("名额刚刚被其他单位选走")).to_contain_text("现在剩余 0 个", timeout=PATIENCE)
        await looked_at(page, "集体选班-他人更快")
        await page.unroute("**/seats")
        await drawer.get_by_role("button", name="加入候补（2）").click()
        await expect(drawer.get_by_text("已加入候补").first).to_be_visible(timeout=PATIENCE)
        await looked_at(page, "集体选班-已候补")
        await drawer.get_by_role("button", name="关闭", exact=True).last.click()
        # What the other unit takes is seen here without a click.
        await take(other, plan, sessions[1], theirs[8:10])
        await expect(row_of(page, 2).get_by_role("cell").nth(4)).to_have_text("17", timeout=PATIENCE)

    drawer = await open_drawer(page, 2)
    await drawer.get_by_role("checkbox").nth(2).check()
    await drawer.get_by_role("button", name="确定").click()
    await expect(drawer).to_be_hidden(timeout=PATIENCE)
    await expect(page.get_by_role("heading", name="待选人员（8）")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="查看选班人员").click()
    seen = page.get_by_role("dialog", name="选班人员")
    await expect(seen.get_by_text(LABEL).first).to_be_visible(timeout=PATIENCE)
    await seen.get_by_role("button", name="关闭", exact=True).last.click()

    await page.get_by_role("button", name="提交：").click()
    dialog = dialog_of(page, "^提交：")
    await expect(dialog.get_by_role("checkbox")).to_have_count(0)
    await dialog.get_by_role("button", name="提交", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("还有 8 人未选班", timeout=PATIENCE)
    await looked_at(page, "集体选班-提交前")
    await dialog.get_by_text("所列人员不选班，仍然提交").click()
    await dialog.get_by_role("button", name="提交", exact=True).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE)
    await expect(page.get_by_role("button", name="查看：第2期").first).to_be_visible(timeout=PATIENCE)
    await decide(page, "撤回")
    await expect(page.get_by_role("button", name="选班：第2期").first).to_be_visible(timeout=PATIENCE)
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "集体选班-手机")
    await page.set_viewport_size({"width": 1366, "height": 768})

    await page.get_by_role("main").get_by_role("link", name="候补", exact=True).click()
    rows = page.get_by_role("row").filter(has_text="第1期")
    await expect(rows).to_have_count(2, timeout=PATIENCE)
    await expect(page).to_have_url(re.compile("plan_id="))
    await looked_at(page, "候补")
    await rows.first.get_by_role("button", name="退出候补：").click()
    dialog = dialog_of(page, "^退出候补：")
    await dialog.get_by_role("button", name="退出候补", exact=True).click()
    await expect(page.get_by_text("已退出候补")).to_be_visible(timeout=PATIENCE)

    await put_off(office, plan, 3, beijing_today(now_utc()) + timedelta(days=40), both, looked_at)
    await page.goto(f"/selections/{plan}")
    waits = page.get_by_role("region", name=re.compile("^待选人员")).get_by_role("listitem").filter(has_text=both)
    await expect(waits).to_have_count(1, timeout=PATIENCE)
