"""What every browser test does on its way: the picture check by its accessible way, an SMS code read where a demo shows its messages,
and signing in, whoever it is.
"""

import asyncio
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import httpx
from playwright.async_api import BrowserContext, Locator, Page, expect

from ops.client import Json, PlatformClient, solve
from services.auth.demo import DEMO_PASSWORD
from shared.identifiers import USCC_ALPHABET, USCC_WEIGHTS
from shared.web.callers import COOKIE
from tests.services.declaration.records import COMPLETE
from tests.sessions import token_of

# A page that starts its scripts, two processes that take turns: what is slow here is never the test.
PATIENCE = 30_000
_CODE = re.compile(r"验证码 (\d{6})")
_PHONE = re.compile(r"1\d{2}\*{4}\d{4}")
_CODE_LIVES = timedelta(minutes=5)
_CODE_SECONDS = 30


def stack_url(page: Page) -> str:
    """Where this page's platform answers to a program; the browser alone knows the portal's own name."""
    return f"http://127.0.0.1:{urlsplit(page.url).port}"


async def refuse_stream(page: Page) -> None:
    """The open inbox never comes to rest, nor does the network with it; refused (204 ends it for good), it changes nothing of a page."""
    await page.route("**/messages/stream", lambda route: route.fulfill(status=204))


async def read_text(base_url: str, phone: str, contains: str, after: datetime) -> str:
    """The newest text message to ``phone`` (masked or not) since ``after`` that has ``contains``; waits until it has come."""
    number = re.compile(re.escape(phone).replace(re.escape("*"), "[0-9]"))
    wanted = {"contains": contains, "after": after.isoformat()}
    until = time.monotonic() + _CODE_SECONDS
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
        while time.monotonic() < until:
            answer = await client.get("/dev/messages", params=wanted, headers={"Accept": "application/json"})
            for message in answer.raise_for_status().json()["items"]:
                if number.fullmatch(message["address"]):
                    return str(message["text"])
            await asyncio.sleep(0.1)
    raise AssertionError(f"no message with {contains!r} came to {phone}")


async def read_code(base_url: str, phone: str, after: datetime) -> str:
    """The newest SMS code to ``phone`` (masked or not) since ``after``."""
    found = _CODE.search(await read_text(base_url, phone, "验证码", after))
    assert found
    return found[1]


async def pass_check(page: Page) -> None:
    """The picture check, by the way of those who cannot see it."""
    dialog = page.get_by_role("dialog", name="安全验证")
    await dialog.get_by_role("button", name="免图验证").click()
    await expect(dialog).to_be_hidden(timeout=PATIENCE)


async def press_sign_in(page: Page, account: str, password: str = DEMO_PASSWORD) -> None:
    """Fills in the form and passes the check; what the platform says to it is the caller's to look at."""
    await page.get_by_role("textbox", name="账号", exact=True).fill(account)
    await page.get_by_label("密码", exact=True).fill(password)
    await page.get_by_role("button", name="登录", exact=True).click()
    await pass_check(page)


async def get_code(page: Page, phone: str) -> None:
    """Has a code sent to ``phone`` by the form's own button and types it, where the keyboard is after the picture."""
    asked_at = datetime.now(UTC)
    await page.get_by_role("button", name="获取验证码").click()
    await pass_check(page)
    await expect(page.get_by_role("button", name="秒后可重新获取")).to_be_visible(timeout=PATIENCE)
    field = page.get_by_label("短信验证码")
    await expect(field).to_be_focused()
    await field.fill(await read_code(stack_url(page), phone, asked_at))


async def sign_in(page: Page, account: str = "unit01", password: str = DEMO_PASSWORD) -> None:
    """The account's session, and the page that this one was on its way to: for all that is not about signing in."""
    token = await token_of(stack_url(page), account, password)
    await give_session(page.context, page.url, token)
    await page.reload()
    await expect(inside(page)).to_be_visible(timeout=PATIENCE)


async def give_session(context: BrowserContext, url: str, token: str) -> None:
    """What the platform sets at ``url`` when somebody signs in."""
    origin = urlsplit(url)
    address = f"{origin.scheme}://{origin.netloc}"
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address, "httpOnly": True}])


def inside(page: Page) -> Locator:
    """What stands at the head of each page for who is signed in."""
    return page.get_by_role("button", name="重新登录")


async def sign_in_by_form(page: Page, account: str = "unit01", password: str = DEMO_PASSWORD) -> None:
    """Signs in as people do: with the code from the phone where one is asked for, taking over from wherever else the account is."""
    asked_at = datetime.now(UTC)
    await press_sign_in(page, account, password)
    further = page.get_by_role("button", name="继续登录")
    code = page.get_by_label("短信验证码")
    await expect(inside(page).or_(further).or_(code)).to_be_visible(timeout=PATIENCE)
    if await code.is_visible():
        await _enter_code(page, asked_at)
        await expect(inside(page).or_(further)).to_be_visible(timeout=PATIENCE)
    if await further.is_visible():
        await further.click()
    await expect(inside(page)).to_be_visible(timeout=PATIENCE)


def unused_credit_code() -> str:
    """A valid code that nobody has, also on a stack that has served tests before."""
    body = f"91320102MA{secrets.randbelow(10**7):07}"
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(body, USCC_WEIGHTS, strict=False))
    return body + USCC_ALPHABET[-total % 31]


def unused_mobile() -> str:
    """A number that nobody has."""
    return f"177{secrets.randbelow(10**8):08}"


@dataclass(frozen=True)
class Employer:
    """An enterprise of a test's own, with the demo's password."""

    login_name: str
    phone: str
    name: str
    credit_code: str


async def new_employer(base_url: str) -> Employer:
    """Signs up an enterprise over the API: for tests that lock an account, or change its password or its phone."""
    code, phone = unused_credit_code(), unused_mobile()
    employer = Employer(f"u{code[-12:].lower()}", phone, f"南京测试{code[-6:]}有限公司", code)
    asked_at = datetime.now(UTC)
    async with PlatformClient(base_url) as client:
        challenge = await client.get("/api/auth/challenge", params={"action": "sign_up"})
        proof = await asyncio.to_thread(solve, challenge)
        await client.post("/api/auth/enterprises/codes", json={"phone": phone, "proof": proof})
        body = {
            "credit_code": code,
            "name": employer.name,
            "region_code": "320102",
            "address": "南京市玄武区中山路1号",
            "legal_representative": "王志远",
            "contact_name": "李晓梅",
            "phone": phone,
            "code": await read_code(base_url, phone, asked_at),
            "login_name": employer.login_name,
            "password": DEMO_PASSWORD,
        }
        await client.post("/api/auth/enterprises", json=body)
    return employer


async def declare(client: PlatformClient, *, submit: bool = True) -> Json:
    """A complete declaration of whoever is signed in; a new employer's waits until the directory has told of it."""
    once = {"Idempotency-Key": secrets.token_hex(16)}
    made = await client.post("/api/declaration/declarations", json=COMPLETE, headers=once)
    if submit:
        await client.post(f"/api/declaration/declarations/{made['id']}/submit")
    return made


async def _enter_code(page: Page, asked_at: datetime) -> None:
    said = await page.get_by_role("main").inner_text()
    phone = _PHONE.search(said)
    assert phone, said
    # One that was sent a moment ago and used by nobody is still good, and no other is sent.
    after = asked_at if "已发送至" in said else asked_at - _CODE_LIVES
    await page.get_by_label("短信验证码").fill(await read_code(stack_url(page), phone[0], after))
    await page.get_by_role("button", name="登录", exact=True).click()


_DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What turns for ever, as a button that is at work, is not waited for.
_STANDING_STILL = """Promise.all(document.getAnimations()
  .filter(each => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map(each => each.finished.catch(() => null)))"""


async def drawn(page: Page) -> None:
    """What was typed or resized is on the screen."""
    await page.evaluate(_DRAWN)


async def standing_still(page: Page) -> None:
    """Nothing is drawn in and no colour is on its way to another one any more."""
    await drawn(page)
    await page.evaluate(_STANDING_STILL)


async def press_entry(page: Page, name: str | re.Pattern[str], role: Literal["option", "menuitem"] = "option") -> None:
    """Presses an entry of what has opened once that stands still: an entry that moves is missed by the press, and Playwright then scrolls
    the page away under the list that is laid over it."""
    entry = page.get_by_role(role, name=name, exact=isinstance(name, str))
    await expect(entry).to_be_visible(timeout=PATIENCE)
    await standing_still(page)
    await entry.click()


async def calendars_gone(page: Page) -> None:
    """A calendar takes a moment to come and to go, and has no name of its own while it does."""
    gone = "each => getComputedStyle(each).display === 'none'"
    found = f"() => [...document.querySelectorAll('.el-picker__popper')].every({gone})"
    await page.wait_for_function(found, timeout=PATIENCE)
