"""What the proof of work costs a browser (BEY-12): Chromium derives as many keys as a challenge of the default settings takes on average,
in two workers and by the same call as the portal (``web/src/features/proof``). Chromium's throttle slows the page and not its workers; so
a slow office PC is its processor time, four times as long, over two cores.
"""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.figure import Figure
from services.auth.settings import AuthSettings
from tests.chromium import PEOPLES_CHROMIUM

_SLOWER = 4
_CORES = 2
# Long enough to warm a process up; then what is measured.
_WARM_UP_STEPS, _STEPS = 200, 1000
# One step as altcha-lib has it.
_DERIVE = """
onmessage = async ({ data: { steps, cost } }) => {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  for (let step = 0; step < steps; step++) {
    const password = new Uint8Array([...salt, step >> 24, step >> 16, step >> 8, step])
    const key = await crypto.subtle.importKey('raw', password, { name: 'PBKDF2' }, false, ['deriveBits'])
    await crypto.subtle.deriveBits({ name: 'PBKDF2', salt, iterations: cost, hash: 'SHA-256' }, key, 256)
  }
  postMessage('done')
}
"""
_RUN = """
async ([steps, cost, cores]) => {
  const begun = performance.now()
  await Promise.all([...Array(cores)].map(() => new Promise((done) => {
    const worker = new Worker('/worker.js')
    worker.onmessage = () => { worker.terminate(); done() }
    worker.postMessage({ steps: steps / cores, cost })
  })))
  return (performance.now() - begun) / 1000
}
"""


class _Site(BaseHTTPRequestHandler):
    """A page and its worker; an address of this machine is a secure context."""

    def do_GET(self) -> None:
        of_worker = self.path == "/worker.js"
        body = (_DERIVE if of_worker else "<!doctype html>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if of_worker else "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


def figures() -> Iterator[Figure]:
    """Per step, and for the average challenge: half as many steps again as its least."""
    settings = {name: AuthSettings.model_fields[f"proof_{name}"].default for name in ("cost", "counter")}
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        step, wall = _measure(f"http://127.0.0.1:{site.server_address[1]}/", settings["cost"])
        site.shutdown()
    steps = settings["counter"] * 1.5
    yield Figure("proof_step_processor_ms", step * 1000, "ms")
    yield Figure("proof_here_s", wall * steps / _STEPS, "s")
    yield Figure("proof_slow_office_pc_s", step * steps * _SLOWER / _CORES, "s", 1.5)


def _measure(address: str, cost: int) -> tuple[float, float]:
    """(processor seconds of a step, seconds of all steps by the clock)."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PEOPLES_CHROMIUM, args=["--no-sandbox"])
        try:
            page, session = browser.new_page(), browser.new_browser_cdp_session()
            page.goto(address)
            run = partial(_run, page, cost)
            run(_WARM_UP_STEPS)
            before = _processor_seconds(session)
            wall = run(_STEPS)
            return (_processor_seconds(session) - before) / _STEPS, wall
        finally:
            browser.close()


def _run(page: Page, cost: int, steps: int) -> float:
    told: float = page.evaluate(_RUN, [steps, cost, _CORES])
    return told


def _processor_seconds(session: CDPSession) -> float:
    """Of the processes that show pages."""
    told: dict[str, Any] = session.send("SystemInfo.getProcessInfo")
    return sum(float(each["cpuTime"]) for each in told["processInfo"] if each["type"] == "renderer")
