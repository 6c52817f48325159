"""Form and receipt of a declaration (DECL-14, FAQ-D14, BEY-10): what is printed of which record, and that one state is one paper."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select

from services.certificates.forms.page import read_content
from shared.clock import beijing_today, now_utc
from shared.crypto import Sealed
from shared.db.session import Database
from shared.db.types import field_cipher
from shared.events.log import EventRow
from tests.services.declaration.records import UNTESTED, Cast

pytestmark = pytest.mark.req("DECL-14")


async def papers(database: Database, address: str) -> list[dict[str, Any]]:
    """What certificates is told of the record, oldest first, with the content opened."""
    async with database.unit_of_work() as session:
        kind = EventRow.type == "declaration.paper.prepared.v1"
        events = await session.scalars(select(EventRow.payload).where(kind).order_by(EventRow.seq))
        mine = [each for each in events if address.endswith(each["source_id"])]
    return [{**each, "content": json.loads(Sealed(each["content"]).open(field_cipher()))} for each in mine]


class TestForm:
    async def test_a_valid_record_prints_whole_with_its_phone_masked(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        answer = await cast.employer.post(f"{address}/form")
        assert (answer.status_code, answer.headers["location"]) == (202, f"{address}/form.pdf")
        (paper,) = await papers(database, address)
        form = paper["content"]
        assert (form["number"], form["status"]) == (answer.json()["number"], "暂存")
        blocks = {each["title"]: each for each in form["blocks"]}
        rows = blocks["职业病危害因素种类"]["tables"][0]["rows"]
        assert [(row[1], row[3]) for row in rows] == [("40", "30"), ("40", ""), ("50", "50")]
        assert blocks["主要产品"]["tables"][0]["rows"] == [["齿轮", "1200", "件"]]
        assert "13812345678" not in json.dumps(form)
        assert "138****5678" in json.dumps(form)
        read_content("declaration_form", json.dumps(form))

    @pytest.mark.req("FAQ-D14")
    @pytest.mark.parametrize(
        ("changes", "note"),
        [
            ({"products": [], "confidential": True}, "涉密"),
            ({"products": [{"product": "导弹", "output": "1", "unit": "枚"}], "confidential": True}, "涉密"),
            ({"products": [{"product": "无", "output": "0", "unit": "无"}]}, ""),
        ],
    )
    async def test_without_a_product_and_of_a_confidential_unit(
        self, cast: Cast, database: Database, changes: dict[str, Any], note: str
    ) -> None:
        address = await cast.submitted(**changes)
        assert (await cast.county.post(f"{address}/form")).status_code == 202
        (paper,) = await papers(database, address)
        products = next(each for each in paper["content"]["blocks"] if each["title"] == "主要产品")
        assert (note in products["note"], "导弹" in json.dumps(paper["content"], ensure_ascii=False)) == (True, False)
        read_content("declaration_form", json.dumps(paper["content"]))

    async def test_what_is_not_shown_on_the_form_is_not_on_the_paper(self, cast: Cast, database: Database) -> None:
        address = await cast.submitted(**UNTESTED)
        await cast.employer.post(f"{address}/form")
        (paper,) = await papers(database, address)
        labels = {fact["label"] for block in paper["content"]["blocks"] for fact in block["facts"]}
        assert {"检测机构名称", "检查机构名称", "变更原因", "终止生产经营日期"} & labels == set()

    async def test_an_incomplete_one_says_what_to_do(self, cast: Cast) -> None:
        address = await cast.add(staff_count=None)
        refused = await cast.employer.post(f"{address}/form")
        assert (refused.status_code, refused.json()["code"]) == (409, "declaration_incomplete")
        missing = await cast.employer.get(f"{address}/form.pdf")
        assert (missing.status_code, missing.json()["code"]) == (409, "form_not_prepared")

    async def test_twice_at_once_is_one_and_a_changed_state_another(self, cast: Cast, database: Database) -> None:
        address = await cast.add()
        both = await asyncio.gather(*(cast.employer.post(f"{address}/form") for _ in range(2)))
        assert len({answer.json()["number"] for answer in both}) == 1
        await cast.edit(address, staff_count=101)
        third = (await cast.employer.post(f"{address}/form")).json()
        assert third["revision"] == 2
        assert [each["revision"] for each in await papers(database, address)] == [1, 2]

    @pytest.mark.req("PLAT-06")
    async def test_a_draft_is_nobody_elses(self, cast: Cast) -> None:
        address = await cast.add()
        for part in ("form", "receipt"):
            assert (await cast.county.post(f"{address}/{part}")).status_code == 404


@pytest.mark.req("BEY-10")
class TestReceipt:
    async def test_it_is_made_with_the_approval_and_asking_for_it_makes_no_other(
        self, cast: Cast, database: Database
    ) -> None:
        address = await cast.approved()
        both = await asyncio.gather(*(cast.employer.post(f"{address}/receipt") for _ in range(2)))
        (paper,) = await papers(database, address)
        assert {answer.json()["number"] for answer in both} == {paper["number"]}
        content = paper["content"]
        assert content["office"] == "江苏省南京市玄武区卫生健康部门"
        assert content["reviewed_on"] == beijing_today(now_utc()).isoformat()
        assert "下一次年度更新" in content["next_due"]
        assert paper["holder_name"] == cast.actor.organisation_name
        read_content("declaration_receipt", json.dumps(content))

    async def test_a_revoked_one_is_void_and_the_next_approval_gives_another(
        self, cast: Cast, database: Database
    ) -> None:
        address = await cast.approved()
        assert (await cast.county.post(f"{address}/revoke", json={"reason": "有误"})).status_code == 200
        refused = await cast.employer.post(f"{address}/receipt")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_approved")
        assert (await cast.employer.get(f"{address}/receipt.pdf")).json()["code"] == "not_approved"
        assert (await cast.county.post(f"{address}/approve")).status_code == 200
        first, second = await papers(database, address)
        assert (first["revision"], second["revision"]) == (1, 2)
        assert first["number"] != second["number"]
