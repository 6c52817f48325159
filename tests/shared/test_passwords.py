"""Password policies: vectors of both portals, and the rule of three in a row as a property."""

import json
import re
from pathlib import Path
from string import ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.passwords import (
    DECLARATION,
    LISTED_SPECIALS,
    OFFICIALS,
    POLICIES,
    TRAINING,
    PasswordPolicy,
    broken_rules,
    is_common,
    is_own,
    rules_of,
)

VECTORS: dict[str, list[list[str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "test_vectors.json").read_text(encoding="utf-8")
)


def codes(password: str) -> list[str]:
    return [rule.code for rule in broken_rules(password, TRAINING)]


class TestTraining:
    @pytest.mark.req("AUTH-13", "AUTH-14", "AUTH-15")
    @pytest.mark.parametrize(("password", "verdict"), [entry[:2] for entry in VECTORS["password_training"]])
    def test_vectors(self, password: str, verdict: str) -> None:
        assert codes(password) == [] if verdict == "ok" else verdict in codes(password)

    @pytest.mark.req("AUTH-13")
    @pytest.mark.parametrize("missing", ["ab19@kqx", "AB19@KQX", "Abqw@kqx", "Ab19wkqx"])
    def test_each_class_is_needed(self, missing: str) -> None:
        assert codes(missing) == ["classes"]

    @pytest.mark.req("AUTH-13")
    @pytest.mark.parametrize(("password", "good"), [("Ab1@9kq", False), ("Ab1@9kqx", True), ("Ab1@9kqx" * 2, True)])
    def test_length_is_eight_to_sixteen(self, password: str, good: bool) -> None:
        assert (codes(password) == []) is good

    @pytest.mark.req("AUTH-13")
    def test_all_broken_rules_are_told_at_once(self) -> None:
        assert codes("abc$$$") == ["length", "classes", "charset", "sequence", "repeat"]

    @pytest.mark.req("AUTH-15")
    def test_each_listed_special_is_accepted(self) -> None:
        assert "".join(sorted(LISTED_SPECIALS)) == "".join(sorted("@#%^&*()_+!~¥={}:;'\\\",<>|.【】—、"))
        assert all(codes(f"Ab1{special}9kqx") == [] for special in LISTED_SPECIALS)

    @pytest.mark.req("AUTH-15")
    @pytest.mark.parametrize(
        ("char", "named"), [("$", "$"), ("?", "?"), (" ", "空格"), ("中", "中"), ("\u200b", "U+200B")]
    )
    def test_any_other_character_is_named(self, char: str, named: str) -> None:
        (rule,) = broken_rules(f"Ab1@9kqx{char}", TRAINING)
        assert (rule.code, named in rule.message) == ("charset", True)

    @pytest.mark.req("AUTH-14", "X16")
    def test_specials_are_refused_only_when_repeated(self) -> None:
        assert codes("Ab1()*9kqx") == []
        assert codes("Ab1***9kqx") == ["repeat"]

    @pytest.mark.req("AUTH-14")
    def test_runs_do_not_cross_from_digits_to_letters(self) -> None:
        assert codes("Ab1@89:kqx") == []

    @pytest.mark.req("AUTH-14")
    @given(
        st.text(alphabet="Az19@k", max_size=6),
        st.sampled_from(["abcdefghijklmnopqrstuvwxyz", "0123456789"]),
        st.integers(0, 23),
        st.booleans(),
        st.integers(0, 7),
    )
    def test_every_run_of_three_is_found(self, around: str, order: str, at: int, backwards: bool, case: int) -> None:
        three = order[at % (len(order) - 2) :][:3]
        three = "".join(c.upper() if case >> i & 1 else c for i, c in enumerate(three))
        assert "sequence" in codes(around + (three[::-1] if backwards else three) + around)

    @pytest.mark.req("AUTH-14")
    @given(st.text(alphabet="abcxyzABC01289@#*", max_size=16))
    def test_runs_are_found_exactly_where_they_are(self, password: str) -> None:
        low = password.lower()
        threes = [low[i : i + 3] for i in range(len(low) - 2)]
        ordered = ("abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "0123456789", "9876543210")
        assert ("sequence" in codes(password)) is any(three in order for three in threes for order in ordered)
        assert ("repeat" in codes(password)) is any(len(set(three)) == 1 for three in threes)

    @pytest.mark.req("AUTH-14", "X16")
    @given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=16))
    def test_runs_are_what_a_reader_with_a_pattern_finds(self, password: str) -> None:
        ups = [order[at : at + 3] for order in (ascii_lowercase, digits) for at in range(len(order) - 2)]
        ordered = "|".join([*ups, *(three[::-1] for three in ups)])
        assert ("sequence" in codes(password)) is bool(re.search(ordered, password, re.IGNORECASE | re.ASCII))
        assert ("repeat" in codes(password)) is bool(re.search(r"(.)\1\1", password, re.IGNORECASE | re.ASCII))


# The issue's, and what else is the same word in disguise: signs or digits for letters, and some around it.
COMMON_ONES = [
    *("Passw0rd", "PASSW0RD", "Passw0rd!", "@@Passw0rd", "P@ssw0rd", "Qwer1234"),
    *("P@ssw0rd1", "Pa55w0rd!9", "Adm1n@2024", "Qw3rty!9", "L3tm3in!", "1Password!", "Dragon88#", "Welc0me#1"),
]
OWN = ("njzyb", "unit01", "南京钟山精密铸造有限公司", "13851420617", "njzsjm")


class TestCommon:
    @pytest.mark.req("AUTH-13", "AUTH-24")
    @pytest.mark.parametrize(
        "own", ["Njzyb@13x", "Un1t01#Abx", "A13851420617b", "Ab#420617x", "xN.jzsjm#1", "Unit01Abc"]
    )
    def test_what_everybody_knows_of_its_owner_is_no_password(self, own: str) -> None:
        assert is_own(own, OWN)

    @pytest.mark.req("AUTH-13")
    @pytest.mark.parametrize("rare", ["Zp%58Wqk!", "Axbd1937", "Tk#20Lmx!"])
    def test_what_nobody_knows_is(self, rare: str) -> None:
        assert not is_own(rare, (*OWN, "", "ab"))

    @pytest.mark.req("AUTH-13", "AUTH-24")
    @pytest.mark.parametrize("common", COMMON_ONES)
    def test_what_is_tried_first_is_common_in_any_case_and_with_signs_around_it(self, common: str) -> None:
        assert is_common(common)

    @pytest.mark.req("X15")
    def test_the_printed_initial_password_is_common_though_it_keeps_every_rule(self) -> None:
        assert broken_rules("Js#MMGL%86!*", TRAINING) == []
        assert is_common("Js#MMGL%86!*")

    @pytest.mark.req("AUTH-13")
    @pytest.mark.parametrize("rare", ["Zp%58Wqk!", "Axbd1937", "XyW135!!q", "!!!", ""])
    def test_others_are_not(self, rare: str) -> None:
        assert not is_common(rare)


class TestRulesInWords:
    @pytest.mark.req("AUTH-13", "AUTH-14", "AUTH-15", "AUTH-24", "X17")
    @pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)
    @given(password=st.text(max_size=20))
    def test_every_rule_that_can_be_broken_was_told_before(self, policy: PasswordPolicy, password: str) -> None:
        told = [rule.code for rule in rules_of(policy)]
        assert {rule.code for rule in broken_rules(password, policy)} <= set(told)
        assert told[-1] == "common"

    @pytest.mark.req("AUTH-15")
    def test_the_permitted_specials_are_listed(self) -> None:
        (told,) = [rule.text for rule in rules_of(TRAINING) if rule.code == "charset"]
        assert set(told.removeprefix("特殊字符限于：").split()) == LISTED_SPECIALS


class TestOtherPortals:
    @pytest.mark.req("AUTH-24")
    @pytest.mark.parametrize(("password", "verdict"), [entry[:2] for entry in VECTORS["password_declaration"]])
    def test_declaration_vectors(self, password: str, verdict: str) -> None:
        assert (broken_rules(password, DECLARATION) == []) is (verdict == "ok")

    @pytest.mark.req("AUTH-13", "AUTH-24", "X17")
    def test_declaration_needs_no_special_and_officials_do(self) -> None:
        assert broken_rules("Axbd1937", DECLARATION) == []
        assert [rule.code for rule in broken_rules("Axbd1937", OFFICIALS)] == ["classes"]
