"""A browser before the whole platform: Debian's Chromium, the portal built as it is delivered, the gateway's rules for scripts and styles.

The portal is asked for under a name that is no secure context, as on a hospital's local network: what works there works over https too.
"""

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pylopdf_fonts_zh_cn
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.browser.steps import PATIENCE, give_session, inside, refuse_stream, standing_still
from tests.chromium import CHROMIUM, PEOPLES_CHROMIUM
from tests.sessions import token_of
from tests.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
HOST = "platform.test"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
    # `make old-kernel` has one that needs more.
    *os.environ.get("CHROMIUM_ARGUMENTS", "").split(),
]
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>"""

# What it would say of everything that is well takes longer to write down than to find.
VIOLATIONS = "axe.run({ resultTypes: ['violations'], preload: false }).then(result => result.violations)"
# People look at them; nobody does where they go away with the machine.
KEPT = "CI" not in os.environ

# A calendar has no name while it comes and goes.
NAMED = """() => [...document.querySelectorAll('.el-popper[role=dialog]')].every(each =>
  getComputedStyle(each).display === 'none' || each.getAttribute('aria-label'))"""

OpenPage = Callable[..., Awaitable[Page]]
Launched = Callable[[Path], Awaitable[Browser]]


@pytest.fixture(scope="session")
def portal(stack: Stack) -> str:
    """The address of a platform whose portal is built from the sources as they are."""
    if not PEOPLES_CHROMIUM.exists():
        pytest.skip("Chromium is missing: apt-get install chromium")
    subprocess.run(["sh", "ops/build_web.sh"], cwd=ROOT, check=True)
    return f"http://{HOST}:{urlsplit(stack.base_url).port}"


@pytest.fixture(scope="session")
def font_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chinese characters in the screenshots, whether this machine has a font for them or not."""
    folder = tmp_path_factory.mktemp("fonts")
    settings = folder / "fonts.conf"
    settings.write_text(FONTS.format(folder=Path(pylopdf_fonts_zh_cn.__file__).parent, cache=folder / "cache"))
    return settings


@pytest.fixture(scope="session")
async def launched(portal: str, font_settings: Path) -> AsyncIterator[Launched]:
    """A Chromium of each kind, from when it is first wanted until the end."""
    running: dict[Path, Browser] = {}
    async with async_playwright() as playwright:

        async def launch(path: Path) -> Browser:
            if path not in running:
                running[path] = await playwright.chromium.launch(
                    executable_path=path, args=ARGUMENTS, env={**os.environ, "FONTCONFIG_FILE": str(font_settings)}
                )
            return running[path]

        yield launch
        for each in running.values():
            await each.close()


@pytest.fixture
async def open_page(launched: Launched, portal: str) -> AsyncIterator[OpenPage]:
    """``await open_page("/registrations", account="unit01")``: that page in a browser of its own, signed in where an account is named;
    where it is not ``live``, without the open inbox, which tells by itself that a session has ended; where it ``shows_papers``, by the
    whole Chromium, which alone shows a PDF within a page. At the end, nothing may have been refused by the Content-Security-Policy, which
    the embedded platform sends as the gateway does, and no script may have failed."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    pages: list[Page] = []

    async def make(
        path: str,
        *,
        account: str = "",
        live: bool = True,
        width: int = 1366,
        user_agent: str | None = None,
        shows_papers: bool = False,
    ) -> Page:
        context = await (await launched(PEOPLES_CHROMIUM if shows_papers else CHROMIUM)).new_context(
            viewport={"width": width, "height": 768},
            base_url=portal,
            user_agent=user_agent,
            locale="zh-CN",
            timezone_id="America/New_York",
        )
        page = await context.new_page()
        pages.append(page)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if not live:
            await refuse_stream(page)
        if account:
            token = await token_of(f"http://127.0.0.1:{urlsplit(portal).port}", account)
            await give_session(context, portal, token)
        await page.goto(path)
        if account:
            await expect(inside(page)).to_be_visible(timeout=PATIENCE)
        return page

    yield make
    for page in pages:
        await page.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script."""
    return (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def looked_at(portal: str, axe: str) -> Callable[[Page, str], Awaitable[None]]:
    """``await looked_at(page, "登录")``: keeps a screenshot, and asserts that axe-core (WCAG 2.1 AA and its advice) finds nothing."""

    async def look(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        # A busy machine shows the page some time after it was opened; an empty one has nothing to look at.
        await expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
        # Colours on their way to others would be measured as they happen to be.
        await standing_still(page)
        await page.wait_for_function(NAMED, timeout=PATIENCE)
        if KEPT:
            await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        if not await page.evaluate("'axe' in window"):
            await page.evaluate(axe)
        found = await page.evaluate(VIOLATIONS)
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []

    return look
