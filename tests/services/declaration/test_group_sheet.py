"""A group filled in on one sheet (BEY-17): what goes out comes back, every bad cell is named, nobody's work is overwritten unasked."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import update

from services.declaration.groups.sheet_columns import FACTORS, MAIN, PAGES, PRODUCTS, SITES
from services.declaration.jobs.kinds import JOBS
from services.declaration.jobs.tasks import run_jobs
from services.declaration.main import app
from shared.runtime import Runtime
from shared.sheets import SheetEmpty, parse_sheet, write_pages
from shared.tasks.job_rows import claim_job
from shared.tasks.job_runner import JobRun
from tests.services.declaration.group_records import MEMBERS, SHEET, Company, MakeCompany, a_code
from tests.services.declaration.records import AGAIN, COMPLETE, URL

pytestmark = pytest.mark.req("BEY-17", "BEY-07")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Pages = dict[str, list[dict[str, str]]]


@pytest.fixture
async def head(make_company: MakeCompany) -> Company:
    company = await make_company()
    await company.group()
    return company


@pytest.fixture
async def runtime(open_app: Any) -> Runtime:
    opened: Runtime = await open_app(app)
    return opened


def read(data: bytes) -> Pages:
    """Every page's rows, by its columns' keys."""
    found: Pages = {}
    for page in PAGES:
        try:
            found[page.title] = [row.values for row in parse_sheet(data, page.columns, sheet=page.title).rows]
        except SheetEmpty:
            found[page.title] = []
    return found


async def template(head: Company) -> Pages:
    answer = await head.client.get(f"{SHEET}/template")
    assert answer.status_code == 200
    return read(answer.content)


def written(pages: Pages) -> bytes:
    return write_pages((page, ((row, {}) for row in pages[page.title])) for page in PAGES)


async def send(head: Company, data: bytes, mode: str = "preview", **query: Any) -> Any:
    return await head.client.post(SHEET, params={"mode": mode, **query}, files={"file": ("集团.xlsx", data, XLSX)})


async def preview(head: Company, pages: Pages) -> dict[str, Any]:
    answer = await send(head, written(pages))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def apply(head: Company, runtime: Runtime, pages: Pages, **query: Any) -> dict[str, Any]:
    """The job done; what it tells."""
    answer = await send(head, written(pages), "apply", **query)
    assert answer.status_code == 202, answer.text
    await run_jobs(runtime)
    job = (await head.client.get(answer.headers["location"])).json()
    assert job["state"] == "done", job
    return dict(job["result"])


def row_of(pages: Pages, company: Company) -> dict[str, str]:
    return next(row for row in pages[MAIN.title] if row["credit_code"] == company.code)


async def draft(company: Company) -> dict[str, Any]:
    item = (await company.client.get(URL)).json()["items"][0]
    return dict((await company.client.get(f"{URL}/{item['id']}")).json())


async def begun(head: Company, make_company: MakeCompany, **changes: Any) -> Company:
    """A member that has begun a declaration by itself."""
    branch = await make_company()
    await head.joined(branch)
    made = await branch.client.post(URL, json={**COMPLETE, **changes})
    assert made.status_code == 201, made.text
    return branch


def cells(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["page"], each["column"].partition(" ")[2], each["code"])
        for row in report["rows"]
        for each in row["cells"]
    ]


class TestTemplate:
    async def test_it_has_the_forms_lists_and_everybody_as_he_stands(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        row = row_of(pages, branch)
        assert (row["employer_name"], row["leader_trained"], row["hazards.dust"]) == (branch.name, "有", "40")
        assert (row["tests.dust.measured"], row["exams.noise.done"], row["contact_phone"]) == ("8", "49", "")
        assert [each["factor_code"].split()[0] for each in pages[FACTORS.title]] == ["A001", "A003", "C001"]
        assert pages[SITES.title][0]["address"].startswith("南京市")
        assert pages[PRODUCTS.title][0]["output"] == "1200"

    async def test_who_has_not_consented_or_has_left_is_not_on_it(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        asked, gone, own = await make_company(), await begun(head, make_company), await begun(head, make_company)
        await head.invited(asked)
        await gone.act((await gone.client.get("/api/declaration/group-memberships")).json()["items"][0]["id"], "leave")
        assert [row["credit_code"] for row in (await template(head))[MAIN.title]] == [own.code]

    async def test_secret_products_and_what_is_being_reviewed_are_not_on_it(
        self, head: Company, make_company: MakeCompany
    ) -> None:
        secret = await begun(head, make_company, confidential=True)
        waiting = await begun(head, make_company)
        assert (await waiting.client.post(f"{URL}/{(await draft(waiting))['id']}/submit")).status_code == 200
        pages = await template(head)
        assert [row["credit_code"] for row in pages[MAIN.title]] == [secret.code]
        assert (pages[PRODUCTS.title], row_of(pages, secret)["confidential"]) == ([], "是")


class TestRound:
    async def test_what_goes_out_comes_back_the_same(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branch = await begun(head, make_company)
        before = await draft(branch)
        pages = await template(head)
        report = await preview(head, pages)
        assert (report["same"], report["ready"], report["rows"][0]["cells"]) == (1, 0, [])
        assert (await apply(head, runtime, pages))["same"] == 1
        assert (await draft(branch))["version"] == before["version"]

    async def test_a_change_is_kept_once_and_under_the_heads_name(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        row_of(pages, branch).update({"staff_count": "150", "tests.dust.over": "2", "leader_trained": "无"})
        pages[FACTORS.title][1]["exposed_count"] = "7"
        assert (await preview(head, pages))["ready"] == 1
        assert (await apply(head, runtime, pages))["saved"] == 1
        now = await draft(branch)
        assert (now["staff_count"], now["leader_trained"], now["contact_phone"]) == (150, False, "13812345678")
        assert now["tests"][0]["over"] == 2
        assert now["hazards"][0]["factors"][1]["exposed_count"] == 7
        history = (await branch.client.get(f"{URL}/{now['id']}/history")).json()
        assert history[-1]["actor_name"].startswith(head.name)
        again = await apply(head, runtime, pages)
        assert (again["same"], again["saved"], again["conflicts"]) == (1, 0, 0)

    async def test_who_has_declared_nothing_gets_a_first_draft(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        model, branch = await begun(head, make_company), await make_company(region="320104")
        member = await head.joined(branch)
        pages = await template(head)
        own = {"credit_code": branch.code, "employer_name": branch.name}
        row_of(pages, branch).update(
            {**row_of(pages, model), **own, "stamp": row_of(pages, branch)["stamp"], "contact_phone": "13900001111"}
        )
        for page in (FACTORS, SITES, PRODUCTS):
            pages[page.title] += [{**row, **own} for row in pages[page.title] if row["credit_code"] == model.code]
        report = await apply(head, runtime, pages)
        assert (report["saved"], report["same"]) == (1, 1)
        submitted = await head.client.post(f"{MEMBERS}/submissions", json={"member_ids": [member]})
        assert submitted.json()["done"] == 1, submitted.text
        assert ((await draft(branch))["region_code"], (await draft(branch))["kind"]) == ("320104", "initial")

    async def test_after_an_approval_it_begins_with_that(
        self, head: Company, make_cast: Any, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        cast, branch = await make_cast(), await begun(head, make_company)
        address = f"{URL}/{(await draft(branch))['id']}"
        assert (await branch.client.post(f"{address}/submit")).status_code == 200
        assert (await cast.county.post(f"{address}/approve")).status_code == 200
        pages = await template(head)
        row = row_of(pages, branch)
        row.update({"staff_count": "160", "kind": "变更申报", "change_reason": "技术、工艺、设备或者材料发生变化"})
        assert (await apply(head, runtime, pages))["saved"] == 1
        now = await draft(branch)
        assert {name: now[name] for name in AGAIN} == AGAIN
        assert (now["status"], now["staff_count"], now["contact_phone"]) == ("draft", 160, "13812345678")


class TestConflict:
    async def test_who_edited_since_is_named_and_not_overwritten(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branch = await begun(head, make_company)
        pages = await template(head)
        now = await draft(branch)
        typed = await branch.client.patch(
            f"{URL}/{now['id']}", json={"staff_count": 111}, headers={"If-Match": f'"{now["version"]}"'}
        )
        assert typed.status_code == 200
        row_of(pages, branch)["staff_count"] = "222"
        report = await apply(head, runtime, pages)
        assert (report["conflicts"], report["saved"]) == (1, 0)
        assert branch.name in report["rows"][0]["why"]
        assert (await draft(branch))["staff_count"] == 111
        assert (await apply(head, runtime, pages, overwrite=True))["saved"] == 1
        assert (await draft(branch))["staff_count"] == 222

    async def test_who_leaves_in_the_middle_is_left_alone(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        staying, leaving = await begun(head, make_company), await begun(head, make_company)
        pages = await template(head)
        for company in (staying, leaving):
            row_of(pages, company)["staff_count"] = "300"
        answer = await send(head, written(pages), "apply")
        member = (await leaving.client.get("/api/declaration/group-memberships")).json()["items"][0]["id"]
        assert (await leaving.act(member, "leave")).status_code == 200
        await run_jobs(runtime)
        report = (await head.client.get(answer.headers["location"])).json()["result"]
        told = {row["credit_code"]: row for row in report["rows"]}
        assert told[staying.code]["outcome"] == "saved"
        assert told[leaving.code]["cells"][0]["code"] == "not_a_member"
        assert (await draft(leaving))["staff_count"] == 100


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


class TestJob:
    async def test_a_killed_worker_is_followed_by_one_that_goes_on(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branches = [await begun(head, make_company) for _ in range(3)]
        pages = await template(head)
        for branch in branches:
            row_of(pages, branch)["staff_count"] = "170"
        answer = await send(head, written(pages), "apply")
        async with runtime.database.unit_of_work() as session:
            job = await claim_job(session, JOBS)
        assert job is not None
        run = JobRun(runtime, JOBS, job)
        assert await run.open()
        assert await run.step()
        # It dies here; another takes the lease.
        async with runtime.database.unit_of_work() as session:
            await session.execute(update(JOBS.model).values(leased_until=None))
        await run_jobs(runtime)
        result = (await head.client.get(answer.headers["location"])).json()["result"]
        assert (result["saved"], len(result["rows"])) == (3, 3)
        for branch in branches:
            history = (await branch.client.get(f"{URL}/{(await draft(branch))['id']}/history")).json()
            assert [each["action"] for each in history].count("update") == 1

    async def test_the_same_sheet_twice_at_once_is_saved_once(
        self, head: Company, make_company: MakeCompany, runtime: Runtime
    ) -> None:
        branch = await make_company()
        await head.joined(branch)
        pages = await template(head)
        answers = [await send(head, written(pages), "apply") for _ in range(2)]
        await asyncio.gather(run_jobs(runtime), run_jobs(runtime))
        results = [(await head.client.get(each.headers["location"])).json()["result"] for each in answers]
        assert sorted((each["saved"], each["same"]) for each in results) == [(0, 1), (1, 0)]
        assert len((await branch.client.get(URL)).json()["items"]) == 1

    async def test_it_is_its_companys_alone(self, head: Company, make_company: MakeCompany) -> None:
        await begun(head, make_company)
        answer = await send(head, written(await template(head)), "apply")
        stranger = await make_company()
        assert (await stranger.client.get(answer.headers["location"])).status_code == 404
