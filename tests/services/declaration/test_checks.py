"""What a declaration must hold before it is submitted, rule by rule."""

from typing import Any

import pytest

from services.declaration.declarations.checks import REQUIRED, problems_of, surveillance_refusal
from services.declaration.declarations.content import change
from services.declaration.declarations.models import Declaration
from services.declaration.declarations.schemas import DeclarationCreate
from tests.services.declaration.records import COMPLETE, ONLY_BIOLOGICAL


def problems(**changes: Any) -> dict[str, tuple[str, str]]:
    """{field: (code, message)} of the complete content with ``changes``."""
    return {p.field: (p.code, p.message) for p in problems_of(declaration(**changes))}


def declaration(**changes: Any) -> Declaration:
    record = Declaration(hazards=[])
    change(record, DeclarationCreate.model_validate({**COMPLETE, **changes}))
    return record


def hazards(**changes: Any) -> list[dict[str, Any]]:
    """粉尘 with 矽尘, changed."""
    return [{**COMPLETE["hazards"][0], **changes}]


@pytest.mark.req("DECL-04")
class TestCompleteness:
    def test_complete_content_has_no_problem(self) -> None:
        assert problems() == {}

    @pytest.mark.parametrize("field", REQUIRED)
    def test_each_mandatory_field_is_demanded_by_name(self, field: str) -> None:
        assert problems(**{field: None})[field] == ("missing", f"请填写{REQUIRED[field]}")

    def test_zero_is_an_answer(self) -> None:
        assert problems(outsourced_count=0, disease_count=0, trained_count=0, manager_trained=False) == {}

    @pytest.mark.req("DECL-02")
    def test_a_change_needs_its_reason(self) -> None:
        assert problems(kind="change")["change_reason"][1] == "变更申报须选择变更原因"
        assert problems(kind="change", change_reason="system_update") == {}

    @pytest.mark.req("DECL-06")
    def test_at_least_one_hazard_class(self) -> None:
        assert problems(hazards=[])["hazards"] == ("missing", "请至少选择一类职业病危害因素")

    @pytest.mark.req("DECL-06")
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"exposed_count": None}, "hazards.0.exposed_count"),
            ({"exposed_count": 0, "factors": [{"factor_code": "A003"}]}, "hazards.0.exposed_count"),
            ({"factors": []}, "hazards.0.factors"),
            ({"factors": [{"factor_code": "A001"}]}, "hazards.0.factors.0.exposed_count"),
            ({"factors": [{"factor_code": "A003", "exposed_count": 0}]}, "hazards.0.factors.0.exposed_count"),
        ],
    )
    def test_a_class_has_its_total_its_factors_and_their_numbers(self, changes: dict[str, Any], field: str) -> None:
        found = problems(hazards=hazards(**changes))
        assert {name: code for name, (code, _) in found.items()} == {field: "missing"}


@pytest.mark.req("DECL-05")
class TestExposure:
    def test_a_factor_above_the_total_is_named_with_the_total_to_put(self) -> None:
        found = problems(hazards=hazards(exposed_count=80, factors=[{"factor_code": "A001", "exposed_count": 75}]))
        assert {name: code for name, (code, _) in found.items()} == {
            "hazards.0.exposed_count": "exposure_above_total",
            "hazards.0.factors.0.exposed_count": "exposure_above_total",
        }
        message = found["hazards.0.factors.0.exposed_count"][1]
        assert message.startswith("接触总人数应小于等于接害总人数（含外委）：“矽尘（游离SiO2含量≥10%）”接触人数75人")
        assert "只填了60人" in message
        assert "改为80人以上" in message
        assert found["hazards.0.exposed_count"][1].split("：")[1].startswith("粉尘接触总人数80人")

    def test_the_sum_may_be_above_the_total(self) -> None:
        assert sum(each["exposed_count"] for each in COMPLETE["hazards"]) > COMPLETE["exposed_count"]
        assert problems() == {}

    def test_exactly_the_total_is_allowed(self) -> None:
        assert problems(hazards=hazards(exposed_count=60)) == {}

    def test_a_factor_is_not_above_its_class(self) -> None:
        found = problems(hazards=hazards(exposed_count=29))
        assert found["hazards.0.factors.0.exposed_count"][0] == "factor_above_class"

    @pytest.mark.req("X21")
    def test_the_exposed_are_staff_or_outsourced(self) -> None:
        code, message = problems(staff_count=40, outsourced_count=19)["exposed_count"]
        assert (code, "之和59人" in message) == ("exposed_above_staff", True)
        assert problems(staff_count=40, outsourced_count=20) == {}

    def test_the_trained_are_among_the_exposed(self) -> None:
        assert problems(trained_count=61)["trained_count"][0] == "trained_above_exposed"
        assert problems(trained_count=60) == {}


@pytest.mark.req("DECL-06", "FAQ-D5")
class TestSurveillance:
    @pytest.mark.parametrize("chosen", [ONLY_BIOLOGICAL, ONLY_BIOLOGICAL[:1], ONLY_BIOLOGICAL[1:]])
    def test_not_done_with_biological_or_other_factors_alone(self, chosen: list[dict[str, Any]]) -> None:
        code, message = problems(hazards=chosen)["surveillance_done"]
        assert code == "surveillance_not_possible"
        assert ("生物因素（布鲁氏菌）" in message) == (chosen[0]["class_code"] == "bio")
        assert problems(hazards=chosen, surveillance_done=False) == {}

    def test_done_as_soon_as_another_class_is_there(self) -> None:
        assert problems(hazards=[*ONLY_BIOLOGICAL, *hazards()]) == {}

    def test_nothing_chosen_yet_is_no_reason(self) -> None:
        assert surveillance_refusal(declaration(hazards=[])) is None
