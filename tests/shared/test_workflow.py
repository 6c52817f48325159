"""A table of transitions holds together what the type checker cannot see: a row, the body that comes with it and the effect it names."""

import pytest

from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody
from services.training.enrolment.registrations.workflow import REGISTRATION, RegistrationAction, RegistrationStatus
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
