"""Numbers of people and units: vectors for each rule, valid and invalid."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import RFC_4122

import pytest

from shared import identifiers

VECTORS: dict[str, list[list[str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "test_vectors.json").read_text(encoding="utf-8")
)
TODAY = date(2026, 3, 1)


def vectors(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "verdict"), [entry[:2] for entry in VECTORS[name]])


def verdict_of(problem: Callable[[str], str | None], text: str) -> str:
    return problem(text) or "ok"


class TestUscc:
    @vectors("uscc")
    def test_check_character_follows_the_standard(self, text: str, verdict: str) -> None:
        assert verdict_of(identifiers.uscc_problem, text) == verdict

    def test_lower_case_and_full_width_are_normalised(self) -> None:
        assert identifiers.normalise_uscc(" 91320100ｍａ1abcd2xr ") == "91320100MA1ABCD2XR"


@pytest.mark.req("TRN-08")
class TestResidentId:
    @vectors("resident_id")
    def test_number_follows_the_standard(self, text: str, verdict: str) -> None:
        assert verdict_of(lambda number: identifiers.resident_id_problem(number, TODAY), text) == verdict

    def test_born_today_is_allowed_and_tomorrow_is_not(self) -> None:
        number = "11010519491231002X"
        assert identifiers.resident_id_problem(number, date(1949, 12, 31)) is None
        assert identifiers.resident_id_problem(number, date(1949, 12, 30)) == "date"

    def test_digits_of_other_scripts_are_no_digits(self) -> None:
        assert identifiers.resident_id_problem("１1010519491231002X", TODAY) == "format"

    def test_small_x_is_normalised(self) -> None:
        assert identifiers.normalise_resident_id("110105 19491231 002x") == "11010519491231002X"

    @pytest.mark.req("TRN-11")
    def test_birth_date_and_sex_are_read_from_the_number(self) -> None:
        assert identifiers.birth_date_of("320506199202290028") == date(1992, 2, 29)
        assert identifiers.sex_of("320506199202290028") == "女"
        assert identifiers.sex_of("320102199003078238") == "男"

    def test_no_birth_date_raises(self) -> None:
        with pytest.raises(ValueError, match="birth"):
            identifiers.birth_date_of("320102199002300018")


class TestPhonesAndPostcode:
    @pytest.mark.req("TRN-13")
    @vectors("mobile")
    def test_mobile_has_eleven_digits(self, text: str, verdict: str) -> None:
        assert verdict_of(identifiers.mobile_problem, text) == verdict

    @pytest.mark.req("TRN-14", "X32")
    @vectors("landline")
    def test_landline_knows_short_area_codes_and_extensions(self, text: str, verdict: str) -> None:
        assert verdict_of(identifiers.landline_problem, text) == verdict

    @pytest.mark.req("TRN-14")
    @vectors("postcode")
    def test_postcode_has_six_digits(self, text: str, verdict: str) -> None:
        assert verdict_of(identifiers.postcode_problem, text) == verdict

    @pytest.mark.parametrize(
        "check", [identifiers.mobile_problem, identifiers.landline_problem, identifiers.postcode_problem]
    )
    def test_a_line_break_at_the_end_is_no_part_of_a_number(self, check: Callable[[str], str | None]) -> None:
        good = {"mobile_problem": "13800138000", "landline_problem": "025-83759999", "postcode_problem": "210009"}
        assert check(good[check.__name__]) is None
        assert check(good[check.__name__] + "\n") == "format"

    @pytest.mark.parametrize("typed", ["138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"])
    def test_mobile_is_normalised(self, typed: str) -> None:
        assert identifiers.normalise_mobile(typed) == "13800138000"

    @pytest.mark.parametrize("typed", ["025—83759999", "（025）83759999", "(025) 83759999", "025 - 83759999"])
    def test_landline_is_normalised(self, typed: str) -> None:
        assert identifiers.normalise_landline(typed) == "025-83759999"


class TestNewId:
    def test_ids_are_version_seven_distinct_and_in_order(self) -> None:
        ids = [identifiers.new_id() for _ in range(20_000)]
        assert ids == sorted(ids)
        assert len(set(ids)) == len(ids)
        assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


@pytest.mark.req("TRN-17")
class TestGbkLength:
    @pytest.mark.parametrize(("text", "size"), [("abc", 3), ("张三", 4), ("䶮", 2), ("A座", 3), ("", 0), ("𬭚", 2)])
    def test_a_chinese_character_counts_two(self, text: str, size: int) -> None:
        assert identifiers.gbk_length(text) == size


class TestIds:
    """UUIDv7 (RFC 9562): the time, a counter that never goes back, and 62 bits that nobody guesses."""

    def test_its_parts_stand_where_the_standard_has_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = datetime(2026, 3, 1, 9, tzinfo=UTC)
        monkeypatch.setattr("shared.identifiers.time.time_ns", lambda: int(now.timestamp()) * 1_000_000_000)
        monkeypatch.setattr("shared.identifiers.os.urandom", lambda count: b"\xff" * count)
        own = identifiers._id_maker()()
        assert (own.version, own.variant) == (7, RFC_4122)
        assert identifiers.made_at(own) == now
        # A counter begins in the lower half of its twelve bits, so that a burst has room.
        assert own.int >> 64 & 0xFFF == 0x7FF
        assert own.int & ((1 << 62) - 1) == (1 << 62) - 1
        assert own.int >> 62 & 0b11 == 0b10

    def test_a_burst_and_a_clock_that_goes_back_stay_in_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make = identifiers._id_maker()
        first = make()
        monkeypatch.setattr("shared.identifiers.time.time_ns", lambda: 0)
        made = [first, *(make() for _ in range(5000))]
        assert made == sorted(made)
        stamps = [each.int >> 80 << 12 | each.int >> 64 & 0xFFF for each in made]
        assert stamps == list(range(stamps[0], stamps[0] + 5001)), "each is one more, over the end of a millisecond too"

    def test_two_of_one_moment_are_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shared.identifiers.time.time_ns", lambda: 10**18)
        tails = {identifiers._id_maker()().int & ((1 << 62) - 1) for _ in range(50)}
        assert len(tails) == 50
        assert max(tails) > 1 << 60

    def test_the_first_of_a_moment_sorts_before_all_of_it_and_after_all_before(self) -> None:
        own = identifiers.new_id()
        at = identifiers.made_at(own)
        assert identifiers.first_of(at) <= own < identifiers.first_of(at + timedelta(milliseconds=1))
        assert identifiers.made_at(identifiers.first_of(at)) == at
        assert at.tzinfo is UTC

    def test_a_number_to_be_spoken_has_its_groups(self) -> None:
        number = identifiers.new_number("SQ")
        assert re.fullmatch(r"SQ(-[2-9A-HJKMNP-TV-Z]{4}){3}", number)
        assert identifiers.new_number("SQ") != number


@pytest.mark.parametrize(
    ("text", "kept"),
    [("\u200e 张 三\u00ad\n", "张 三"), ("张\u200d三", "张\u200d三"), (" \u200b ", ""), ("", ""), ("三", "三")],
)
def test_blanks_and_marks_go_before_and_behind_alone(text: str, kept: str) -> None:
    assert identifiers.trimmed(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"), [("ab", "ab"), ("张\u200e三\u00ad", "张三"), ("\u202a11\u202c", "11"), ("张 三", "张 三")]
)
def test_marks_go_and_blanks_stay(text: str, kept: str) -> None:
    assert identifiers.without_marks(text) == kept


@pytest.mark.parametrize(("text", "kept"), [("Ｓ Ｑ\u2014 7\u200e", "SQ-7"), ("\u3000", ""), ("a－b", "a-b")])
def test_what_is_copied_is_bare(text: str, kept: str) -> None:
    assert identifiers.bare(text) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("买买提 • 艾力", "买买提·艾力"),
        ("张\u3000三", "张三"),
        ("张 三 丰", "张三丰"),
        ("Anna B", "Anna B"),
        ("A．张", "A．张"),
        ("李．四", "李·四"),
    ],
)
def test_a_name_has_one_dot_and_no_blanks_between_characters(typed: str, kept: str) -> None:
    assert identifiers.as_name(typed) == kept


def test_the_first_and_last_births_and_each_place_of_the_check() -> None:
    def with_check(digits: str) -> str:
        total = sum(int(digit) * weight for digit, weight in zip(digits, identifiers.RESIDENT_WEIGHTS, strict=True))
        return digits + identifiers.RESIDENT_CHECKS[total % 11]

    assert identifiers.resident_id_problem(with_check("11010519000101002"), TODAY) is None
    assert identifiers.resident_id_problem(with_check("11010518991231002"), TODAY) == "date"
    assert {with_check(f"1101051949123100{last}")[-1] for last in "0123456789"} >= set("0X")
    assert identifiers.uscc_problem("0" * 18) is None
    assert identifiers.uscc_problem("0" * 17 + "1") == "checksum"
    assert identifiers.uscc_problem("0" * 17) == identifiers.uscc_problem("0" * 19) == "format"
