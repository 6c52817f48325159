"""``python -m tests.browser.guide_pictures``, which is ``make guide-pictures``: takes the pictures of web/guides on a platform of its own,
with its demo data and nobody's. Look at each before you commit it. ``ONLY=name,name`` takes those alone, ``BASE_URL`` names one that runs.
"""

import asyncio
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image
from playwright.async_api import Browser, FloatRect, Page, async_playwright, expect
from playwright.async_api import Error as PlaywrightError

from ops.guides.table import PICTURES
from tests.browser.conftest import ARGUMENTS, FONTS, ROOT
from tests.browser.steps import PATIENCE, refuse_stream, sign_in, standing_still
from tests.chromium import CHROMIUM
from tests.stack import running_stack

# Pixels: a column of text beside the menu, as high as one looks at without scrolling.
WIDTH, HEIGHT, MENU = 1180, 720, 208
COLOURS = 256
SOON = 10_000

Act = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Picture:
    """``account`` (nobody for a public page) opens ``path``; ``act`` leads to the picture; ``wait`` is a text that must be there."""

    name: str
    account: str
    path: str
    wait: str
    act: Act | None = None
    height: int = HEIGHT
    width: int = WIDTH


async def _first_link(page: Page) -> None:
    await page.locator("main table tbody a").first.click()


async def _own_plan(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^报名：")).first.click()


async def _first_person(page: Page) -> None:
    await _own_plan(page)
    await page.get_by_role("list", name="本单位报名人员").get_by_role("button").first.click()


async def _reviewed(page: Page) -> None:
    await page.goto("/reviews?status=approved&status=returned")


async def _first_review(page: Page) -> None:
    await _reviewed(page)
    await page.locator("main table tbody a").first.click()


async def _roster(page: Page) -> None:
    await _first_link(page)
    await page.get_by_role("link", name="名册与签到").first.click()


async def _new_declaration(page: Page) -> None:
    await page.get_by_role("button", name="添加初次申报").click()


async def _flagged(page: Page) -> None:
    await page.get_by_role("link", name="南京樱驼花园石材有限公司").click()


async def _looked_up(page: Page) -> None:
    await page.get_by_label("哪个单位或账号不能登录").fill("南京市玄武区职业病防治院")
    await page.get_by_role("button", name="查询").click()


async def _city_account(page: Page) -> None:
    await page.get_by_role("link", name="unit01").click()


TABLE = (
    Picture("sign-in", "", "/sign-in", "登录", height=760),
    Picture("apply", "", "/apply", "继续填写、查看结果", height=600),
    Picture("enterprise-sign-up", "", "/enterprise-sign-up", "是否分支机构", height=640),
    Picture("unit-home", "unit01", "/", "日程"),
    Picture("filing", "unit01", "/institution/examination", "未备案"),
    Picture("people", "unit01", "/institution/people", "科室选择"),
    Picture("registrations", "unit01", "/registrations", "共 1 条", height=520),
    Picture("registration", "unit01", "/registrations", "到人员信息中修改", _first_person, height=700),
    Picture("selection", "unit01", "/selections", "剩余人数", _first_link, height=860),
    Picture("results", "unit01", "/results", "证书编号", _first_link),
    Picture("settings", "unit01", "/settings", "邮箱、颜色与通知"),
    Picture("reviews", "province01", "/reviews", "审核通过", _reviewed),
    Picture("review-desk", "province01", "/reviews", "使用快捷键", _first_review, height=600, width=1500),
    Picture("plan-new", "province01", "/plans/new", "单位将看到"),
    Picture("plan", "province01", "/plans", "含当日", _first_link, height=820),
    Picture("class-plan", "province01", "/class-sessions", "需求与名额", _first_link, height=860),
    Picture("roster", "province01", "/class-sessions", "下载名册", _roster, height=560),
    Picture("score-sheet", "province01", "/scores", "成绩更正", _first_link, height=560),
    Picture("certificate", "province01", "/certificates", "打包全部", height=640),
    Picture("statistics", "province01", "/training-statistics", "各地区报名人数", height=860),
    Picture("account", "city01", "/accounts", "资料与权限", _city_account),
    Picture("access-check", "city01", "/access-checks", "能登录", _looked_up),
    Picture("declaration-reviews", "county01", "/declaration-reviews", "审核期限", height=820),
    Picture("declaration-review", "county01", "/declaration-reviews", "与上次审核通过的申报相比", _flagged, height=860),
    Picture("declaration-due", "county01", "/declaration-due", "记录电话催报", height=820),
    Picture("employer-home", "employer01", "/", "应办理的申报", height=520),
    Picture("enterprise", "employer01", "/enterprise", "不能自行修改的信息", height=900),
    # Last, because it leaves a declaration behind.
    Picture("declaration-form", "employer01", "/declarations", "与接害总人数比较", _new_declaration, height=820),
)


async def take(browser: Browser, base_url: str, wanted: list[Picture]) -> list[str]:
    """Each picture by the account's own browser, one sign-in an account; says which could not be taken."""
    missed = []
    for account in dict.fromkeys(each.account for each in wanted):
        context = await browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, base_url=base_url, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = await context.new_page()
        await refuse_stream(page)
        if account:
            await page.goto("/sign-in")
            await sign_in(page, account)
        for each in (each for each in wanted if each.account == account):
            try:
                keep(each.name, await _taken(page, each))
            except (AssertionError, PlaywrightError) as error:
                missed.append(f"{each.name}: {str(error).strip().splitlines()[0]}")
        await context.close()
    return missed


async def _taken(page: Page, picture: Picture) -> bytes:
    await page.set_viewport_size({"width": picture.width, "height": picture.height})
    await page.goto(picture.path)
    await expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
    if picture.act:
        await picture.act(page)
    await expect(page.locator("main").get_by_text(picture.wait).first).to_be_visible(timeout=SOON)
    with suppress(PlaywrightError):  # a PDF in a frame never comes to rest
        await page.wait_for_load_state("networkidle", timeout=SOON)
    await standing_still(page)
    await page.evaluate("document.activeElement?.blur()")
    # Menu and head are the same on every page.
    head = await page.locator("header").bounding_box() if picture.account else None
    left, top = (MENU, int(head["height"])) if head else (0, 0)
    clip: FloatRect = {"x": left, "y": top, "width": picture.width - left, "height": picture.height - top}
    return await page.screenshot(clip=clip)


def keep(name: str, shot: bytes) -> None:
    """As WebP of few colours: a page of the portal has few, and a picture must not weigh more than the text it stands in."""
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.convert("RGB").save(PICTURES / f"{name}.webp", lossless=True, method=6)


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """The address of a fresh one, or of the one that BASE_URL names."""
    if known := os.environ.get("BASE_URL"):
        yield known
        return
    subprocess.run(["sh", "ops/build_web.sh"], cwd=ROOT, check=True)
    with running_stack(folder / "var") as stack:
        yield stack.base_url


async def main() -> None:
    only = set(filter(None, os.environ.get("ONLY", "").split(",")))
    wanted = [each for each in TABLE if not only or each.name in only]
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, platform(Path(name)) as base_url:
        fonts = Path(name) / "fonts.conf"
        fonts.write_text(FONTS.format(folder=Path(pylopdf_fonts_zh_cn.__file__).parent, cache=fonts.with_suffix("")))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}
            )
            missed = await take(browser, base_url, wanted)
            await browser.close()
    if missed:
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
