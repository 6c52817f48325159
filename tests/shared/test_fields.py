"""What people type, as pydantic cleans and refuses it."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from shared.fields import CleanText, GbkText, Landline, Mobile, Postcode, ResidentId, StatedResidentId, StatedUscc, Uscc


class Form(BaseModel):
    uscc: Uscc = ""
    stated_code: StatedUscc = ""
    stated_id: StatedResidentId = ""
    resident_id: ResidentId = ""
    mobile: Mobile = ""
    landline: Landline = ""
    postcode: Postcode = ""
    name: Annotated[str, CleanText(4)] = ""
    note: Annotated[str, CleanText(20, blank=True, lines=True)] = ""
    number: Annotated[str, GbkText(10)] = ""


def refusal(field: str, value: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate({field: value})
    (error,) = caught.value.errors()
    return error["type"], error["msg"]


class TestNumbers:
    def test_input_is_normalised(self) -> None:
        form = Form.model_validate({"uscc": "91320100ma1abcd2xr", "resident_id": "11010519491231002x"})
        assert (form.uscc, form.resident_id) == ("91320100MA1ABCD2XR", "11010519491231002X")

    @pytest.mark.parametrize(
        ("field", "value", "code", "said"),
        [
            ("uscc", "91320100MA1ABCD2X1", "uscc_checksum", "校验位"),
            ("resident_id", "320102199003078230", "resident_id_checksum", "校验位"),
            ("resident_id", "320102199002300018", "resident_id_date", "出生日期"),
            ("mobile", "1380013800", "mobile_format", "11位"),
            ("landline", "83759999", "landline_format", "区号"),
            ("postcode", "21000", "postcode_format", "6位"),
        ],
    )
    def test_refusal_has_a_stable_code_and_a_chinese_reason(self, field: str, value: str, code: str, said: str) -> None:
        got, message = refusal(field, value)
        assert got == code
        assert said in message

    @pytest.mark.req("STAFF-15")
    def test_what_is_stated_may_miss_its_last_place_and_nothing_else(self) -> None:
        form = Form.model_validate({"stated_code": "91320100ma1abcd2x1", "stated_id": "32010219900307823０"})
        assert (form.stated_code, form.stated_id) == ("91320100MA1ABCD2X1", "320102199003078230")
        assert refusal("stated_code", "91320100MA1ABCD2XI")[0] == "uscc_format"
        assert refusal("stated_id", "320102199002300018")[0] == "resident_id_date"
        assert refusal("stated_id", "320102900307823")[0] == "resident_id_format"

    def test_a_number_instead_of_text_is_refused_and_no_crash(self) -> None:
        assert refusal("mobile", 13800138000)[0] == "string_type"


class TestText:
    @pytest.mark.parametrize("name", ["䶮", "㛃𬭚", "买买提·艾力"[:4], "𲎯", "Ana"])
    def test_every_script_is_welcome(self, name: str) -> None:
        assert Form(name=f" {name}\u3000").name == name

    @pytest.mark.parametrize("bad", ["\u202e", "\u200d", "\u0000", "\u200b", "\n", "\ufeff", "\u2028"])
    def test_invisible_characters_are_refused(self, bad: str) -> None:
        code, message = refusal("name", f"张{bad}三")
        assert code == "text_invisible_character"
        assert f"U+{ord(bad):04X}" in message

    def test_blank_is_refused_where_text_is_required(self) -> None:
        assert refusal("name", " \u3000 ")[0] == "text_blank"
        assert Form(note="  ").note == ""

    def test_characters_are_counted_not_bytes(self) -> None:
        assert Form(name="一二三四").name == "一二三四"
        assert refusal("name", "一二三四五") == ("text_too_long", "最多 4 个字，现有 5 个字")

    def test_line_breaks_stay_where_they_are_allowed(self) -> None:
        assert Form(note="一\r\n二").note == "一\n二"

    @pytest.mark.req("TRN-17")
    def test_gbk_bytes_are_bounded(self) -> None:
        assert Form(number="一二三四五").number == "一二三四五"
        assert refusal("number", "一二三四五a") == ("text_too_many_bytes", "最多 10 字节（5 个汉字），现有 11 字节")
