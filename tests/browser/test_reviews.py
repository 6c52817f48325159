"""报名审核 in a browser: by the keyboard alone from one registration to the next, two reviewers at the same one, one decision for many."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from ops.journey.play import body_of
from shared.identifiers import new_id
from tests.browser.colleagues import second_reviewer
from tests.browser.conftest import OpenPage
from tests.browser.managing import fits_a_phone
from tests.browser.played import rows_of, ten_wait
from tests.browser.steps import PATIENCE
from tests.sessions import open_play
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]


async def on_the_desk(page: Page, name: str) -> None:
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("STAFF-02", "STAFF-03", "TRN-51", "BEY-04", "BEY-11", "PLAT-02")
async def test_a_reviewer_decides_by_keyboard_alone(stack: Stack, open_page: OpenPage, looked_at: LookedAt) -> None:
    plan, names = await ten_wait(stack)
    page = await open_page(f"/reviews?plan_id={plan}", account="province01")
    await expect(page.get_by_text("共 10 条")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "报名审核")
    await page.get_by_role("link", name=names[0], exact=True).focus()
    await page.keyboard.press("Enter")
    await on_the_desk(page, names[0])
    keys = page.keyboard
    # The numbers are in clear as soon as somebody is at it.
    await expect(page.get_by_role("definition").filter(has_text=re.compile(r"\d{17}[\dX]")).first).to_be_visible(
        timeout=PATIENCE
    )
    await expect(page.get_by_role("region", name="附件").get_by_role("img").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "报名审核-审核台")
    await keys.press("j")
    await on_the_desk(page, names[1])
    await keys.press("k")
    await on_the_desk(page, names[0])

    await keys.press("a")
    await on_the_desk(page, names[1])
    await expect(page.get_by_role("status").filter(has_text=f"已通过：{names[0]}")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("button", name=f"撤销审核：{names[0]}")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "报名审核-已通过一位")
    await keys.press("u")
    await on_the_desk(page, names[0])
    await expect(page.get_by_role("button", name=f"审核通过：{names[0]}")).not_to_have_attribute(
        "aria-disabled", "true"
    )

    await keys.press("r")
    panel = page.get_by_role("region", name=f"退回：{names[0]}")
    await expect(panel.get_by_role("radio", name="信息错误")).to_be_focused(timeout=PATIENCE)
    await keys.press("ArrowDown")
    await expect(panel.get_by_role("radio", name="信息不完整")).to_be_checked()
    await page.get_by_role("checkbox", name="收件地址").focus()
    await keys.press("Space")
    await expect(panel.get_by_text("已勾选 1 项")).to_be_visible()
    await looked_at(page, "报名审核-退回")
    await panel.get_by_label("理由").focus()
    # What is typed is no command.
    await keys.type(f"收件地址请写到门牌号 ajkru {new_id().hex[-6:]}")
    await on_the_desk(page, names[0])
    await panel.get_by_role("button", name="存为常用语").press("Enter")
    await expect(panel.get_by_text("已存为常用语")).to_be_visible(timeout=PATIENCE)
    await panel.get_by_label("理由").focus()
    await keys.press("Control+Enter")
    await on_the_desk(page, names[1])
    await expect(page.get_by_role("status").filter(has_text=f"已退回：{names[0]}")).to_be_visible(timeout=PATIENCE)


@pytest.mark.req("STAFF-02", "STAFF-03", "PLAT-02", "PLAT-03")
async def test_two_reviewers_see_each_other_and_who_was_faster(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    plan, names = await ten_wait(stack)
    async with open_play(stack.base_url) as play:
        rows = await rows_of(play, plan)
        second = await second_reviewer(stack)
        page = await open_page(f"/reviews/{rows[0]['registration_id']}?plan_id={plan}", account=second)
        await on_the_desk(page, names[0])
        address = f"/api/training/reviews/{rows[0]['registration_id']}"
        opened = body_of(await play.province.post(f"{address}/open"))
        assert [each["name"] for each in opened["colleagues"]]
        decided = f"/api/training/registrations/{rows[0]['registration_id']}/approve"
        await page.reload()
        await expect(page.get_by_role("status").filter(has_text="也在审核这一份")).to_be_visible(timeout=PATIENCE)
        await expect(page.get_by_role("button", name=f"审核通过：{names[0]}")).to_be_visible(timeout=PATIENCE)
        body_of(await play.province.post(decided))
        await page.keyboard.press("a")
        await expect(page.get_by_role("alert").filter(has_text=f"{names[0]}没有审核通过")).to_contain_text(
            "已于", timeout=PATIENCE
        )
        await on_the_desk(page, names[1])
        await looked_at(page, "报名审核-他人已审核")


@pytest.mark.req("STAFF-03", "PLAT-02", "PLAT-09")
async def test_many_are_decided_at_once_and_all_that_match_by_a_job(
    stack: Stack, open_page: OpenPage, looked_at: LookedAt
) -> None:
    plan, names = await ten_wait(stack)
    page = await open_page(f"/reviews?plan_id={plan}", account="province01")
    await page.get_by_role("checkbox", name=f"选择 {names[0]}").check(timeout=PATIENCE)
    await page.get_by_role("checkbox", name=f"选择 {names[1]}").check()
    async with open_play(stack.base_url) as play:
        rows = await rows_of(play, plan)
        body_of(await play.province.post(f"/api/training/registrations/{rows[0]['registration_id']}/approve"))
    await page.get_by_role("button", name="审核通过（2）").click()
    batch = page.get_by_role("dialog", name="审核通过：2 人")
    await batch.get_by_role("button", name="审核通过", exact=True).click()
    await expect(batch.get_by_text("审核通过 1 人，未成功 1 人。")).to_be_visible(timeout=PATIENCE)
    await expect(batch.get_by_role("button", name="重试未成功的 1 项")).to_be_visible()
    await looked_at(page, "报名审核-批量结果")
    await batch.get_by_role("button", name="关闭", exact=True).last.click()
    await page.get_by_role("button", name="全部 8 人审核通过").click(timeout=PATIENCE)
    await page.get_by_role("dialog", name="审核通过：8 人").get_by_role("button", name="审核通过", exact=True).click()
    await expect(page.get_by_text("已处理 8 / 8")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("没有符合条件的报名人员")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "报名审核-全部办完")
    await page.goto(f"/reviews?plan_id={plan}&status=approved")
    await page.get_by_role("link", name=names[2], exact=True).click(timeout=PATIENCE)
    await on_the_desk(page, names[2])
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "报名审核-审核台-手机")
