"""Somebody who applies over the API, and what the tests of account managers do again and again in the browser."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import httpx
from playwright.async_api import Locator, Page, expect

from ops.client import solve
from tests.browser.conftest import OpenPage
from tests.browser.steps import PATIENCE, drawn, read_code, read_text
from tests.services.auth.applicants import PNG, whole_form
from tests.shared.test_uploads import pdf
from tests.stack import Stack

APPLICATIONS = "/api/auth/applications"


class Applicant:
    """A unit's clerk who applies over the API, without an account."""

    def __init__(self, stack: Stack, *, with_pdf: bool = False, **form: Any) -> None:
        self.stack, self.form, self.with_pdf = stack, whole_form(**form), with_pdf
        self.number = self.key = ""

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {**more.pop("headers", {}), **({"X-Applicant-Key": self.key} if self.key else {})}
        async with httpx.AsyncClient(base_url=self.stack.base_url, trust_env=False, timeout=30) as client:
            answer = await client.request(method, path, headers=headers, **more)
        assert answer.is_success, answer.text
        self.etag = answer.headers.get("ETag", "")
        return answer.json()

    async def proof(self, action: str = "application") -> str:
        challenge = await self._call("GET", "/api/auth/challenge", params={"action": action})
        return await asyncio.to_thread(solve, challenge)

    async def submit(self) -> None:
        if not self.number:
            made = await self._call("POST", APPLICATIONS, json={"proof": await self.proof(), "form": self.form})
            self.number, self.key = made["number"], made["key"]
        own = f"{APPLICATIONS}/by-number/{self.number}"
        file = {"file": ("签字盖章页.png", PNG, "image/png")}
        await self._call("POST", f"{own}/attachments", files=file, data={"kind": "signed_form"})
        if self.with_pdf:
            paper = {"file": ("机构资质.pdf", pdf(), "application/pdf")}
            await self._call("POST", f"{own}/attachments", files=paper, data={"kind": "evidence"})
            self.with_pdf = False
        asked_at = datetime.now(UTC)
        await self._call("POST", f"{own}/codes", json={"proof": await self.proof()})
        code = await read_code(self.stack.base_url, self.form["phone"], asked_at)
        await self._call("POST", f"{own}/submit", json={"code": code})

    async def change(self, **form: Any) -> None:
        path = f"{APPLICATIONS}/by-number/{self.number}/form"
        await self._call("GET", path)
        await self._call("PATCH", path, json=form, headers={"If-Match": self.etag})

    async def ask(self, question: str) -> None:
        """在线咨询."""
        body = {
            "applicant_name": "李芳",
            "organisation_name": "南京市玄武区梅园社区医院",
            "region_code": "320102",
            "phone": self.form["phone"],
            "question": question,
        }
        await self._call("POST", "/api/auth/cases/enquiries", json={**body, "proof": await self.proof("case")})


def dialog_of(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=re.compile(name))


async def decide(page: Page, button: str, *, reason: str = "", field: str = "理由") -> None:
    """Presses the page's button and then the dialog's, with the reason that it asks for."""
    await page.get_by_role("button", name=re.compile(f"^{button}：")).click()
    dialog = dialog_of(page, f"^{button}：")
    if reason:
        await dialog.get_by_label(field).fill(reason)
    await dialog.get_by_role("button", name=button, exact=True).click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE)


async def activate(open_page: OpenPage, stack: Stack, phone: str, after: datetime, password: str) -> None:
    """Opens the link of the SMS and sets a password."""
    text = await read_text(stack.base_url, phone, "/activate#", after)
    found = re.search(r"/activate#(\S+?)(?=[\s，。；]|$)", text)
    assert found, text
    page = await open_page(f"/activate#{found[1]}")
    await page.get_by_label("设置密码").fill(password)
    await page.get_by_role("button", name="设置密码").click()
    await expect(page.get_by_role("link", name="去登录")).to_be_visible(timeout=PATIENCE)


_WIDE = "[...document.querySelectorAll('main *:not(thead *)')].filter(each => each.getBoundingClientRect().right > 391)"


async def fits_a_phone(page: Page) -> None:
    """Nothing is cut at 390 px, once the page has been drawn in its new width."""
    await drawn(page)
    found = await page.evaluate(f"{_WIDE}.map(each => each.outerHTML.slice(0, 120))")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert (found, width <= 390) == ([], True), (width, found)


async def beside_it(page: Page) -> None:
    """A picture and a PDF are shown in the page, one after the other by the keyboard; the gateway's rules let them (PLAT-07)."""
    await page.get_by_role("button", name="签字盖章页.png").click()
    shown = page.get_by_role("img", name="签字盖章页.png")
    await expect(shown).to_be_visible()
    await expect(shown).to_have_js_property("complete", True)
    assert await shown.evaluate("each => each.naturalWidth") > 0
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("button", name="机构资质.pdf")).to_be_focused()
    frame = await (await page.locator("figure iframe").element_handle()).content_frame()
    assert frame is not None
    await frame.wait_for_url(re.compile("/attachments/"), timeout=PATIENCE)
