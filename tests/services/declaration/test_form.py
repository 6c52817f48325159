"""The form as one table: what pages are drawn from, what comes with a new version of it, and how a draft is brought over."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from services.declaration.declarations.bodies import DeclarationCreate
from services.declaration.declarations.models import Declaration
from services.declaration.form.choices import COVERED, ExamItem, TestItem
from services.declaration.form.filled import Filled
from services.declaration.form.table import FIELDS, LABELS, TABLES, VERSION
from services.declaration.form.versions import VERSIONS, changes_between, changes_since
from services.declaration.main import app
from shared.db.session import Database
from shared.reference.tables import table
from shared.roles import Permission
from tests.conftest import ClientFor, make_actor
from tests.services.declaration.records import AGAIN, COMPLETE, UNTESTED, URL, Cast, button


def identity(address: str) -> str:
    return address.rsplit("/")[-1]


async def grow_old(database: Database, address: str) -> None:
    """As if it had been filled in with the first version."""
    async with database.unit_of_work() as session:
        aged = update(Declaration).where(Declaration.id == identity(address))
        await session.execute(aged.values(form_version=1))


@pytest.mark.req("DECL-04", "DECL-06", "DECL-07")
class TestTable:
    def test_a_field_stands_in_the_table_the_record_the_body_and_the_rules(self) -> None:
        for name in LABELS:
            assert hasattr(Declaration, name), name
            assert name in DeclarationCreate.model_fields, name
            assert name in Filled.__dataclass_fields__, name

    def test_it_asks_for_all_that_the_national_form_asks_for(self) -> None:
        """The shipped table of the form; what comes from 注册信息 and the receipt are not filled in."""
        labels = set(LABELS.values())
        columns = {each.label for one in TABLES for each in one.columns}
        items = {each.label for each in (*TestItem, *ExamItem)}
        said = labels | columns | items
        from_basics = {"name", "uscc", "is_branch", "reg_address", "region", "legal_person", "receipt"}
        for row in table("declaration_fields"):
            if row.code in from_basics or row.parent[0] in "467":
                continue
            assert row.name.split(" ")[0] in said, row.name

    def test_every_row_stands_for_something(self) -> None:
        assert {each.value for each in TestItem} == set(COVERED) == {each.value for each in ExamItem} | {"bio_oth"}

    @pytest.mark.req("FAQ-D5", "FAQ-D6", "FAQ-D14", "FAQ-D15")
    def test_where_people_ask_there_is_help(self) -> None:
        helps = {each.name: each.help for each in FIELDS} | {each.name: each.help for each in TABLES}
        for name in ("exposed_count", "surveillance_done", "exam_report_no", "products"):
            assert len(helps[name]) > 15, name

    async def test_the_definition_is_enough_to_draw_it(self, client_for: ClientFor) -> None:
        client = await client_for(app, make_actor(Permission.HAZARD_DECLARATION))
        form = (await client.get(f"{URL}/form-definition")).json()
        assert (form["version"], form["catalogue"]) == (VERSION, "2015")
        assert [each["key"] for each in form["sections"]] == ["kind", "basics", "products", "hazards", "tests", "exams"]
        fields = {each["name"]: each for section in form["sections"] for each in section["fields"]}
        assert set(fields) == {each.name for each in FIELDS}
        assert fields["leader_trained"]["choices"] == [
            {"value": "true", "label": "有", "with_text": False, "under": None},
            {"value": "false", "label": "无", "with_text": False, "under": None},
        ]
        assert fields["industry"]["dictionary"] == "industries"
        tables = {each["name"]: each for section in form["sections"] for each in section["tables"]}
        noise = next(each for each in tables["tests"]["rows"] if each["value"] == "noise")
        assert (noise["label"], noise["classes"], noise["factor_code"]) == ("噪声", ["phys"], "C001")
        assert [each["name"] for each in tables["hazards"]["inner"]] == ["factor_code", "own_name", "exposed_count"]


class TestVersions:
    def test_what_changed_is_a_list(self) -> None:
        old = {"staff_count": "职工总数", "gone": "旧项"}
        new = {"staff_count": "本单位在册职工总数", "tested": "本年度检测情况"}
        assert [(each.field, each.what, each.words) for each in changes_between(old, new)] == [
            ("tested", "added", "新增“本年度检测情况”（检测情况）"),
            ("staff_count", "renamed", "“职工总数”改称“本单位在册职工总数”"),
            ("gone", "removed", "不再填写“旧项”"),
        ]
        assert changes_since(VERSION) == []
        assert list(VERSIONS)[-1] == VERSION

    async def test_an_old_draft_is_read_and_not_submitted_before_it_is_brought_over(
        self, cast: Cast, database: Database
    ) -> None:
        address = await cast.add()
        await grow_old(database, address)
        seen = (await cast.employer.get(address)).json()
        assert (seen["form_version"], "products" in {each["field"] for each in seen["form_changes"]}) == (1, True)
        refused = await cast.employer.post(f"{address}/submit")
        assert (refused.status_code, refused.json()["code"]) == (409, "form_version_changed")
        assert "更新到新版申报表" in refused.json()["detail"]
        offered = button(seen, "bring_over")
        over = (await cast.employer.post(offered["href"])).json()
        assert (over["form_version"], over["form_changes"]) == (VERSION, [])
        assert (await cast.employer.post(f"{address}/submit")).status_code == 200
        told = (await cast.employer.get(f"{address}/history")).json()[1]
        assert (told["action_label"], told["after"]["form_version"]) == ("更新到新版申报表", VERSION)

    async def test_saving_brings_it_over_and_a_submitted_one_keeps_its_version(
        self, cast: Cast, database: Database
    ) -> None:
        address = await cast.add()
        await grow_old(database, address)
        assert (await cast.edit(address, contact_name="李雷")).json()["form_version"] == VERSION
        await cast.employer.post(f"{address}/submit")
        await grow_old(database, address)
        seen = (await cast.county.get(address)).json()
        assert (seen["form_version"], seen["form_changes"]) == (1, [])
        assert (await cast.county.post(f"{address}/approve")).json()["form_version"] == 1


class TestDraft:
    async def test_the_next_one_begins_with_what_was_approved(self, cast: Cast) -> None:
        old = (await cast.employer.get(await cast.approved())).json()
        begun = (await cast.employer.post(URL, json={**AGAIN, "staff_count": 101})).json()
        for name in ("contact_phone", "sites", "products", "hazards", "tests", "exams", "size", "exam_report_no"):
            assert begun[name] == old[name], name
        assert (begun["staff_count"], begun["change_reason"], begun["problems"]) == (101, "process", [])

    @pytest.mark.req("PLAT-03", "BEY-08")
    async def test_two_on_one_section_are_told_what_differs_and_whose_it_is(self, cast: Cast) -> None:
        address = await cast.add()
        tag = {"If-Match": (await cast.employer.get(address)).headers["etag"]}
        first = {"tests": [], "tested": False, "leader_trained": False}
        assert (await cast.employer.patch(address, json=first, headers=tag)).status_code == 200
        late = await cast.employer.patch(address, json={"tested": True}, headers=tag)
        assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
        changes = {each["label"]: (each["before"], each["after"]) for each in late.json()["changes"]}
        assert changes["本年度检测情况"] == ("检测", "未检测")
        assert changes["主要负责人培训"] == ("有", "无")
        assert changes["检测点数"][0].startswith("粉尘 8 1、矽尘 4 0")
        assert {each["actor_name"] for each in late.json()["changes"]} == {
            f"{cast.actor.organisation_name} {cast.actor.person_name}"
        }

    async def test_a_section_is_saved_by_itself_and_a_blank_empties(self, cast: Cast) -> None:
        address = await cast.add()
        saved = (await cast.edit(address, test_org="", products=[{"product": "钢", "output": 1.5}])).json()
        assert (saved["test_org"], saved["products"]) == (None, [{"product": "钢", "output": "1.5", "unit": None}])
        assert saved["sites"] == COMPLETE["sites"]
        assert saved["filled_at"] is not None

    async def test_factors_that_the_catalogue_lacks_stand_with_their_names(self, cast: Cast) -> None:
        names = ("石墨烯粉", "碳纳米管")
        factors = [{"factor_code": "A052", "own_name": name, "exposed_count": 3} for name in names]
        address = await cast.add(**UNTESTED, hazards=[{"class_code": "dust", "exposed_count": 3, "factors": factors}])
        for record in ((await cast.employer.get(address)).json(), (await cast.edit(address, contact_name="甲")).json()):
            shown = record["hazards"][0]["factors"]
            assert {(each["own_name"], each["factor_label"]) for each in shown} == {(name, name) for name in names}
        assert (await cast.employer.post(f"{address}/submit")).status_code == 200

    @pytest.mark.req("PLAT-01")
    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"staff_count": "十人"}, "staff_count", None),
            ({"staff_count": 2**63}, "staff_count", None),
            ({"staff_count": 1.5}, "staff_count", None),
            ({"products": [{"product": "钢", "output": -1}]}, "products.0.output", None),
            ({"products": [{"product": "钢", "output": "1e400"}]}, "products.0.output", None),
            ({"products": [{"product": "钢", "output": "NaN"}]}, "products.0.output", None),
            ({"tests": [{"item": "noise"}, {"item": "noise"}]}, "tests", "repeated"),
            ({"tests": [{"measured": 1}]}, "tests.0.item", "missing"),
            ({"exams": [{"item": "bio_oth"}]}, "exams.0.item", None),
            ({"size": "9"}, "size", "code_unknown"),
            ({"industry": "Z99"}, "industry", "industry_unknown"),
            ({"ended_on": "2026-02-30"}, "ended_on", "date_unknown"),
            (
                {"hazards": [{"class_code": "dust", "factors": [{"factor_code": "X1"}]}]},
                "hazards.0.factors.0.factor_code",
                "factor_unknown",
            ),
            (
                {"hazards": [{"class_code": "dust", "factors": [{"factor_code": "A001", "own_name": "硅"}]}]},
                "hazards.0.factors.0.own_name",
                "own_name_not_wanted",
            ),
        ],
    )
    async def test_what_is_no_value_is_named(
        self, cast: Cast, changes: dict[str, Any], field: str, code: str | None
    ) -> None:
        address = await cast.add()
        answer = await cast.edit(address, **changes)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code or error["code"])
        assert any("一" <= char <= "鿿" for char in error["message"])

    async def test_two_submissions_at_once_make_one(self, cast: Cast) -> None:
        address = await cast.add()
        answers = await asyncio.gather(*(cast.employer.post(f"{address}/submit") for _ in range(3)))
        assert sorted(each.status_code for each in answers) == [200, 409, 409]
        history = (await cast.employer.get(f"{address}/history")).json()
        assert [each["action"] for each in history] == ["create", "submit"]


@pytest.mark.req("FAQ-D6", "FAQ-D11")
class TestCheck:
    async def test_what_is_typed_is_judged_with_what_is_stored(self, cast: Cast) -> None:
        address = await cast.add()
        answer = (await cast.employer.post(f"{address}/check", json={"exposed_count": 45})).json()
        told = {(each["field"], each["code"]): each for each in answer["problems"]}
        above = told["hazards.1.exposed_count", "exposure_above_total"]
        assert (above["section"], above["proposal"]["field"], above["proposal"]["value"]) == (
            "hazards",
            "exposed_count",
            50,
        )
        assert (answer["exposed_total"], answer["smallest_total"]) == (45, 50)
        assert (await cast.employer.get(address)).json()["exposed_count"] == 60

    async def test_it_says_what_a_submission_says(self, cast: Cast) -> None:
        address = await cast.add(exposed_count=45, products=[])
        checked = (await cast.employer.post(f"{address}/check", json={})).json()["problems"]
        refused = (await cast.employer.post(f"{address}/submit")).json()
        assert refused["problems"] == checked == (await cast.employer.get(address)).json()["problems"]
        assert [each["field"] for each in refused["errors"]] == [each["field"] for each in checked]

    async def test_what_cannot_be_read_is_told_and_the_rest_is_judged(self, cast: Cast) -> None:
        answer = (await cast.employer.post(f"{URL}/check", json={"staff_count": "十", "trained_count": 5})).json()
        assert [each["field"] for each in answer["errors"]] == ["staff_count"]
        assert "contact_name" in answer["required_now"]

    @pytest.mark.req("PLAT-06")
    async def test_a_stranger_checks_nothing(self, cast: Cast, make_cast: Any) -> None:
        address = await cast.add()
        other = await make_cast()
        assert (await other.employer.post(f"{address}/check", json={})).status_code == 404
        assert (await other.employer.post(f"{address}/bring-over")).status_code == 404
        assert (await cast.county.post(f"{address}/check", json={})).status_code == 403
