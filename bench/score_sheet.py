"""成绩录入 of a session of 2,000 people in a browser: how much the sheet's answer is, how long a column of 2,000 scores takes until
all of it is saved, and the longest task while a grid of 500 rows is scrolled from end to end. Chromium as fast as this machine, with
an embedded platform (STAFF-08, PLAT-08).
"""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from playwright.async_api import Page, async_playwright
from sqlalchemy import text

from bench.events import adopt_environment
from bench.figure import Figure
from ops.journey.run import open_play
from services.training.classes.class_sessions.models import ClassSession
from services.training.plans.models import Plan
from shared.roles import Permission
from shared.runtime import Runtime, open_runtime
from shared.services import Service
from tests.chromium import PEOPLES_CHROMIUM
from tests.conftest import make_actor
from tests.services.training.classes.selection.classes import add_class, add_schedule
from tests.services.training.records import add_institution, add_plan, add_registration, add_staff
from tests.stack import running_stack

LARGE, SMALL = 2_000, 500
_PATIENCE = 120_000
_FIRST_BORN = date(1950, 1, 1)
_SEATED = (
    """
INSERT INTO seats (id, class_session_id, person_id, registration_id, unit_id, during)
SELECT uuidv7(), c.id, s.person_id, r.id, r.unit_id, daterange(c.start_date, c.end_date, '[]')
  FROM registrations AS r JOIN staff_members AS s ON s.id = r.staff_id JOIN class_sessions AS c ON c.id = :session
 WHERE r.plan_id = :plan""",
    """
INSERT INTO placements (registration_id, specialty_code, class_session_id, seat_id, unit_id)
SELECT t.registration_id, x.specialty_code, t.class_session_id, t.id, t.unit_id
  FROM seats AS t JOIN registration_specialties AS x ON x.registration_id = t.registration_id
 WHERE t.class_session_id = :session""",
)
_TASKS = """
window.longest = 0
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.longest = Math.max(window.longest, each.duration)
}).observe({ type: 'longtask', buffered: true })
"""
# As a spreadsheet puts a column on the clipboard; from then until the page says what became of it, in ms.
_PASTE = """
(scores) => new Promise((done) => {
  const data = new DataTransfer()
  data.setData('text/plain', scores.join('\\n'))
  const begun = performance.now()
  const given = { clipboardData: data, bubbles: true, cancelable: true }
  document.querySelector('[role=grid] input').dispatchEvent(new ClipboardEvent('paste', given))
  const look = () => {
    const said = [...document.querySelectorAll('[role=status]')].map((each) => each.textContent)
    const told = said.some((each) => each.startsWith(`粘贴了 ${scores.length} 行`))
    if (told) done(performance.now() - begun)
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})
"""
# A step each frame, as a wheel that is turned fast.
_SCROLL = """
() => new Promise((done) => {
  const box = document.querySelector('[role=grid]').parentElement
  window.longest = 0
  const step = () => {
    box.scrollTop += 240
    if (box.scrollTop + box.clientHeight < box.scrollHeight - 2) requestAnimationFrame(step)
    else setTimeout(() => done([window.longest, box.scrollHeight]), 300)
  }
  requestAnimationFrame(step)
})
"""


def figures() -> Iterator[Figure]:
    """The answer in kB, seconds of the paste, ms of tasks."""
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "var") as stack:
        adopt_environment(stack)
        yield from asyncio.run(_measured(stack.base_url))


async def _measured(base_url: str) -> list[Figure]:
    async with open_runtime(Service.TRAINING, pool_size=2, lanes={}) as runtime:
        large, small = [await _session(runtime, count) for count in (LARGE, SMALL)]
    async with open_play(base_url) as play, async_playwright() as playwright:
        answer = await play.province.get(f"/api/training/score-sheets/{large}")
        token = str(play.province.headers["Authorization"]).removeprefix("Bearer ")
        browser = await playwright.chromium.launch(executable_path=PEOPLES_CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1366, "height": 768}, base_url=base_url, locale="zh-CN")
        await context.add_cookies([{"name": "session", "value": token, "url": base_url}])
        await context.add_init_script(_TASKS)
        page = await context.new_page()
        await _open(page, small)
        await browser.start_tracing(page=page, categories=["toplevel"])
        scrolling, height = await page.evaluate(_SCROLL)
        busy = _longest_ms(await browser.stop_tracing())
        await _open(page, large)
        await page.locator("td[data-key=score]").first.click()
        pasted = await page.evaluate(_PASTE, [str(60 + at % 40) for at in range(LARGE)])
        longest = await page.evaluate("window.longest")
        await browser.close()
    if height < SMALL * 20:
        raise RuntimeError(f"a grid of {SMALL} rows is {height} pixels tall: it was not scrolled")
    return [
        Figure("score_sheet_2000_answer_kb", len(answer.raise_for_status().content) / 1000, "kB"),
        Figure("score_sheet_2000_pasted_s", pasted / 1000, "s", 2),
        Figure("score_sheet_2000_longest_task_ms", longest, "ms"),
        Figure("score_sheet_500_scrolled_longest_task_ms", scrolling, "ms", 50),
        Figure("score_sheet_500_scrolled_longest_task_processor_ms", busy, "ms", 50),
    ]


def _longest_ms(trace: bytes) -> float:
    """Processor time of the page's longest task, which others on the machine change less than the time that it took."""
    events = json.loads(trace)["traceEvents"]
    named = [each for each in events if each.get("name") == "thread_name"]
    main = {each["tid"] for each in named if each["args"]["name"] == "CrRendererMain"}
    tasks = [each for each in events if "RunTask" in each["name"] and each["tid"] in main]
    return max(float(each.get("tdur", 0)) for each in tasks) / 1000


async def _open(page: Page, session: str) -> None:
    await page.goto(f"/scores/{session}")
    await page.locator("td[data-key=score]").first.wait_for(timeout=_PATIENCE)
    await page.wait_for_timeout(1_000)


async def _session(runtime: Runtime, count: int) -> str:
    """A class session with so many people in it."""
    unit = make_actor(Permission.GROUP_REGISTRATION)
    async with runtime.database.unit_of_work() as session:
        plan: Plan = await add_plan(session)
        row: ClassSession = await add_class(session, await add_schedule(session, plan), capacity=count)
        await add_institution(session, unit)
        for at in range(count):  # nobody else's number: each was born on a day of his own
            born = _FIRST_BORN + timedelta(days=at + count)
            staff = await add_staff(session, unit, f"甲{at}", birth_date=born)
            await add_registration(session, unit, plan, staff)
        for statement in _SEATED:
            await session.execute(text(statement), {"session": row.id, "plan": plan.id})
        await session.execute(text("UPDATE class_sessions SET taken = :n WHERE id = :id"), {"n": count, "id": row.id})
    return str(row.id)
