"""What somebody does who has a keyboard and nothing to point with: goes to a control, writes, ticks, chooses. Nothing here clicks."""

from playwright.async_api import Locator, Page, expect

from tests.browser.steps import PATIENCE
from tests.browser.test_people import field

FAR = 150


async def is_at(wanted: Locator) -> bool:
    return bool(
        await wanted.evaluate(
            "element => element === document.activeElement || element.contains(document.activeElement)"
        )
    )


async def go_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Presses ``key`` until the keyboard is at ``wanted``, as somebody does who cannot point."""
    await expect(wanted).to_be_visible(timeout=PATIENCE)
    for _ in range(FAR):
        if await is_at(wanted):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not come to {wanted}")


async def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    await go_to(page, wanted)
    await page.keyboard.press(key)


async def write(page: Page, wanted: Locator, text: str) -> None:
    await go_to(page, wanted)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def pick(page: Page, label: str, typed: str, entry: str) -> None:
    await go_to(page, field(page, label))
    await page.keyboard.type(typed)
    await expect(page.get_by_role("option", name=entry, exact=True)).to_be_visible(timeout=PATIENCE)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")


async def choose_one(page: Page, group: Locator, label: str) -> None:
    """Tab comes to a group, the arrows go within it."""
    radios = group.get_by_role("radio")
    await press(page, radios.first, "Space")
    for _ in range(await radios.count()):
        if await group.get_by_label(label, exact=True).is_checked():
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not come to {label}")


async def tick(page: Page, label: str) -> None:
    """A box by Space; one of several by the arrows from the first of them."""
    wanted = page.get_by_label(label, exact=True)
    if await wanted.get_attribute("type") == "checkbox":
        await press(page, wanted, "Space")
    else:
        await choose_one(page, page.get_by_role("group").filter(has=wanted).last, label)


async def choose_first(page: Page, box: Locator, entry: str) -> None:
    """The first entry of a list that is not opened."""
    await go_to(page, box)
    await page.keyboard.press("ArrowDown")
    await expect(box.locator("option:checked")).to_have_text(entry, timeout=PATIENCE)


async def pass_check_by_keys(page: Page) -> None:
    await press(page, page.get_by_role("button", name="免图验证"))
    await expect(page.get_by_role("dialog", name="安全验证")).to_be_hidden(timeout=PATIENCE)


async def sign_in_by_keys(page: Page, account: str, password: str) -> None:
    await write(page, page.get_by_role("textbox", name="账号", exact=True), account)
    await write(page, page.get_by_label("密码", exact=True), password)
    await page.keyboard.press("Enter")
    await press(page, page.get_by_role("button", name="免图验证"))
    inside, further = page.get_by_role("button", name="重新登录"), page.get_by_role("button", name="继续登录")
    await expect(inside.or_(further)).to_be_visible(timeout=PATIENCE)
    if await further.is_visible():
        await press(page, further)
    await expect(inside).to_be_visible(timeout=PATIENCE)
