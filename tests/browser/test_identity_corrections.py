"""信息更正 in a browser: a unit asks on the person's page, the province decides beside the evidence, and the unit reads why (STAFF-15)."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of
from tests.browser.steps import PATIENCE
from tests.services.auth.applicants import PNG

LookedAt = Callable[[Page, str], Awaitable[None]]


@pytest.mark.req("STAFF-15", "PLAT-02")
async def test_a_unit_asks_and_the_province_decides_beside_the_evidence(
    open_page: OpenPage, looked_at: LookedAt
) -> None:
    page = await open_page("/certificates", account="unit01")
    certificates = page.get_by_role("table", name="证书")
    await expect(certificates).to_be_visible(timeout=PATIENCE)
    name = await certificates.get_by_role("row").nth(1).get_by_role("cell").nth(2).inner_text()
    await page.goto(f"/institution/people?name={name}")
    await page.get_by_role("link", name=name, exact=True).first.click(timeout=PATIENCE)
    await page.get_by_role("button", name="申请更正姓名、身份证号").click(timeout=PATIENCE)
    dialog = dialog_of(page, "^申请更正姓名、身份证号")
    await dialog.get_by_label("更正后的姓名").fill(f"{name}乙")
    await dialog.get_by_label("更正理由").fill("登记时录错")
    await dialog.locator("input[type=file]").set_input_files(
        {"name": "户口本.png", "mimeType": "image/png", "buffer": PNG}
    )
    await expect(dialog.get_by_text("户口本.png")).to_be_visible(timeout=PATIENCE)
    await dialog.get_by_role("button", name="申请更正姓名、身份证号").click()
    await expect(page.get_by_role("heading", level=1, name=f"更正姓名：{name}")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("待省疾控核准")).to_be_visible()
    await looked_at(page, "信息更正-单位")

    office = await open_page("/identity-corrections", account="province01")
    await office.get_by_role("link", name=name, exact=True).click(timeout=PATIENCE)
    await office.get_by_role("button", name="户口本.png").click(timeout=PATIENCE)
    await expect(office.get_by_role("img", name="户口本.png")).to_be_visible(timeout=PATIENCE)
    await looked_at(office, "信息更正-核准")
    await office.get_by_role("button", name="不同意").click()
    dialog = dialog_of(office, "^不同意")
    await dialog.get_by_label("理由").fill("户口本上的姓名与现姓名相同")
    await dialog.get_by_role("button", name="不同意").click()
    await expect(office.get_by_text("未同意", exact=True)).to_be_visible(timeout=PATIENCE)

    await page.goto("/identity-corrections")
    await expect(page.get_by_role("row", name=name)).to_contain_text("未同意", timeout=PATIENCE)
    await looked_at(page, "信息更正-列表")
    await page.get_by_role("link", name=name, exact=True).first.click()
    await expect(page.get_by_text("户口本上的姓名与现姓名相同").first).to_be_visible(timeout=PATIENCE)
