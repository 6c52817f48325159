"""The form of a personal file is one table: a field that stands there is checked, filled in and read from a sheet, listed, exported and
defined, and has its column."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import ValidationError, create_model
from python_calamine import CalamineWorkbook
from sqlalchemy import inspect

from services.training.desk.exports.tables import personnel_columns
from services.training.main import app
from services.training.people.personnel import dictionaries
from services.training.people.personnel import fields as f
from services.training.people.personnel.columns import LISTED, list_columns
from services.training.people.personnel.definition import definition_of
from services.training.people.personnel.form import FIELDS, SECTIONS, STATUS, Cell, FormField, Need, Section
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.schemas import StaffMemberCreate, StaffMemberListItem, StaffMemberUpdate
from services.training.people.personnel.shapes import for_change, for_new, for_reading
from services.training.people.personnel.sheet import layout, template
from shared.roles import Level, Permission
from shared.sheets import write_sheet
from shared.web.form_tables import having
from tests.conftest import ClientFor, make_actor
from tests.services.training.people.personnel.forms import OF_PHYSICIANS, PERSONNEL, STARRED, form, line, people_in

TONGUE = FormField(
    "tongue",
    "方言",
    f.gbk(20),
    Need.STARRED,
    "如吴语",
    Cell(12, early=True),
    listed=18,
    mask=lambda told: f"{told[0]}*",
)
SPARE = FormField("spare", "备用职称", f.code("professional_titles", "职称代码"))
COPY = (*FIELDS, TONGUE, SPARE)
NewFile = having(for_new((TONGUE, SPARE)))(StaffMemberCreate)
LAYOUT = layout(COPY, NewFile)


@pytest.mark.req("TRN-07", "BEY-07")
class TestAFieldMore:
    def test_it_is_checked(self) -> None:
        def wrong(**changes: Any) -> list[tuple[object, str]]:
            with pytest.raises(ValidationError) as refused:
                NewFile.model_validate(form(**changes))
            return [(error["loc"][0], error["type"]) for error in refused.value.errors()]

        assert wrong() == [("tongue", "missing")]
        assert wrong(tongue="字" * 11) == [("tongue", "text_too_many_bytes")]
        assert wrong(tongue="吴语", spare="nothing") == [("spare", "code_unknown")]

    def test_it_changes_by_its_need(self) -> None:
        change = create_model("Change", __base__=StaffMemberUpdate, **for_change((TONGUE, SPARE)))
        assert change.model_validate({"spare": " "}).model_dump(exclude_unset=True) == {"spare": None}
        with pytest.raises(ValidationError, match="不能清空"):
            change.model_validate({"tongue": None})

    def test_it_is_read_with_the_label_of_its_code(self) -> None:
        item = create_model("Item", __base__=StaffMemberListItem, **for_reading((TONGUE, SPARE)))
        shown, before = (
            each.model_json_schema(mode="serialization")["properties"] for each in (item, StaffMemberListItem)
        )
        assert shown.keys() - before.keys() == {"tongue", "spare", "spare_label"}

    def test_it_has_its_column_in_the_template(self) -> None:
        book = CalamineWorkbook.from_filelike(io.BytesIO(template(LAYOUT)))
        titles = [str(cell) for cell in book.get_sheet_by_index(0).to_python()[0]]
        before = [
            str(cell)
            for cell in CalamineWorkbook.from_filelike(io.BytesIO(template())).get_sheet_by_index(0).to_python()[0]
        ]
        assert set(titles) - set(before) == {"方言*", "备用职称"}
        assert titles.index("方言*") == titles.index("人员属性*") + 1
        assert [column.help for column in LAYOUT.columns if column.key == "tongue"] == ["如吴语"]

    def test_it_is_read_from_the_sheet(self) -> None:
        rows = [
            line(tongue="吴语", spare="主治医师"),
            line(tongue="字" * 11, spare=""),
            line(tongue="吴语", spare="什么"),
        ]
        told = people_in(write_sheet("人员信息", LAYOUT.columns, rows), LAYOUT)
        assert [person.body.model_dump(include={"tongue", "spare"}) for person in told.good] == [
            {"tongue": "吴语", "spare": "233"}
        ]
        assert [(error.row, error.column.partition(" ")[2], error.value, error.code) for error in told.errors] == [
            (3, "方言", "字*", "text_too_many_bytes"),
            (4, "备用职称", "什么", "label_unknown"),
        ]

    def test_it_is_exported_where_it_is_listed(self) -> None:
        also = replace(SPARE, name="also", listed=9)
        columns = personnel_columns(list_columns((*COPY, also, STATUS)))
        added = [column for column in columns if column not in personnel_columns(LISTED)]
        assert [(column.key, column.title, column.width) for column in added] == [
            ("tongue", "方言", 18),
            ("also_label", "备用职称", 9),
        ]

    def test_it_is_defined(self) -> None:
        (section,) = definition_of([Section("其他", (TONGUE, SPARE))]).sections
        tongue, spare = section.fields
        assert (tongue.required, tongue.max_bytes, tongue.help, tongue.masked) == (True, 20, "如吴语", True)
        assert (spare.required, spare.kind, spare.dictionary) == (False, "one", "professional_titles")


class TestTheTable:
    def test_every_field_has_its_column_and_every_column_its_field(self) -> None:
        columns = {column.key: column.columns[0] for column in inspect(StaffMember).column_attrs}
        of_the_row = {"id", "unit_id", "person_id", "status", "version", "created_at", "updated_at"}
        of_the_name = {"name_key", "name_pieces", "name_search"}
        assert columns.keys() - of_the_row - of_the_name == {field.name for field in FIELDS} - {"resident_id"}
        nullable = {name for name, column in columns.items() if column.nullable}
        assert nullable == {
            field.name
            for field in FIELDS
            if field.need in {Need.OPTIONAL, Need.OF_PHYSICIANS} and field.kind.name != "several"
        }

    def test_what_is_chosen_from_a_shipped_table_has_its_dictionary(self) -> None:
        tables = {field.name: field.kind.codes or field.kind.words for field in FIELDS}
        assert [name for name, table in tables.items() if table and not dictionaries.name_of(table)] == []


@pytest.fixture
async def client(client_for: ClientFor) -> AsyncClient:
    return await client_for(app, make_actor(Permission.INSTITUTION_FILING))


@pytest.mark.req("TRN-07", "TRN-21", "X1", "X5")
class TestDefinition:
    async def _fields(self, client: AsyncClient) -> Mapping[str, Mapping[str, Any]]:
        answer = await client.get(f"{PERSONNEL}/form-definition")
        assert answer.status_code == 200, answer.text
        sections = answer.json()["sections"]
        assert [section["title"] for section in sections] == [section.title for section in SECTIONS]
        return {field["name"]: field for section in sections for field in section["fields"]}

    async def test_it_says_what_the_checks_ask(self, client: AsyncClient) -> None:
        fields = await self._fields(client)
        assert list(fields) == list(StaffMemberCreate.model_fields)
        assert {name for name, field in fields.items() if field["required"]} == set(STARRED)
        when = {name: field["required_when"] for name, field in fields.items() if field["required_when"]}
        assert when.keys() == OF_PHYSICIANS.keys()
        for attribute in when["practice_place"]["values"]:
            both = ["职业病诊断医师", attribute]
            answer = await client.post(PERSONNEL, json=form(attributes=both, **dict.fromkeys(OF_PHYSICIANS)))
            assert {(error["field"], error["code"]) for error in answer.json()["errors"]} == {
                (name, "required_for_physician") for name in when
            }
        assert fields.keys() - StaffMemberUpdate.model_fields.keys() == {
            name for name, field in fields.items() if field["apart"]
        }

    async def test_it_says_the_limits_and_where_to_choose(self, client: AsyncClient) -> None:
        fields = await self._fields(client)
        assert (fields["post"]["max_bytes"], fields["post"]["max_length"]) == (100, None)
        assert (fields["duty"]["max_length"], fields["duty"]["own_words"]) == (50, True)
        assert (fields["work_years"]["minimum"], fields["work_years"]["maximum"]) == (0, 99)
        assert [choice["value"] for choice in fields["sex"]["choices"]] == ["男", "女"]
        assert {name for name, field in fields.items() if field["masked"]} == {"resident_id", "mobile", "landline"}
        for name, field in fields.items():
            if field["dictionary"]:
                found = await client.get(f"/api/training/personnel-dictionaries/{field['dictionary']}")
                assert found.status_code == 200, name

    @pytest.mark.req("TRN-20", "X2")
    async def test_it_says_which_attribute_has_text_and_which_goes_with_another(self, client: AsyncClient) -> None:
        choices = (await self._fields(client))["attributes"]["choices"]
        assert [choice["value"] for choice in choices if choice["with_text"]] == ["其他"]
        (under,) = [(choice["value"], choice["under"]) for choice in choices if choice["under"]]
        assert (await client.post(f"{PERSONNEL}/check", json={"attributes": list(under)})).json()["errors"] == []
        alone = await client.post(f"{PERSONNEL}/check", json={"attributes": [under[0], "其他"]})
        assert [error["field"] for error in alone.json()["errors"]] == ["attributes"]

    @pytest.mark.req("PLAT-06")
    async def test_it_is_for_those_who_keep_people(self, client_for: ClientFor) -> None:
        """And for those who review them, who read the labels from it."""
        for may, status in ((Permission.PROVINCE_REVIEW, 200), (Permission.CLASS_SCHEDULING, 403)):
            office = await client_for(app, make_actor(may, level=Level.PROVINCE, region="320000"))
            assert (await office.get(f"{PERSONNEL}/form-definition")).status_code == status
