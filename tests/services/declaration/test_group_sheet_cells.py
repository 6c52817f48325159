"""What is wrong in a group's sheet is said in its cells, by the form's own rules (BEY-17, BEY-07)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from services.declaration.groups.sheet_columns import FACTORS, MAIN, PRODUCTS, SITES
from shared.runtime import Runtime
from tests.services.declaration.group_records import SHEET, Company, MakeCompany, a_code
from tests.services.declaration.group_sheets import (
    XLSX,
    Pages,
    apply,
    begun,
    cells,
    draft,
    preview,
    read,
    row_of,
    send,
    template,
    written,
)
from tests.services.declaration.records import COMPLETE, URL

pytestmark = pytest.mark.req("BEY-17", "BEY-07")


class TestBadCells:
    @pytest.mark.parametrize(
        ("changes", "title", "code"),
        [
            ({"staff_count": "很多"}, "本单位在册职工总数", "int_parsing"),
            ({"staff_count": "-5"}, "本单位在册职工总数", "greater_than_equal"),
            ({"staff_count": "1000000000000"}, "本单位在册职工总数", "less_than_equal"),
            ({"leader_trained": "也许"}, "主要负责人培训", "label_unknown"),
            ({"kind": "随便"}, "申报类型", "label_unknown"),
            ({"industry": "ZZ99"}, "行业分类", "industry_unknown"),
            ({"contact_name": "王\u202e芳"}, "职业卫生管理联系人", "text_invisible_character"),
            ({"contact_phone": "12345"}, "手机号码", "mobile_format"),
            ({"test_org": "长" * 201}, "检测机构名称", "text_too_long"),
            ({"hazards.dust": "四十"}, "粉尘接触总人数", "int_parsing"),
            ({"tests.noise.over": "x"}, "噪声超标点数", "int_parsing"),
            ({"employer_name": "别的公司"}, "单位名称", "name_differs"),
        ],
    )
    async def test_each_by_its_column(
        self, head: Company, make_company: MakeCompany, changes: dict[str, str], title: str, code: str
    ) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        row_of(pages, branch).update(changes)
        report = await preview(head, pages)
        blocking = [each for each in report["rows"][0]["cells"] if each["blocks"]]
        assert [(each["column"].partition(" ")[2], each["code"]) for each in blocking] == [(title, code)]
        assert report["wrong"] == 1

    async def test_the_forms_rules_are_told_and_keep_nothing_from_being_saved(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        row_of(pages, branch).update({"exposed_count": "500", "tests.dust.over": "9", "test_org": ""})
        report = await preview(head, pages)
        assert (report["ready"], report["wrong"]) == (1, 0)
        assert set(cells(report)) == {
            (MAIN.title, "接害总人数（含外委）", "exposed_above_staff"),
            (MAIN.title, "粉尘超标点数", "over_above_points"),
            (MAIN.title, "检测机构名称", "missing"),
        }
        assert report["rows"][0]["problems"] == 3

    async def test_on_the_other_pages(self, head: Company, make_company: MakeCompany) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        pages[FACTORS.title][0]["factor_code"] = "没有的因素"
        pages[FACTORS.title][1]["class_code"] = "物理因素"
        pages[FACTORS.title].append({**pages[FACTORS.title][2], "credit_code": a_code()})
        pages[PRODUCTS.title][0]["output"] = "一千"
        pages[SITES.title][0]["address"] = "路\u202e1号"
        report = await preview(head, pages)
        found = set(cells(report))
        assert {
            (FACTORS.title, "具体因素", "factor_unknown"),
            (FACTORS.title, "具体因素", "factor_of_another_class"),
            (SITES.title, "作业场所地址", "text_invisible_character"),
        } <= found
        assert (PRODUCTS.title, "数量（年产量）") in {each[:2] for each in found}
        assert [each["code"] for each in report["strays"]] == ["unit_not_in_sheet"]
        assert report["rows"][0]["credit_code"] == branch.code

    async def test_wrong_codes_and_those_of_others(self, head: Company, make_company: MakeCompany) -> None:
        """A unit that is no member is told like one that there is not."""
        branch, foreign = await begun(head, make_company), await make_company()
        await foreign.client.post(URL, json=COMPLETE)
        pages = await template(head)
        row = row_of(pages, branch)
        pages[MAIN.title] += [{**row, "credit_code": code} for code in (foreign.code, a_code(), "1", branch.code)]
        report = await preview(head, pages)
        told = [[each["code"] for each in row["cells"] if each["blocks"]] for row in report["rows"]]
        assert told == [[], ["not_a_member"], ["not_a_member"], ["not_a_member"], ["row_repeated"]]
        assert report["rows"][1]["cells"] == [{**report["rows"][2]["cells"][0], "row": 3, "value": foreign.code}]

    async def test_a_secret_unit_keeps_its_products(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branch = await begun(head, make_company, confidential=True)
        pages = await template(head)
        row_of(pages, branch)["staff_count"] = "140"
        assert (await apply(head, runtime, pages))["saved"] == 1
        assert (await draft(branch))["products"][0]["product"] == "齿轮"
        pages = await template(head)
        row_of(pages, branch)["confidential"] = ""
        assert ("申报", "军工等涉密产品", "confidential_unit") in cells(await preview(head, pages))

    async def test_the_annotated_file_says_it_in_its_cells(self, head: Company, make_company: MakeCompany) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        row_of(pages, branch)["staff_count"] = "很多"
        files = {"file": ("集团.xlsx", written(pages), XLSX)}
        answer = await head.client.post(f"{SHEET}/annotated", files=files)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        back = read(answer.content)
        assert row_of(back, branch)["staff_count"] == "很多"
        assert back[FACTORS.title] == pages[FACTORS.title]


class TestBadFiles:
    @staticmethod
    @contextmanager
    def _book(fill: Callable[[Any], None]) -> Iterator[bytes]:
        buffer = BytesIO()
        book = xlsxwriter.Workbook(buffer)
        fill(book)
        book.close()
        yield buffer.getvalue()

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda pages: b"not a sheet", "file_content_mismatch"),
            (lambda pages: written({**pages, MAIN.title: []}), "sheet_empty"),
        ],
    )
    async def test_what_is_no_such_sheet(
        self, head: Company, make_company: MakeCompany, make: Callable[[Pages], bytes], code: str
    ) -> None:
        await begun(head, make_company)
        answer = await send(head, make(await template(head)))
        assert (answer.status_code, answer.json()["code"]) in {
            (422, code),
            (415, "unsupported_media_type"),
            (415, code),
        }

    async def test_formulas_and_columns_of_ones_own(self, head: Company) -> None:
        titles = [column.title for column in MAIN.columns]

        def formula(book: Any) -> None:
            sheet = book.add_worksheet(MAIN.title)
            sheet.write_row(0, 0, titles)
            sheet.write_formula(1, 0, "=1+1")

        def more(book: Any) -> None:
            sheet = book.add_worksheet(MAIN.title)
            sheet.write_row(0, 0, [*titles, "我的一列"])
            sheet.write_row(1, 0, ["1"])

        def fewer(book: Any) -> None:
            sheet = book.add_worksheet(MAIN.title)
            sheet.write_row(0, 0, titles)
            sheet.write_row(1, 0, ["1"])

        for fill, code in ((formula, "sheet_has_formulas"), (more, "sheet_header_wrong"), (fewer, "worksheet_missing")):
            with self._book(fill) as data:
                answer = await send(head, data)
                assert (answer.status_code, answer.json()["code"]) == (422, code)
