"""What a unit looks after beside the courses: certificates that end, people who move, registering late, and the inbox."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from ops.journey.filing import save_filing
from ops.journey.importing import import_people
from ops.journey.play import Play, body_of
from ops.journey.steps import publish_plan
from shared.clock import beijing_today, now_utc
from shared.services import Service
from tests.browser.conftest import OpenPage
from tests.browser.managing import decide, dialog_of, fits_a_phone
from tests.browser.steps import PATIENCE
from tests.faults.inside import Inside
from tests.sessions import open_play
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]
KIND = "职业病诊断医师"


async def phone(page: Page, looked_at: LookedAt, name: str) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, name)
    await page.set_viewport_size({"width": 1366, "height": 768})


async def staff_of(play: Play) -> dict[str, Any]:
    """{name: row of the list} of the people whom this play has brought; others of the same name were there before them."""
    rows = body_of(await play.unit.get("/api/training/personnel", params={"status": "employed", "limit": 200}))["items"]
    return {row["name"]: row for row in sorted(rows, key=lambda row: row["id"])}


async def certify(play: Play, staff_id: str, number: str, days: int) -> None:
    ends = beijing_today(now_utc()) + timedelta(days=days)
    body = {
        "category": KIND,
        "number": number,
        "issued_on": "2022-01-10",
        "expires_on": str(ends),
        "scope": ["物理因素所致职业病"],
    }
    path = f"/api/training/personnel/{staff_id}/qualifications"
    body_of(await play.unit.post(path, json=body), 201)


@pytest.fixture(scope="module")
async def people_with_ends(stack: Stack) -> dict[str, Any]:
    """unit03 with people of its own, three of whose certificates end, and a plan that renews them."""
    async with open_play(stack.base_url, unit="unit03") as play:
        for step in (save_filing, import_people, publish_plan):
            await step(play)
        people = await staff_of(play)
        for name, days in (("王建国", -12), ("李秀英", 20), ("刘洋", 75)):
            staff_id = people[name]["id"]
            await certify(play, staff_id, f"苏职诊2022{staff_id[-5:]}", days)
    return people


@pytest.mark.req("BEY-06")
async def test_several_people_are_registered_for_their_renewal_together(
    people_with_ends: dict[str, Any], open_page: OpenPage, looked_at: LookedAt
) -> None:
    page = await open_page("/expiring-qualifications", account="unit03")
    groups = page.get_by_role("group", name="到期时间")
    await expect(groups.get_by_role("button", name="30 天内到期")).to_be_visible(timeout=PATIENCE)
    for name in ("王建国", "李秀英", "刘洋"):
        await page.get_by_role("checkbox", name=f"选择 {name}").first.check()
    await looked_at(page, "证书到期与复训")
    await page.get_by_role("button", name="一起报名", exact=True).click()
    dialog = dialog_of(page, "一起报名复训：3 人")
    await expect(dialog.get_by_role("radio").first).to_be_checked()
    await looked_at(page, "证书到期与复训-一起报名")
    await dialog.get_by_role("button", name="一起报名", exact=True).click()
    await expect(page).to_have_url(re.compile("/registrations/[0-9a-f-]{36}"), timeout=PATIENCE)
    await expect(page.get_by_text("王建国").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "证书到期与复训-已添加")
    await page.goto("/expiring-qualifications?group=within_30")
    await expect(page.get_by_role("link", name=re.compile("提交报名：李秀英")).first).to_be_visible(timeout=PATIENCE)
    await phone(page, looked_at, "证书到期与复训-手机")


@pytest.mark.req("BEY-14", "PLAT-02")
async def test_two_units_settle_a_move_between_them(
    people_with_ends: dict[str, Any], open_page: OpenPage, looked_at: LookedAt
) -> None:
    page = await open_page("/transfers", account="unit03")
    await page.get_by_role("button", name="调出人员").click()
    dialog = dialog_of(page, "调出本单位人员")
    await dialog.get_by_label("本单位人员").fill("李秀英")
    await dialog.get_by_role("button", name="查询人员").click()
    found = dialog.get_by_role("list", name="查到的人员").get_by_role("button")
    await found.filter(has_text=people_with_ends["李秀英"]["resident_id"]).click()
    await dialog.get_by_label("调入单位").fill("南京")
    await dialog.get_by_role("button", name="查询单位").click()
    units = dialog.get_by_role("list", name="查到的单位").get_by_role("button")
    await expect(units.first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "人员调动-调出")
    await units.first.click()
    await dialog.get_by_role("button", name="发起调动").click()
    await expect(page.get_by_role("heading", name="调出：李秀英")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("heading", name="证书和资质（1）")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "人员调动-我发起的")

    other = await open_page("/transfers", account="unit01")
    await other.get_by_role("link", name="李秀英", exact=True).first.click(timeout=PATIENCE)
    await expect(other.get_by_role("heading", name="带来的内容")).to_be_visible(timeout=PATIENCE)
    await looked_at(other, "人员调动-待我确认")
    await phone(other, looked_at, "人员调动-手机")
    await decide(other, "不同意", reason="尚未办理入职")
    await expect(other.get_by_text("该调动已办结")).to_be_visible(timeout=PATIENCE)

    await page.get_by_role("link", name="人员调动").first.click()
    await page.get_by_role("link", name="我发起的").click()
    row = page.get_by_role("row").filter(has_text="李秀英").filter(has_text="未同意")
    await expect(row.first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "人员调动-列表")


@pytest.mark.req("FAQ-M8")
async def test_a_unit_asks_to_register_late_and_the_province_grants_it(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    async with open_play(stack.base_url, unit="unit03") as play:
        await publish_plan(play)
        plan = play.facts["plan_id"]
    with Inside(stack).connect(Service.TRAINING) as connection:
        # As time would.
        connection.execute("UPDATE plans SET registration_deadline = current_date - 2 WHERE id = %s", (plan,))
    page = await open_page(f"/registrations/{plan}", account="unit03")
    await expect(page.get_by_role("button", name=re.compile("^申请补报：")).first).to_be_visible(timeout=PATIENCE)
    await decide(page, "申请补报", reason="两名医师上周才到岗")
    await page.get_by_role("link", name="补报申请", exact=True).last.click()
    await expect(page.get_by_text("两名医师上周才到岗").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "补报申请")
    await page.goto("/late-entries")
    await expect(page.get_by_role("button", name=re.compile("^撤回申请：")).first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "补报申请-列表")
    await phone(page, looked_at, "补报申请-手机")

    office = await open_page("/late-entries", account="province01")
    await expect(office.get_by_role("button", name=re.compile("^同意补报：")).first).to_be_visible(timeout=PATIENCE)
    await looked_at(office, "补报申请-省疾控")


@pytest.mark.req("NOTE-01", "NOTE-03", "BEY-03")
async def test_the_inbox_is_folded_and_what_is_read_is_no_longer_counted(
    open_page: OpenPage, stack: Stack, looked_at: LookedAt
) -> None:
    page = await open_page("/", account="unit01")
    bell = page.get_by_role("link", name=re.compile(r"^消息 ?\d+\+? ?条未读"))
    await expect(bell).to_be_visible(timeout=PATIENCE)
    await bell.click()
    await expect(page.get_by_role("heading", name="消息中心")).to_be_visible(timeout=PATIENCE)
    # What other tests have sent meanwhile stands before it.
    await page.goto("/messages?kind=certificate_issued")
    unfold = page.get_by_role("button", name=re.compile("^展开 .*张证书已签发"))
    await expect(unfold.first).to_be_visible(timeout=PATIENCE)
    await unfold.first.click()
    await expect(page.get_by_text(re.compile("^证书签发：")).first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "消息中心")
    await phone(page, looked_at, "消息中心-手机")
    await page.get_by_role("link", name=re.compile("张证书已签发")).first.click()
    await expect(page).to_have_url(re.compile("/results/"), timeout=PATIENCE)
    await expect(page.get_by_role("table", name="成绩")).to_be_visible(timeout=PATIENCE)
    await page.goto("/messages?unread=true")
    await page.get_by_role("button", name="全部标为已读").click(timeout=PATIENCE)
    await expect(page.get_by_role("link", name="消息", exact=True)).to_be_visible(timeout=PATIENCE)
    async with open_play(stack.base_url, unit="unit03") as play:
        await publish_plan(play)
    # Nobody has pressed anything: it came by itself.
    await expect(bell).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name=re.compile(r"^显示 \d+ 条新消息")).click(timeout=PATIENCE)
    await expect(page.get_by_role("link", name=re.compile("^培训通知：")).first).to_be_visible(timeout=PATIENCE)
