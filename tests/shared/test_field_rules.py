"""What the types of fields take, refuse and tell programs, rule by rule (PLAT-01)."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from shared import fields, identifiers
from shared.fields import (
    CleanText,
    Copied,
    GbkText,
    Longest,
    Mobile,
    PersonName,
    ResidentId,
    StatedResidentId,
    StatedUscc,
    Uscc,
    check_printable,
    clean_text,
    waived,
    whole,
)

pytestmark = pytest.mark.req("PLAT-01")
RIGHT_ID, WRONG_ID = "11010519491231002X", "110105194912310021"
RIGHT_CODE, WRONG_CODE = "91320100MA1ABCD2XR", "91320100MA1ABCD2X1"
# No font has it.
UNPRINTABLE = "😀"


def taken(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: object) -> tuple[str, str, dict[str, Any]]:
    with pytest.raises(ValidationError) as caught:
        taken(kind, value)
    (error,) = caught.value.errors()
    return error["type"], error["msg"], error.get("ctx", {})


def schema(kind: Any) -> dict[str, Any]:
    class Form(BaseModel):
        field: kind

    told: dict[str, Any] = Form.model_json_schema()["properties"]["field"]
    return {name: value for name, value in told.items() if name != "title"}


class TestLengths:
    def test_what_is_typed_is_counted_before_anything_is_made_of_it(self) -> None:
        kind = Annotated[int, Longest(4)]
        assert taken(kind, "1234") == 1234
        assert refused(kind, "12345") == ("text_too_long", "最多 4 个字，现有 5 个字", {"max": 4, "now": 5})
        assert taken(kind, 12345) == 12345, "a number is not typed"

    def test_programs_are_told_the_length_of_what_is_text(self) -> None:
        assert schema(Annotated[str, Longest(4)]) == {"type": "string", "maxLength": 4}
        assert schema(Annotated[str | None, Longest(4)])["anyOf"] == [
            {"type": "string", "maxLength": 4},
            {"type": "null"},
        ]
        assert schema(Annotated[int, Longest(4)]) == {"type": "integer"}

    def test_numbers_have_room_for_the_blanks_between_them(self) -> None:
        assert taken(Mobile, "1 3 8 0 0 1 3 8 0 0 0" + " " * 39) == "13800138000"
        assert refused(Mobile, "1" * 61)[0] == "text_too_long"

    def test_text_says_its_least_and_its_most(self) -> None:
        assert schema(Annotated[str, CleanText(4)]) == {"type": "string", "maxLength": 4, "minLength": 1}
        assert schema(Annotated[str, CleanText(4, blank=True)]) == {"type": "string", "maxLength": 4}
        assert schema(Annotated[str, GbkText(10)]) == {"type": "string", "maxLength": 10, "minLength": 1}
        assert schema(Annotated[str, GbkText(10, blank=True)]) == {"type": "string", "maxLength": 10}

    def test_bytes_of_gbk_are_told_with_how_many_characters_they_are(self) -> None:
        kind = Annotated[str, GbkText(5)]
        assert taken(kind, "一二a") == "一二a"
        told = "最多 5 字节（2 个汉字），现有 6 字节"
        assert refused(kind, "一二三") == ("text_too_many_bytes", told, {"max": 5, "han": 2, "now": 6})
        assert refused(kind, " ")[0] == "text_blank"
        assert taken(Annotated[str, GbkText(5, blank=True)], " ") == ""
        assert refused(kind, UNPRINTABLE)[0] == "text_unprintable"

    def test_types_are_asked_before_lengths(self) -> None:
        for kind in (Annotated[str, CleanText(4)], Annotated[str, GbkText(4)], Annotated[str, Longest(4)], Mobile):
            assert refused(kind, 5)[0] == "string_type"


class TestCopies:
    def test_what_is_copied_is_taken_bare(self) -> None:
        kind = Annotated[str, Copied(12)]
        assert taken(kind, " Ｓ Ｑ－７\u200eK ") == "SQ-7K"
        assert taken(kind, "  ") == ""
        assert refused(kind, "1234567890123")[0] == "text_too_long"
        assert refused(kind, "a\u0000b")[:2] == (
            "text_invisible_character",
            "含有不可见字符（U+0000），请删除后重新输入",
        )
        assert refused(kind, 5)[0] == "string_type"

    def test_what_lost_its_end_is_told_with_what_to_do(self) -> None:
        kind = Annotated[str, whole(5, "链接不完整，请重新复制")]
        assert taken(kind, "12345") == "12345"
        assert refused(kind, "1234")[:2] == ("cut_short", "链接不完整，请重新复制")


class TestHowTypesAreMade:
    """Anew, because those of the module were made when it was imported."""

    def test_what_is_cleaned_is_text_alone(self) -> None:
        kind = Annotated[object, fields._cleaned(str.upper)]
        assert taken(kind, "ab") == "AB"
        assert taken(kind, 5) == 5

    def test_a_problem_is_refused_by_its_name_and_a_check_digit_may_be_waived(self) -> None:
        kind = Annotated[str, fields._checked("uscc", identifiers.uscc_problem)]
        assert taken(kind, RIGHT_CODE) == RIGHT_CODE
        assert refused(kind, WRONG_CODE)[:2] == ("uscc_checksum", fields.MESSAGES["uscc_checksum"])
        assert refused(kind, "9")[:2] == ("uscc_format", fields.MESSAGES["uscc_format"])
        with waived({WRONG_CODE, "9"}):
            assert taken(kind, WRONG_CODE) == WRONG_CODE
            assert refused(kind, "9")[0] == "uscc_format"

    def test_all_but_the_check_digit(self) -> None:
        problem = fields._but_its_check(identifiers.uscc_problem)
        assert [problem(each) for each in (RIGHT_CODE, WRONG_CODE, "9")] == [None, None, "format"]


@pytest.mark.req("STAFF-15")
class TestCheckDigits:
    def test_a_wrong_last_place_is_told_apart(self) -> None:
        assert [fields.uscc_misses_check(each) for each in (RIGHT_CODE, WRONG_CODE, "9")] == [False, True, False]
        assert [fields.resident_id_misses_check(each) for each in (RIGHT_ID, WRONG_ID, "1")] == [False, True, False]

    @pytest.mark.parametrize(
        ("strict", "stated", "wrong"), [(Uscc, StatedUscc, WRONG_CODE), (ResidentId, StatedResidentId, WRONG_ID)]
    )
    def test_it_passes_where_it_is_stated_or_was_accepted_and_nowhere_else(
        self, strict: Any, stated: Any, wrong: str
    ) -> None:
        assert taken(stated, wrong) == wrong
        code, message, _ = refused(strict, wrong)
        assert code.endswith("_checksum")
        assert message == fields.MESSAGES[code]
        with waived({wrong}):
            assert taken(strict, wrong) == wrong
            with waived(()):
                assert refused(strict, wrong)[0] == code
            assert taken(strict, wrong) == wrong
        with waived({"9"}):
            assert refused(strict, wrong)[0] == code
            assert refused(strict, "9")[0].endswith("_format"), "what has not its shape passes never"
        assert refused(strict, wrong)[0] == code

    def test_each_refusal_is_said_in_its_own_words(self) -> None:
        for kind, value, code in (
            (Uscc, "9132", "uscc_format"),
            (StatedUscc, "9132", "uscc_format"),
            (ResidentId, "1101", "resident_id_format"),
            (StatedResidentId, "11010519490231002X", "resident_id_date"),
            (ResidentId, "11010529490131002X", "resident_id_date"),
        ):
            assert refused(kind, value)[:2] == (code, fields.MESSAGES[code])


class TestText:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("\u00a0张\u2003三\u205f", "张 三"),
            ("  a  b  ", "a  b"),
            ("葛\U000e0100", "葛\U000e0100"),
            ("\ufeff".strip("\ufeff"), ""),
        ],
    )
    def test_blanks_around_it_go_and_odd_ones_within_are_plain(self, given: str, kept: str) -> None:
        assert clean_text(given, blank=True) == kept

    def test_lines_are_kept_as_one_kind_of_line_or_refused(self) -> None:
        assert clean_text("一\r\n二\r三\n四\t五", lines=True) == "一\n二\n三\n四\t五"
        for char in "\r\n\t":
            with pytest.raises(PydanticCustomError) as caught:
                clean_text(f"一{char}二")
            assert caught.value.type == "text_invisible_character"
            assert caught.value.context == {"character": f"U+{ord(char):04X}"}
        with pytest.raises(PydanticCustomError, match="U\\+200B"):
            clean_text("一\u200b二", lines=True)

    def test_nothing_is_refused_unless_it_may_be(self) -> None:
        for given in ("", " \u3000 ", "\ufe00", "\U000e0100 \ufe0f"):
            with pytest.raises(PydanticCustomError) as caught:
                clean_text(given)
            assert (caught.value.type, caught.value.message_template) == ("text_blank", "请填写此项")
            assert clean_text(given, blank=True) == ""

    @pytest.mark.req("BEY-19")
    def test_what_no_font_has_is_named_five_at_most(self) -> None:
        assert check_printable("张三") == "张三"
        with pytest.raises(PydanticCustomError) as caught:
            check_printable("张😀😁😂😃😄😅")
        assert caught.value.type == "text_unprintable"
        assert caught.value.message().startswith("打印字库中没有")
        assert "请删除或换用其他文字" in caught.value.message()
        assert [char for char in "😀😁😂😃😄😅" if char in caught.value.message()] == list("😀😁😂😃😄")
        assert taken(Annotated[str, CleanText(4, printed=False)], UNPRINTABLE) == UNPRINTABLE
        assert refused(Annotated[str, CleanText(4)], UNPRINTABLE)[0] == "text_unprintable"

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("买买提 • 艾力", "买买提·艾力"), ("张 三", "张三"), ("Anna  B", "Anna  B"), ("李．四", "李·四")],
    )
    def test_a_name_has_its_dot_and_no_blanks_between_characters(self, typed: str, kept: str) -> None:
        assert taken(PersonName, typed) == kept
        assert refused(PersonName, UNPRINTABLE)[0] == "text_unprintable"
