"""The administrator in a browser: a new class type with its specialties and number pattern, which the organiser then finds in a plan."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from shared.identifiers import new_id
from tests.browser.conftest import OpenPage
from tests.browser.managing import dialog_of
from tests.browser.steps import PATIENCE, sign_in

LookedAt = Callable[[Page, str], Awaitable[None]]


@pytest.mark.req("STAFF-01", "STAFF-10", "TRN-45", "AUTH-31", "PLAT-02")
async def test_a_new_class_type_with_specialties_and_number_pattern(open_page: OpenPage, looked_at: LookedAt) -> None:
    mark = new_id().hex[-6:]
    specialty, kind = f"职业性噪声聋{mark}", f"听力测试技术人员{mark}"
    page = await open_page("/specialties")
    await sign_in(page, "admin01")
    await expect(page.get_by_role("table", name="专业类别")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("button", name="新增专业类别").click()
    await page.get_by_label("名称").fill(specialty)
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("cell", name=specialty)).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "管理-专业类别")

    await page.get_by_role("link", name="培训班类型", exact=True).click()
    await expect(page.get_by_role("table", name="培训班类型")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "管理-培训班类型")
    await page.get_by_role("button", name="新增培训班类型").click()
    await page.get_by_label("名称").fill(kind)
    await page.get_by_label(specialty).check()
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("heading", name=kind)).to_be_visible(timeout=PATIENCE)

    await page.get_by_role("button", name="设置单独的编号规则").click()
    await page.get_by_label("编号前缀").fill("苏听测〔{year}〕TL-")
    await expect(page.get_by_role("region", name="接下来的三个编号")).to_contain_text("TL-0001", timeout=PATIENCE)
    await page.get_by_label("培训班类型").select_option(label=kind)
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("该类型单独的规则")).to_be_visible(timeout=PATIENCE)
    await looked_at(page, "管理-一个培训班类型")

    await page.get_by_role("button", name="停用").click()
    question = dialog_of(page, "停用")
    await question.get_by_label("理由").fill("本年度不举办")
    await question.get_by_role("button", name="停用").click()
    await expect(page.get_by_text("停用", exact=True)).to_be_visible(timeout=PATIENCE)
