"""A table of transitions holds together what the type checker cannot see: a row, the body that comes with it and the effect it names."""

from typing import Annotated

import pytest
from pydantic import AwareDatetime, Field

from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody, ReturnKind
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
from shared.workflow.asked import fields_of
from shared.workflow.definition import ActionBody


class TestTheBodyOfAnAction:
    def test_nothing_given_is_an_empty_body(self) -> None:
        row = REGISTRATION.transition(RegistrationAction.RETURN, RegistrationStatus.SUBMITTED)
        assert row is not None
        assert row.brought(None) == ReturnBody()

    def test_another_body_is_a_fault(self) -> None:
        row = REGISTRATION.transition(RegistrationAction.RETURN, RegistrationStatus.SUBMITTED)
        assert row is not None
        with pytest.raises(TypeError, match="return needs ReturnBody, not ActionBody"):
            row.brought(ActionBody(reason="材料不全"))

    def test_an_effect_is_not_bound_to_a_row_that_brings_less(self) -> None:
        with pytest.raises(TypeError, match="give_seat_back needs CorrectionBody"):
            REGISTRATION.effect("give_seat_back", CorrectionBody)


@pytest.mark.req("PLAT-02")
class TestWhatAnActionAsksFor:
    def test_the_body_says_it_by_its_types_and_descriptions(self) -> None:
        assert [(each.name, each.kind, each.required) for each in fields_of(ReturnBody)] == [
            ("kind", "one", False),
            ("fields", "several", False),
        ]
        assert fields_of(CorrectionBody)[0].model_dump() == {
            "name": "until",
            "label": "补正截止日期，含当日",
            "kind": "date",
            "required": True,
            "choices": [],
            "suggested": [],
        }

    def test_choices_go_with_their_labels(self) -> None:
        assert [each.label for each in fields_of(ReturnBody)[0].choices] == [each.label for each in ReturnKind]

    def test_every_type_of_an_answer_has_a_way_to_give_it(self) -> None:
        class Body(ActionBody):
            sure: bool = False
            opens_at: AwareDatetime | None
            seats: Annotated[int, Field(ge=1)]
            others: list[ReturnKind]

        assert [each.kind for each in fields_of(Body)] == ["yes_no", "moment", "number", "several"]
        assert fields_of(Body)[3].choices
