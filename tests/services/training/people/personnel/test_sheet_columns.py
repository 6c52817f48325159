"""The sheet of people has every field of the form, with its rules, in the words that people write."""

import pytest

from services.training.people.personnel.form import LABELS
from services.training.people.personnel.schemas import StaffMemberCreate
from services.training.people.personnel.sheet import COLUMNS
from tests.services.training.people.personnel.forms import OF_PHYSICIANS, line, people_in, workbook

BLANK = dict.fromkeys(OF_PHYSICIANS, "")


@pytest.mark.req("BEY-07", "TRN-12", "TRN-14", "TRN-17", "TRN-18", "TRN-19", "TRN-23", "TRN-24", "TRN-28")
class TestColumns:
    def test_every_field_of_the_form_but_the_birth_date_has_its_column(self) -> None:
        keys = {column.key for column in COLUMNS}
        assert keys == set(StaffMemberCreate.model_fields) - {"birth_date"} | {"status"}
        assert {column.title for column in COLUMNS} == {LABELS[key] for key in keys}

    def test_a_full_row_becomes_the_forms_input(self) -> None:
        row = line(
            nationality="中国",
            ethnic_group="蒙古族",
            landline="025-83759999",
            diploma_number="D1",
            degree="哲学博士学位",
            degree_number="D2",
            title_number="T1",
            duty="自拟职务",
            physician_level="执业医师",
            practice_number="P1",
            practice_issued_on="2016年5月1日",
            other_practice_places="本院",
            departments="内科、自拟科室",
        )
        (person,) = people_in(workbook([row])).good
        told = person.body.model_dump(mode="json")
        assert {name: told[name] for name in ("ethnic_group", "degree", "physician_level", "physician_category")} == {
            "ethnic_group": "02",
            "degree": "201",
            "physician_level": "1",
            "physician_category": "1",
        }
        assert (told["practice_issued_on"], told["departments"]) == ("2016-05-01", ["内科", "自拟科室"])
        assert (told["duty"], told["landline"], told["title_number"]) == ("自拟职务", "025-83759999", "T1")

    @pytest.mark.parametrize(
        ("cell", "value", "code"),
        [
            ("ethnic_group", "火星族", "label_unknown"),
            ("degree", "大博士", "label_unknown"),
            ("physician_category", "法医", "label_unknown"),
            ("landline", "83759999", "landline_format"),
            ("practice_place", "字" * 101, "text_too_many_bytes"),
            ("physician_issued_on", "2099-01-01", "issue_date_range"),
            ("departments", "临床科室", "department_is_group"),
        ],
    )
    def test_a_bad_cell_is_named(self, cell: str, value: str, code: str) -> None:
        (error,) = people_in(workbook([line(**{cell: value})])).errors
        assert (error.column.partition(" ")[2], error.code) == (LABELS[cell], code)
        assert value != "83759999" or value not in error.value

    @pytest.mark.parametrize("written", ["2015/3/1", "2015.03.01", "20150301", "2015-3-1"])
    def test_a_day_is_taken_as_people_write_it(self, written: str) -> None:
        (person,) = people_in(workbook([line(physician_issued_on=written)])).good
        assert person.body.model_dump(mode="json")["physician_issued_on"] == "2015-03-01"

    @pytest.mark.parametrize("written", ["42000", "去年", "2015-13-01"])
    def test_what_is_no_day_is_refused(self, written: str) -> None:
        (error,) = people_in(workbook([line(physician_issued_on=written)])).errors
        assert error.code.startswith("date")


class TestPhysicians:
    @pytest.mark.req("X5", "TRN-21", "TRN-22", "TRN-24", "BEY-07")
    def test_each_cell_that_a_physician_lacks_is_named(self) -> None:
        sheet = people_in(workbook([line(attributes="检查医生", **BLANK), line(attributes="技师", **BLANK)]))
        assert [(error.row, error.column.partition(" ")[2]) for error in sheet.errors] == [
            (2, LABELS[field]) for field in OF_PHYSICIANS
        ]
        assert [person.number for person in sheet.good] == [3]

    @pytest.mark.req("X4")
    def test_a_licence_that_stands_as_title_is_imported_as_the_licence(self) -> None:
        (person,) = people_in(workbook([line(title="执业助理医师", title_level="")])).good
        told = person.body.model_dump()
        assert (told["physician_level"], told["title"]) == ("2", "230")
