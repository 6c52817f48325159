"""人员信息 in a real browser: a person is added and corrected, two clerks at one file, a session that is taken over and a network that is
gone in the middle of a word, and people from a sheet.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from shared.identifiers import RESIDENT_CHECKS, RESIDENT_WEIGHTS
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, press_entry, press_sign_in, sign_in_by_form
from tests.services.training.people.personnel.forms import XLSX, line, workbook

LookedAt = Callable[[Page, str], Awaitable[None]]
UNIT = "unit01"
LIST, NEW, IMPORT = "/institution/people", "/institution/people/new", "/institution/people/import"
PERSON = re.compile(r"/institution/people/[0-9a-f-]{36}")
# What another clerk of the unit does meanwhile, with the session that this browser has.
ELSEWHERE = """async ({ body }) => {
  const place = '/api/training/personnel/' + location.pathname.split('/').at(-1)
  const read = await fetch(place)
  const headers = { 'If-Match': read.headers.get('ETag'), 'Content-Type': 'application/json' }
  const answer = await fetch(place, { method: 'PATCH', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
}"""
# The platform hears and does it, and its answer is lost on the way.
LOSE_ONE = """() => {
  const real = window.fetch
  window.fetch = async (request) => {
    const answer = await real(request)
    if (request.method !== 'POST' || !request.url.endsWith('/personnel')) return answer
    window.fetch = real
    throw new TypeError('lost')
  }
}"""


def unused_number() -> str:
    """A resident id that nobody has, also on a stack that has served tests before; a woman's."""
    born = date(1950, 1, 1) + timedelta(days=secrets.randbelow(15_000))
    first = f"320{secrets.randbelow(899) + 100}{born:%Y%m%d}{secrets.randbelow(100):02}{2 * secrets.randbelow(5)}"
    total = sum(int(digit) * weight for digit, weight in zip(first, RESIDENT_WEIGHTS, strict=False))
    return first + RESIDENT_CHECKS[total % 11]


def field(page: Page, label: str) -> Locator:
    """The control of that label, whatever star it has."""
    return page.get_by_role("main").get_by_label(re.compile(rf"^\*?{label}(（必填）)?$")).first


async def choose(page: Page, label: str, typed: str, entry: str) -> None:
    """Finds an entry by what is typed: part of its name, or pinyin initials."""
    await field(page, label).focus()
    await page.keyboard.type(typed)
    await press_entry(page, entry)


async def fill(page: Page, number: str, name: str) -> None:
    """All that is asked of somebody who is no physician."""
    await field(page, "身份证号").fill(number)
    for label, value in {
        "姓名": name,
        "手机号码": "13800138000",
        "通讯地址": "南京市玄武区珠江路1号",
        r"从事专业\(岗位\)": "体检",
        "工作年限": "8",
    }.items():
        await field(page, label).fill(value)
    await choose(page, "学历", "dxbk", "大学本科毕业")
    await choose(page, "职称", "主治", "主治医师")
    await page.get_by_label("执业护士").check()


async def save(page: Page) -> None:
    await page.get_by_role("button", name="保存", exact=True).click()


async def uncut(page: Page) -> None:
    """Nothing stands beyond the right edge of a phone."""
    await page.set_viewport_size({"width": 390, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.set_viewport_size({"width": 1366, "height": 768})


class TestForm:
    @pytest.mark.req("TRN-07", "TRN-08", "TRN-10", "TRN-11", "TRN-21", "TRN-22", "PLAT-13")
    async def test_a_wrong_field_is_corrected_and_the_person_is_there(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page(NEW, account=UNIT)
        number = unused_number()
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        await fill(page, wrong, "蒋晓梅")
        await expect(field(page, "身份证号")).to_have_attribute("aria-invalid", "true", timeout=PATIENCE)
        await expect(field(page, "身份证号")).to_have_accessible_description(re.compile("校验位不符"))
        await page.get_by_label("检查医生").check()
        await expect(page.get_by_text("以下带 * 的项目必填")).to_be_visible(timeout=PATIENCE)
        await field(page, "出生日期").click()
        await expect(page.get_by_role("dialog", name="出生日期")).to_be_visible()
        await expect(page.get_by_role("dialog", name="出生日期").get_by_role("columnheader").first).to_have_text("一")
        await looked_at(page, "添加人员-选日期")
        await page.keyboard.press("Escape")
        await save(page)
        summary = page.get_by_role("alert").filter(has_text="填写的内容有误")
        await expect(summary).to_be_focused(timeout=PATIENCE)
        await expect(summary.get_by_role("link")).to_have_count(6)
        await looked_at(page, "添加人员-未通过")
        await summary.get_by_role("link").first.click()
        await expect(field(page, "身份证号")).to_be_focused()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type(number)
        born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        await expect(page.get_by_text(f"女，{born} 出生")).to_be_visible(timeout=PATIENCE)
        await expect(field(page, "出生日期")).to_have_value(born)
        await expect(page.get_by_label("女", exact=True)).to_be_checked()
        await page.get_by_label("检查医生").uncheck()
        await save(page)
        await expect(page).to_have_url(PERSON, timeout=PATIENCE)
        await expect(page.get_by_role("heading", level=1)).to_have_text("蒋晓梅")
        await looked_at(page, "人员信息")
        await uncut(page)
        await page.goto(NEW)
        await field(page, "身份证号").fill(number)
        await page.get_by_role("link", name="打开 蒋晓梅 的信息").click(timeout=PATIENCE)
        await expect(page.get_by_role("dialog", name="有未保存的修改")).to_be_visible()
        await page.get_by_role("button", name="离开").click()
        await expect(page).to_have_url(PERSON)

    @pytest.mark.req("PLAT-03", "BEY-08")
    async def test_an_answer_that_was_lost_adds_nobody_twice(self, open_page: OpenPage) -> None:
        page = await open_page(NEW, account=UNIT)
        await fill(page, unused_number(), "陆雨桐")
        await page.evaluate(LOSE_ONE)
        await save(page)
        await expect(page.get_by_role("alert")).to_contain_text("没有连接到平台", timeout=PATIENCE)
        await expect(field(page, "姓名")).to_have_value("陆雨桐")
        await save(page)
        await expect(page).to_have_url(PERSON, timeout=PATIENCE)

    @pytest.mark.req("PLAT-03", "BEY-08", "AUTH-09")
    async def test_what_was_typed_outlives_a_faster_clerk_and_another_sign_in(
        self, open_page: OpenPage, looked_at: LookedAt
    ) -> None:
        page = await open_page(LIST, account=UNIT, live=False)
        await page.get_by_role("table").get_by_role("link").first.click(timeout=PATIENCE)
        await expect(page.get_by_role("button", name="保存", exact=True)).to_be_visible(timeout=PATIENCE)
        theirs, mine = (f"南京市建邺区江东中路{secrets.randbelow(10**6)}号" for _ in range(2))
        await page.evaluate(ELSEWHERE, {"body": {"address": theirs, "nationality": "中国"}})
        await field(page, "通讯地址").fill(mine)
        await save(page)
        changed = page.get_by_role("alert").filter(has_text="他人刚刚修改了以下内容")
        await expect(changed).to_contain_text(theirs, timeout=PATIENCE)
        await expect(field(page, "通讯地址")).to_have_value(mine)
        await expect(field(page, "国籍")).to_have_value("中国")
        await looked_at(page, "人员信息-他人已修改")
        await save(page)
        await expect(page.get_by_text(re.compile(r"已保存 \d\d:\d\d"))).to_be_visible(timeout=PATIENCE)

        await field(page, "电子邮箱").fill("someone@example.cn")
        other = await open_page("/sign-in")
        await press_sign_in(other, UNIT)
        await other.get_by_role("button", name="继续登录").click(timeout=PATIENCE)
        await expect(other.get_by_role("button", name="重新登录")).to_be_visible(timeout=PATIENCE)
        await save(page)
        await expect(page).to_have_url(re.compile("/sign-in"), timeout=PATIENCE)
        stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert "someone@example.cn" not in stored
        await sign_in_by_form(page, UNIT)
        await expect(field(page, "电子邮箱")).to_have_value("someone@example.cn", timeout=PATIENCE)
        await expect(page.get_by_text("还没有保存的内容")).to_be_visible()
        await page.get_by_role("button", name="放弃这些内容").click()
        await expect(field(page, "电子邮箱")).not_to_have_value("someone@example.cn")


class TestList:
    @pytest.mark.req("TRN-02", "TRN-03", "TRN-04", "TRN-26", "TRN-28", "PLAT-02")
    async def test_what_a_row_says_and_does(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page(NEW, account=UNIT)
        name = f"贺{secrets.token_hex(3)}"
        await fill(page, unused_number(), name)
        await save(page)
        await expect(page).to_have_url(PERSON, timeout=PATIENCE)
        for number in ("FS-1", "FS-2"):
            await page.get_by_role("button", name="添加资质").click()
            dialog = page.get_by_role("dialog", name=f"添加资质：{name}")
            await choose(page, "资质类别", "jcys", "检查医生")
            await dialog.get_by_role("textbox", name="证书（发文）编号").fill(number)
            await dialog.get_by_role("combobox", name="发证（发文）日期").fill("2024-03-05")
            await page.keyboard.press("Enter")
            await dialog.get_by_role("button", name="保存").click()
            held = page.get_by_role("table", name="资质证书")
            await expect(held.get_by_role("row").filter(has_text=number)).to_be_visible(timeout=PATIENCE)
        await page.goto(f"{LIST}?name={name}")
        row = page.get_by_role("row").filter(has_text=name)
        await expect(row).to_contain_text("在职", timeout=PATIENCE)
        await row.get_by_role("button", name="其他 1 个").focus()
        await expect(page.get_by_text("FS-1", exact=True)).to_be_visible()
        await row.get_by_role("button", name=f"更多：{name}").click()
        await press_entry(page, "离职", "menuitem")
        await looked_at(page, "人员信息-列表-离职")
        await page.get_by_role("dialog", name=f"离职：{name}").get_by_role("button", name="离职").click()
        await expect(row).to_contain_text("离职", timeout=PATIENCE)
        await row.get_by_role("button", name=f"科室选择：{name}").click()
        await page.get_by_role("dialog", name=f"科室选择：{name}").get_by_role("combobox").focus()
        await page.keyboard.type("hxnk")
        await press_entry(page, "呼吸内科")
        await page.keyboard.type("体检三部")
        await page.keyboard.press("Enter")
        await looked_at(page, "人员信息-科室选择")
        await page.keyboard.press("Tab")
        await page.get_by_role("button", name="确定").click()
        await expect(row).to_contain_text("呼吸内科、体检三部", timeout=PATIENCE)
        await looked_at(page, "人员信息-列表")
        await uncut(page)


class TestImport:
    @pytest.mark.req("BEY-07", "TRN-01")
    async def test_the_good_rows_go_in_and_the_bad_one_is_told(self, open_page: OpenPage, looked_at: LookedAt) -> None:
        page = await open_page(IMPORT, account=UNIT)
        name = f"毛{secrets.token_hex(3)}"
        good = line(resident_id=unused_number(), name=name)
        bad = line(resident_id=unused_number(), name="毛不对", title="名医")
        file = FilePayload(name="人员.xlsx", mimeType=XLSX, buffer=workbook([good, bad]))
        await page.get_by_label("人员表格（xlsx）").set_input_files(file)
        await expect(page.get_by_role("heading", name="检查结果（还没有导入）")).to_be_focused(timeout=PATIENCE)
        cell = page.get_by_role("cell").filter(has_text="没有“名医”")
        await expect(cell).to_have_class(re.compile("bad"))
        await expect(page.get_by_role("row").filter(has_text="毛不对").locator("td.bad")).to_have_count(1)
        async with page.expect_download() as given:
            await page.get_by_role("button", name="下载标注了问题的表格").click()
        assert (await given.value).suggested_filename == "人员表格（已标注问题）.xlsx"
        await looked_at(page, "人员导入-检查结果")
        await uncut(page)
        await page.get_by_role("button", name="只导入正确的 1 行").click()
        await expect(page.get_by_role("heading", name="已导入")).to_be_visible(timeout=PATIENCE)
        await page.goto(f"{LIST}?name={name}")
        await expect(page.get_by_role("row").filter(has_text=name)).to_be_visible(timeout=PATIENCE)
