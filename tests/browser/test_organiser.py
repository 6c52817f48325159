"""The province's organiser in a browser: a plan is written and published, its roster and its scores are kept, results go out."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from ops.journey.importing import import_people
from ops.journey.play import Play, body_of
from ops.journey.portrait import add_photos
from ops.journey.steps import SPECIALTIES, register_ten, review
from shared.clock import beijing_today, now_utc
from shared.identifiers import new_id
from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of, fits_a_phone
from tests.browser.steps import PATIENCE, press_entry
from tests.sessions import open_play
from tests.shared.test_uploads import pdf
from tests.stack import Stack

LookedAt = Callable[[Page, str], Awaitable[None]]


async def choose(page: Page, label: str, *options: str) -> None:
    """One or several of a picker."""
    box = page.get_by_role("combobox", name=label, exact=True)
    for option in options:
        await box.fill(option)
        await press_entry(page, option)
    await box.press("Escape")


async def people_are_seated(stack: Stack, plan: str, name: str) -> str:
    """What units and the province do over the API between a plan and its scores; the first class session."""
    async with open_play(stack.base_url) as play:
        play.facts |= {"plan_id": plan, "plan_name": name}
        for step in (import_people, add_photos, register_ten, review):
            await step(play)
        return await _placed_today(play, plan)


async def _placed_today(play: Play, plan: str) -> str:
    """A class session that begins today, with everybody in it who was approved."""
    day = beijing_today(now_utc())
    body = {
        "plan_id": plan,
        "training_kind": "initial",
        "capacity": 10,
        "location": "南京市职业病防治院 3 楼",
        "start_date": str(day),
        "end_date": str(day + timedelta(days=1)),
        "selection_deadline": str(day),
        "specialties": [{"specialty_code": each, "places": None} for each in SPECIALTIES],
    }
    session = str(body_of(await play.province.post("/api/training/class-sessions", json=body), 201)["id"])
    schedule = body_of(await play.province.get("/api/training/schedules", params={"plan_id": plan}))["items"][0]
    body_of(await play.province.post(f"/api/training/schedules/{schedule['id']}/open"))
    approved = play.facts["approved"]
    for code, ids in (
        ("pneumoconiosis", [*approved[:6], approved[8]]),
        ("poisoning", approved[:4]),
        ("physical", approved[6:8]),
    ):
        row = {"class_session_id": session, "specialty_code": code, "registration_ids": ids}
        body_of(await play.unit.put(f"/api/training/selections/{plan}/placements", json=row))
    return session


PASTE = """([field, kinds]) => {
  const data = new DataTransfer()
  for (const [type, text] of Object.entries(kinds)) data.setData(type, text)
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""


async def paste(page: Page, **kinds: str) -> None:
    """What a spreadsheet has put on the clipboard, into the cell where one is."""
    field = await page.get_by_role("grid", name="成绩").locator("input").element_handle()
    await page.evaluate(PASTE, [field, {f"text/{kind}": text for kind, text in kinds.items()}])


@pytest.mark.req("STAFF-01", "STAFF-08", "STAFF-09", "PLAT-02", "PLAT-03", "BEY-07", "BEY-08")
async def test_from_a_plan_to_published_scores(open_page: OpenPage, looked_at: LookedAt, stack: Stack) -> None:
    page = await open_page("/plans", account="province01")
    plan, name = await a_plan_is_published(page, looked_at)
    session = await people_are_seated(stack, plan, name)
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(f"/plans/{plan}")
    await expect(page.get_by_text("已有人报名，不能修改此项").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "培训计划-有人报名")
    await people_sign_in(page, looked_at, session)
    await page.get_by_role("navigation", name="菜单").get_by_role("link", name="成绩录入").click()
    await expect(page.get_by_role("table", name="成绩录入")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "成绩录入-列表")
    await page.get_by_role("link", name=f"{name} 第1期").click()
    await scores_are_entered(page, looked_at)
    await results_go_out_and_one_is_corrected(page, looked_at)
    assert session in page.url
    await a_day_is_corrected(page, looked_at, session)


async def people_sign_in(page: Page, looked_at: LookedAt, session: str) -> None:
    """By hand at the screen, then by the list with the keyboard."""
    await page.goto(f"/class-sessions/{session}/roster")
    table = page.get_by_role("table", name="名册与出勤")
    await expect(table).to_be_visible(timeout=PATIENCE)
    people = await table.locator("tbody tr").count()
    await page.get_by_role("link", name="投影签到二维码").click()
    code = page.get_by_role("img", name=re.compile("^签到二维码"))
    await expect(code).to_be_visible(timeout=PATIENCE)
    assert await code.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    await expect(page.get_by_text(f"已签到 0/{people}")).to_be_visible(timeout=PATIENCE)
    first = page.get_by_role("button", name=re.compile("^手工签到：")).first
    name = (await first.get_attribute("aria-label") or "").removeprefix("手工签到：")
    await first.click()
    await expect(page.get_by_text(f"已签到 1/{people}")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("list", name="刚刚签到")).to_contain_text(name)
    await looked_at(page, "签到投影")
    await page.get_by_role("link", name="名册与签到").click()
    boxes = table.get_by_role("checkbox", disabled=False)
    await boxes.nth(1).focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Space")
    await expect(boxes.nth(2)).to_be_checked()
    await expect(table.get_by_role("columnheader", name=f"2/{people}")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name=re.compile("^全到：")).click()
    await expect(table.get_by_role("columnheader", name=f"{people}/{people}")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "名册与签到")
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "名册与签到-手机")
    await page.set_viewport_size({"width": 1366, "height": 768})


async def scores_are_entered(page: Page, looked_at: LookedAt) -> None:
    grid = page.get_by_role("grid", name="成绩")
    await expect(grid).to_be_visible(timeout=PATIENCE)
    rows = await grid.locator("tbody tr").count()
    first, second = (grid.locator("tbody tr").nth(at) for at in (0, 1))
    await first.locator("td[data-key=score]").click()
    await page.keyboard.type("85.5")
    await page.keyboard.press("Enter")
    await expect(first.locator("td.conclusion")).to_have_text("合格", timeout=PATIENCE)
    # A column of Excel: one of its cells is no score, it stays, and the others are saved.
    column = ["90", "很好", *("59" if at == 2 else "80" for at in range(2, rows - 1))]
    await paste(page, plain="\n".join(column))
    await expect(page.get_by_text(re.compile(f"粘贴了 {rows - 1} 行：.*1 行没有保存"))).to_be_visible(timeout=PATIENCE)
    await expect(second.locator("td.conclusion")).to_have_text("合格")
    wrong = grid.locator("td.wrong")
    await expect(wrong).to_have_text("很好")
    await looked_at(page, "成绩录入-粘贴")
    await page.get_by_role("button", name="撤回上一步").click()
    await expect(page.get_by_text(f"未录 {rows - 1} 条")).to_be_visible(timeout=PATIENCE)
    await expect(wrong).to_have_count(0)
    await page.get_by_label("仅看未录").check()
    await expect(grid.locator("tbody tr")).to_have_count(rows - 1)
    await grid.locator("td[data-key=score]").first.click()
    cells = "".join(f"<tr><td>{59 if at == 0 else 80}</td></tr>" for at in range(rows - 1))
    await paste(page, html=f"<table>{cells}</table>")
    await expect(page.get_by_text("未录 0 条")).to_be_visible(timeout=PATIENCE)
    await page.get_by_label("仅看未录").uncheck()


async def results_go_out_and_one_is_corrected(page: Page, looked_at: LookedAt) -> None:
    await page.get_by_role("button", name=re.compile("^录入完成：")).click()
    dialog = dialog_of(page, "^录入完成：")
    await expect(dialog.get_by_text("人将获得证书")).to_be_visible(timeout=PATIENCE)
    await expect(dialog).to_contain_text("才结束；确需提前发布的，请填写理由")
    await dialog.get_by_label("理由").fill("演示：培训日期在将来")
    await looked_at(page, "成绩录入-发布")
    await dialog.get_by_role("button", name="录入完成", exact=True).click()
    await expect(page.get_by_text("已发布", exact=True)).to_be_visible(timeout=PATIENCE)
    await (
        page.get_by_role("row").filter(has_text="不合格").get_by_role("button", name=re.compile("^成绩更正：")).click()
    )
    dialog = dialog_of(page, "^成绩更正：")
    await dialog.get_by_label("更正后的成绩").fill("75")
    await expect(dialog.get_by_text(re.compile("更正后 75 合格（原为不合格）：.*证书"))).to_be_visible(timeout=PATIENCE)
    await dialog.get_by_label("理由").fill("阅卷有误")
    await looked_at(page, "成绩更正")
    await dialog.get_by_role("button", name="成绩更正", exact=True).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE)
    await expect(page.get_by_role("row").filter(has_text="不合格")).to_have_count(0)
    await looked_at(page, "成绩录入-已发布")
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "成绩录入-手机")


async def a_day_is_corrected(page: Page, looked_at: LookedAt, session: str) -> None:
    """After the results are out, with what becomes of the certificate said before."""
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(f"/class-sessions/{session}/roster")
    box = page.get_by_role("table", name="名册与出勤").get_by_role("checkbox", disabled=False).first
    await box.click(timeout=PATIENCE)
    dialog = dialog_of(page, "^更正出勤：")
    await expect(dialog.get_by_text(re.compile("更正后出勤 0 天，要求 [0-9]+ 天："))).to_be_visible(timeout=PATIENCE)
    await expect(box).to_be_checked()
    await dialog.get_by_label("理由").fill("签到表误登")
    await looked_at(page, "更正出勤")
    await dialog.get_by_role("button", name="更正出勤", exact=True).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE)
    await expect(box).not_to_be_checked()


async def a_plan_is_published(page: Page, looked_at: LookedAt) -> tuple[str, str]:
    """Drafted, checked, published, and it says what may still change: its id and its name."""
    await expect(page.get_by_role("table", name="培训计划")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "培训计划-列表")
    await page.get_by_role("link", name="新建培训计划").click()
    name = f"职业病诊断医师培训 {new_id().hex[-6:]}"
    preview = page.get_by_role("region", name="单位将看到")
    await page.get_by_role("radio", name="职业病诊断医师").check(timeout=PATIENCE)
    await page.get_by_label("培训班名称").fill(name)
    await expect(preview).to_contain_text(name)
    await page.get_by_label("报名截止日期").fill(str(beijing_today(now_utc()) + timedelta(days=4)))
    await page.get_by_label("学时").fill("40")
    await page.get_by_label("培训对象").fill("职业病诊断机构的临床医师")
    await page.get_by_label("培训内容").fill("职业病防治法规\n诊断标准与案例")
    await choose(page, "开设专业类别", "职业性尘肺病及其他呼吸系统疾病", "职业性化学中毒", "物理因素所致职业病")
    groups = page.get_by_role("group", name="考核组")
    for ticked in ("职业性化学中毒", "物理因素所致职业病"):
        await groups.get_by_role("checkbox", name=ticked).press("Space")
    await groups.get_by_role("button", name="合并为一个考核组").press("Enter")
    await expect(groups.get_by_role("button", name=re.compile("^拆开："))).to_be_visible()
    await page.get_by_label("最低出勤率").fill("50")
    await page.get_by_label("咨询联系人").fill("李老师")
    await page.get_by_label("咨询电话").fill("025-83759999")
    await looked_at(page, "培训计划-新建")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.wait_for_url(re.compile(r"/plans/[0-9a-f-]{36}"), timeout=PATIENCE)

    # The draft saves itself, its files come with it.
    await page.get_by_label("报名须知").fill("需要学分证的人员请如实选择")
    await expect(page.get_by_text(re.compile("^已保存 "))).to_be_visible(timeout=PATIENCE)
    await page.locator("#plan-files").set_input_files(
        {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    await expect(preview.get_by_role("link", name="查看 通知.pdf")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="发布：").click()
    dialog = dialog_of(page, "^发布：")
    await expect(dialog).to_contain_text("离报名截止只有 4 天", timeout=PATIENCE)
    await expect(dialog).to_contain_text("家单位将看到并收到通知")
    await looked_at(page, "培训计划-发布")
    await dialog.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_text("已发布", exact=True)).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("还没有人报名，可以修改").first).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "培训计划")
    await page.set_viewport_size({"width": 390, "height": 800})
    await fits_a_phone(page)
    await looked_at(page, "培训计划-手机")
    return page.url.rsplit("/", 1)[1], name
