"""What a declaration must hold before it is submitted: each row of the table is broken by a case of its own, and by it alone."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from services.declaration.declarations.bodies import DeclarationCreate
from services.declaration.declarations.checking import check_of
from services.declaration.declarations.content import change
from services.declaration.declarations.contents import filled_of, values_of
from services.declaration.declarations.models import Declaration, DeclaredClass, DeclaredFactor
from services.declaration.form.finding import surveillance_refusal
from services.declaration.form.hits import Situation
from services.declaration.form.rules import RULES, Problem, problems_in
from services.declaration.form.table import LABELS, REQUIRED, part_of
from tests.services.declaration.records import COMPLETE, ONLY_BIOLOGICAL, UNTESTED

TODAY = date(2026, 11, 29)
FIRST, LATER = Situation(TODAY), Situation(TODAY, date(2025, 12, 28), TODAY)
EARLY = Situation(TODAY, date(2025, 12, 30), date(2026, 12, 1))
DUST, NOISE = COMPLETE["hazards"]
SILICA = {"factor_code": "A001", "exposed_count": 30}


def declaration(**changes: Any) -> Declaration:
    record = Declaration(hazards=[], catalogue="2015")
    change(record, DeclarationCreate.model_validate({**COMPLETE, **changes}))
    return record


def found(situation: Situation = FIRST, **changes: Any) -> list[Problem]:
    return problems_in(filled_of(declaration(**changes)), situation)


def problems(situation: Situation = FIRST, **changes: Any) -> dict[str, tuple[str, str]]:
    """{field: (code, message)} of the complete content with ``changes``."""
    return {each.field: (each.code, each.message) for each in found(situation, **changes)}


def hazards(**changes: Any) -> dict[str, Any]:
    """粉尘 with 矽尘 alone, changed; nothing measured."""
    return {**UNTESTED, "hazards": [{**DUST, **changes}]}


def row(table: str, item: str, **changes: Any) -> dict[str, Any]:
    """That table with one of its rows changed, or with a row more."""
    rows = [{**each, **changes} if each["item"] == item else each for each in COMPLETE[table]]
    return {table: rows if any(each["item"] == item for each in rows) else [*rows, {"item": item, **changes}]}


# (situation, what is changed, {field: code}): each breaks one rule in one place.
BROKEN: list[tuple[Situation, dict[str, Any], dict[str, str]]] = [
    *((FIRST, {name: None}, {name: "missing"}) for name in REQUIRED if name not in {"tested", "surveillance_done"}),
    (FIRST, {"tested": None, "tests": []}, {"tested": "missing"}),
    (FIRST, {"surveillance_done": None, "exams": []}, {"surveillance_done": "missing"}),
    (LATER, {"kind": "change"}, {"change_reason": "missing"}),
    (LATER, {}, {"kind": "initial_again"}),
    (FIRST, {"kind": "annual"}, {"kind": "nothing_declared_yet"}),
    (FIRST, {"kind": "change", "change_reason": "basics"}, {"kind": "nothing_declared_yet"}),
    (EARLY, {"kind": "annual"}, {"kind": "annual_too_early"}),
    (LATER, {"kind": "cancellation"}, {"ended_on": "missing"}),
    (LATER, {"kind": "cancellation", "ended_on": "2026-11-30"}, {"ended_on": "date_ahead"}),
    (FIRST, {"sites": []}, {"sites": "missing"}),
    (FIRST, {"staff_count": 40, "outsourced_count": 19}, {"exposed_count": "exposed_above_staff"}),
    (FIRST, {"trained_count": 61}, {"trained_count": "trained_above_exposed"}),
    (FIRST, {"products": []}, {"products": "missing"}),
    (FIRST, {"products": [{"product": "钢", "output": 1}]}, {"products.0.unit": "missing"}),
    (FIRST, {"products": [{"product": "无", "output": 5, "unit": "无"}]}, {"products.0.output": "none_with_output"}),
    (
        FIRST,
        {"products": [*COMPLETE["products"], {"product": "无", "output": 0, "unit": "无"}]},
        {"products.1.product": "none_beside_products"},
    ),
    (FIRST, {**UNTESTED, "hazards": []}, {"hazards": "missing"}),
    (FIRST, hazards(exposed_count=None), {"hazards.0.exposed_count": "missing"}),
    (
        FIRST,
        hazards(exposed_count=0, factors=[{"factor_code": "A003"}]),
        {"hazards.0.exposed_count": "missing"},
    ),
    (FIRST, hazards(factors=[]), {"hazards.0.factors": "missing"}),
    (FIRST, hazards(factors=[{"factor_code": "A001"}]), {"hazards.0.factors.0.exposed_count": "missing"}),
    (
        FIRST,
        hazards(factors=[{"factor_code": "A003", "exposed_count": 0}]),
        {"hazards.0.factors.0.exposed_count": "missing"},
    ),
    (FIRST, hazards(factors=[SILICA, {"factor_code": "A052"}]), {"hazards.0.factors.1.own_name": "own_name_missing"}),
    (
        FIRST,
        hazards(factors=[SILICA, {"factor_code": "A052", "own_name": "石墨粉尘"}]),
        {"hazards.0.factors.1.factor_code": "own_name_in_catalogue"},
    ),
    (FIRST, hazards(exposed_count=61), {"hazards.0.exposed_count": "exposure_above_total"}),
    (FIRST, hazards(exposed_count=29), {"hazards.0.factors.0.exposed_count": "factor_above_class"}),
    (FIRST, {"test_org": None}, {"test_org": "missing"}),
    (FIRST, {"test_report_no": " "}, {"test_report_no": "missing"}),
    (FIRST, {"tested": False}, {"tests": "tests_without_testing"}),
    (FIRST, {"tests": COMPLETE["tests"][:3]}, {"tests": "missing"}),
    (FIRST, row("tests", "noise", over=None), {"tests.3": "missing"}),
    (FIRST, row("tests", "phys", over=7), {"tests.2.over": "over_above_points"}),
    (FIRST, row("tests", "rad", measured=1, over=0), {"tests.4": "test_of_undeclared"}),
    (FIRST, row("tests", "coal", measured=1, over=0), {"tests.4": "test_of_undeclared"}),
    (FIRST, row("tests", "silica", measured=9), {"tests.1.measured": "part_above_whole"}),
    (FIRST, row("tests", "silica", over=2), {"tests.1.over": "part_above_whole"}),
    (FIRST, {**UNTESTED, "hazards": ONLY_BIOLOGICAL, "surveillance_done": True}, {"surveillance_done": "surveillance_not_possible"}),
    (FIRST, {"exam_org": None}, {"exam_org": "missing"}),
    (FIRST, {"exam_report_no": None}, {"exam_report_no": "missing"}),
    (FIRST, {"surveillance_done": False}, {"exams": "exams_without_surveillance"}),
    (FIRST, {"exams": COMPLETE["exams"][1:]}, {"exams": "missing"}),
    (FIRST, row("exams", "noise", due=40, done=41), {"exams.3.done": "done_above_due"}),
    (FIRST, row("exams", "noise", due=51), {"exams.3.due": "due_above_exposed"}),
    (FIRST, row("exams", "lead", due=1, done=0), {"exams.4": "exam_of_undeclared"}),
]  # fmt: skip


@pytest.mark.req("DECL-04", "DECL-05", "DECL-06", "DECL-07", "DECL-08")
class TestRules:
    def test_complete_content_has_no_problem(self) -> None:
        assert problems() == {}
        assert problems(LATER, kind="annual") == problems(LATER, kind="change", change_reason="basics") == {}

    @pytest.mark.parametrize(("situation", "changes", "expected"), BROKEN)
    def test_what_is_broken_is_told_and_nothing_else(
        self, situation: Situation, changes: dict[str, Any], expected: dict[str, str]
    ) -> None:
        assert {field: code for field, (code, _) in problems(situation, **changes).items()} == expected

    def test_every_rule_has_a_case_that_breaks_it(self) -> None:
        told = {code for _, _, expected in BROKEN for code in expected.values()} | {"factor_of_old_catalogue"}
        assert told == {rule.code for rule in RULES}
        seen: Counter[Any] = Counter()
        for situation, changes, _ in BROKEN:
            form = filled_of(declaration(**changes))
            seen.update(rule.find for rule in RULES if form.kind in rule.kinds and list(rule.find(form, situation)))
        never = [rule.words for rule in RULES if not seen[rule.find] and rule.code != "factor_of_old_catalogue"]
        assert never == []

    def test_every_rule_says_which_fields_it_looks_at(self) -> None:
        assert {name for rule in RULES for name in rule.fields} <= set(LABELS)

    def test_every_problem_says_where_it_is_and_what_is_wrong_in_chinese(self) -> None:
        for situation, changes, _ in BROKEN:
            for each in found(situation, **changes):
                assert each.section == part_of(each.field)
                assert "{" not in each.message
                assert any("一" <= char <= "鿿" for char in each.message)

    def test_braces_that_people_type_are_theirs(self) -> None:
        changes = hazards(factors=[SILICA, {"factor_code": "A052", "own_name": "{total}", "exposed_count": 61}])
        assert "“{total}”接触人数61人" in problems(**changes)["hazards.0.factors.1.exposed_count"][1]

    def test_zero_is_an_answer(self) -> None:
        assert problems(outsourced_count=0, disease_count=0, trained_count=0, manager_trained=False) == {}

    def test_all_of_it_is_told_at_once(self) -> None:
        told = found(staff_count=None, products=[], contact_name=None, trained_count=99)
        assert [(each.field, each.code) for each in told] == [
            ("contact_name", "missing"),
            ("staff_count", "missing"),
            ("trained_count", "trained_above_exposed"),
            ("products", "missing"),
        ]

    @pytest.mark.req("DECL-02", "DECL-09")
    def test_what_came_from_the_old_system_begins_with_a_change(self) -> None:
        assert problems(kind="change", change_reason="system_update") == {}

    def test_a_cancellation_says_when_and_not_what_there_was(self) -> None:
        assert (
            problems(LATER, kind="cancellation", ended_on="2026-11-29", products=[], hazards=[], staff_count=None) == {}
        )

    def test_a_factor_of_an_old_catalogue_is_told_and_is_replaced(self) -> None:
        record = declaration(**hazards())
        old = DeclaredClass(
            class_code="dust", exposed_count=40, factors=[DeclaredFactor(factor_code="Z9", own_name="")]
        )
        record.hazards = [old]
        told = problems_in(filled_of(record), FIRST)
        assert [(each.field, each.code) for each in told] == [
            ("hazards.0.factors.0.factor_code", "factor_of_old_catalogue")
        ]
        assert "现行的2015版目录" in told[0].message


@pytest.mark.req("DECL-05", "FAQ-D6")
class TestExposure:
    def test_a_factor_above_the_total_is_named_with_the_total_to_put(self) -> None:
        told = found(**hazards(exposed_count=80, factors=[{"factor_code": "A001", "exposed_count": 75}]))
        assert {each.field: each.code for each in told} == {
            "hazards.0.exposed_count": "exposure_above_total",
            "hazards.0.factors.0.exposed_count": "exposure_above_total",
        }
        message = next(each.message for each in told if "factors" in each.field)
        assert message.startswith("接触总人数应小于等于接害总人数（含外委）：“矽尘（游离SiO2含量≥10%）”接触人数75人")
        assert "只填了60人" in message
        for each in told:
            assert each.proposal is not None
            assert (each.proposal.field, each.proposal.value) == ("exposed_count", 80)

    def test_what_is_proposed_mends_it(self) -> None:
        broken = hazards(exposed_count=80)
        (proposed,) = [each.proposal for each in found(**broken)]
        assert proposed is not None
        assert problems(**broken, **{proposed.field: proposed.value}) == {}

    def test_the_sum_may_be_above_the_total(self) -> None:
        assert sum(each["exposed_count"] for each in COMPLETE["hazards"]) > COMPLETE["exposed_count"]
        assert problems() == {}

    def test_exactly_the_total_is_allowed(self) -> None:
        assert problems(**hazards(exposed_count=60)) == {}
        assert problems(staff_count=40, outsourced_count=20, trained_count=60) == {}


@pytest.mark.req("DECL-06", "FAQ-D5")
class TestSurveillance:
    @pytest.mark.parametrize("chosen", [ONLY_BIOLOGICAL, ONLY_BIOLOGICAL[:1], ONLY_BIOLOGICAL[1:]])
    def test_not_done_with_biological_or_other_factors_alone(self, chosen: list[dict[str, Any]]) -> None:
        changes = {**UNTESTED, "hazards": chosen, "surveillance_done": True}
        code, message = problems(**changes)["surveillance_done"]
        assert code == "surveillance_not_possible"
        assert ("生物因素（布鲁氏菌）" in message) == (chosen[0]["class_code"] == "bio")
        assert problems(**{**changes, "surveillance_done": False}) == {}

    def test_nobody_is_examined_for_them_beside_another_class(self) -> None:
        both = {"hazards": [*COMPLETE["hazards"], *ONLY_BIOLOGICAL], **row("tests", "bio_oth", measured=0, over=0)}
        assert problems(**both) == {}

    def test_nothing_chosen_yet_is_no_reason(self) -> None:
        assert surveillance_refusal(filled_of(declaration(hazards=[]))) is None


@pytest.mark.req("FAQ-D6", "FAQ-D11")
class TestWhileTyping:
    def test_every_count_stands_beside_the_total(self) -> None:
        answer = check_of(values_of(declaration(**hazards(exposed_count=80))), [], FIRST)
        assert [(each.label, each.count, each.exceeds) for each in answer.compared] == [
            ("粉尘接触总人数", 80, True),
            ("“矽尘（游离SiO2含量≥10%）”接触人数", 30, False),
        ]
        assert (answer.exposed_total, answer.smallest_total) == (60, 80)

    def test_what_is_not_there_yet_is_no_error(self) -> None:
        answer = check_of({"staff_count": 3, "outsourced_count": 0, "exposed_count": 4}, [], FIRST)
        assert [(each.field, each.code) for each in answer.errors] == [("exposed_count", "exposed_above_staff")]
        assert {"contact_name", "hazards", "tested"} <= set(answer.required_now)
