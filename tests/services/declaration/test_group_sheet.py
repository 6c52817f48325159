"""A group filled in on one sheet (BEY-17): what goes out comes back, and nobody's work is overwritten unasked."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.groups.sheet_columns import FACTORS, MAIN, PRODUCTS, SITES
from services.declaration.jobs.kinds import JOBS
from services.declaration.jobs.tasks import run_jobs
from shared.runtime import Runtime
from shared.tasks.job_rows import claim_job
from shared.tasks.job_runner import JobRun
from tests.services.declaration.group_records import MEMBERS, Company, MakeCompany
from tests.services.declaration.group_sheets import apply, begun, draft, preview, row_of, send, template, written
from tests.services.declaration.records import AGAIN, URL

pytestmark = pytest.mark.req("BEY-17", "BEY-07")


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
