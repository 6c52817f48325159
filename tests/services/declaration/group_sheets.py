"""A group's sheet in the hands of a test: what went out, changed, and sent back."""

from typing import Any

from services.declaration.groups.sheet_columns import MAIN, PAGES
from services.declaration.jobs.tasks import run_jobs
from shared.runtime import Runtime
from shared.sheets import SheetEmpty, parse_sheet, write_pages
from tests.services.declaration.group_records import SHEET, Company, MakeCompany
from tests.services.declaration.records import COMPLETE, URL

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Pages = dict[str, list[dict[str, str]]]


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
