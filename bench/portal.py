"""What a clerk waits for in the portal: how much script comes, how long a list takes on an office PC, whether a page jumps while it comes,
and whether it holds more memory the longer one goes about in it. Chromium with its processor four times slower, behind a line of 1.6 Mbit/s
and 40 ms, before an embedded platform whose unit has some sixty people.
"""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Playwright, async_playwright

from bench import built
from bench.figure import Figure
from ops.journey.importing import import_people
from ops.journey.people import twelve_people
from ops.journey.run import open_play
from tests.chromium import PEOPLES_CHROMIUM
from tests.stack import running_stack

_SLOWER, _BYTES_A_SECOND, _LATENCY_MS = 4, 1_600_000 / 8, 40
_ROUNDS = 3
_PATIENCE, _READING_MS = 60_000, 2_500
_CHANGES, _BEFORE = 200, 20
# What V8 compiles while somebody goes about is no memory of pages, and would be counted as such: it only interprets here, and keeps its
# notes on a function from its first call.
_UNCOMPILED = "--js-flags=--no-sparkplug --no-maglev --no-opt --no-lazy-feedback-allocation --no-flush-bytecode"
_LISTS = {"people": "人员信息", "plans": "集体报名"}
_SHIFTS = """
window.shifted = 0
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value
}).observe({ type: 'layout-shift', buffered: true })
"""
# From the press until rows stand there and the page has nothing more to do, in ms.
_GO = """
(name) => new Promise((done) => {
  const link = [...document.querySelectorAll('#menu a')].find((each) => each.textContent.trim() === name)
  const begun = performance.now()
  link.click()
  const look = () => {
    if (document.querySelector('main table tbody tr')) requestIdleCallback(() => done(performance.now() - begun))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""
_LOADED = """
() => new Promise((done) => {
  const look = () => {
    if (document.querySelector('main table tbody tr')) requestIdleCallback(() => done(performance.now()))
    else requestAnimationFrame(look)
  }
  look()
})
"""


@dataclass(frozen=True)
class _Signed:
    """A browser of somebody who is signed in."""

    context: BrowserContext
    page: Page
    devtools: CDPSession


def figures() -> Iterator[Figure]:
    """Sizes in kB, times in seconds, memory in MB, nodes of the DOM; shifts as Chromium counts them going to a list and reloading it."""
    own, arriving = built.own_kb(), built.arriving_kb()
    yield Figure("portal_first_page_script_kb", built.first_page_kb(), "kB", built.FIRST_PAGE_KB)
    yield Figure("portal_route_own_script_most_kb", max(own.values()), "kB", built.ROUTE_KB)
    yield Figure("portal_route_arriving_most_kb", max(arriving.values()), "kB")
    yield from asyncio.run(_measured())


async def _measured() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        async with open_play(stack.base_url) as play:
            for _ in range(4):
                play.people = twelve_people()
                await import_people(play)
            token = str(play.unit.headers["Authorization"]).removeprefix("Bearer ")
            async with async_playwright() as playwright:
                async with _browser(playwright) as browser:
                    found = await _lists(browser, stack.base_url, token)
                async with _browser(playwright, _UNCOMPILED) as browser:
                    found += await _memory(browser, stack.base_url, token)
    return found


@asynccontextmanager
async def _browser(playwright: Playwright, *flags: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=PEOPLES_CHROMIUM, args=["--no-sandbox", *flags])
    yield browser
    await browser.close()


@asynccontextmanager
async def _signed(browser: Browser, base_url: str, token: str) -> AsyncIterator[_Signed]:
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, base_url=base_url, locale="zh-CN")
    await context.add_cookies([{"name": "session", "value": token, "url": base_url}])
    await context.add_init_script(_SHIFTS)
    # The stream never comes to rest, and neither would the network that is waited for; a route that refuses it would turn off the cache.
    await context.add_init_script("delete globalThis.EventSource")
    page = await context.new_page()
    yield _Signed(context, page, await context.new_cdp_session(page))
    await context.close()


async def _slow(devtools: CDPSession) -> None:
    line = {"offline": False, "latency": _LATENCY_MS, "downloadThroughput": _BYTES_A_SECOND}
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": _BYTES_A_SECOND})
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})


async def _lists(browser: Browser, base_url: str, token: str) -> list[Figure]:
    """From 首页 by the menu, its scripts not loaded before; and by its address, with a browser that has been there."""
    gone: dict[str, list[float]] = {name: [] for name in _LISTS}
    back: list[float] = []
    shifts: list[float] = []
    for _ in range(_ROUNDS):
        for name, entry in _LISTS.items():
            async with _signed(browser, base_url, token) as signed:
                await _slow(signed.devtools)
                await _at_home(signed.page)
                gone[name].append(await signed.page.evaluate(_GO, entry))
                shifts.append(await signed.page.evaluate("window.shifted"))
                await signed.page.reload(wait_until="commit")
                back.append(await signed.page.evaluate(_LOADED))
                shifts.append(await signed.page.evaluate("window.shifted"))
    took = [Figure(f"portal_list_{name}_s", statistics.median(each) / 1000, "s", 1) for name, each in gone.items()]
    again = Figure("portal_list_reloaded_s", statistics.median(back) / 1000, "s")
    return [*took, again, Figure("portal_layout_shift_most", max(shifts), "", 0.05)]


async def _at_home(page: Page) -> None:
    """首页 is there and read for a moment, as by somebody who looks for what waits."""
    await page.goto("/")
    await page.locator("#menu a").nth(1).wait_for(timeout=_PATIENCE)
    await page.wait_for_load_state("networkidle", timeout=_PATIENCE)
    await page.wait_for_timeout(_READING_MS)
    await page.wait_for_load_state("networkidle", timeout=_PATIENCE)


async def _memory(browser: Browser, base_url: str, token: str) -> list[Figure]:
    """What is held on 首页 once garbage is gone, before and after so many changes between every page of the menu."""
    async with _signed(browser, base_url, token) as signed:
        await _at_home(signed.page)
        entries = await signed.page.locator("#menu a").all_inner_texts()
        await _go_about(signed.page, entries, _BEFORE)
        before, _ = await _held(signed, entries)
        await _go_about(signed.page, entries, _CHANGES)
        after, nodes = await _held(signed, entries)
    grown = Figure(f"portal_memory_grown_by_{_CHANGES}_changes_mb", after - before, "MB", 2)
    return [Figure("portal_memory_mb", before, "MB"), grown, Figure("portal_nodes_held_at_home", nodes, "")]


async def _go_about(page: Page, entries: list[str], changes: int) -> None:
    for number in range(changes):
        await page.locator("#menu").get_by_role("link", name=entries[number % len(entries)].strip(), exact=True).click()
        await page.locator("h1").first.wait_for()
        await page.wait_for_load_state("networkidle")


async def _held(signed: _Signed, entries: list[str]) -> tuple[float, int]:
    """Heap in MB and nodes of the DOM, shown or not, on the first page of the menu."""
    await _go_about(signed.page, entries, 1)
    await signed.devtools.send("HeapProfiler.collectGarbage")
    heap = await signed.devtools.send("Runtime.getHeapUsage")
    counted = await signed.devtools.send("Memory.getDOMCounters")
    return float(heap["usedSize"]) / 1_000_000, int(counted["nodes"])
