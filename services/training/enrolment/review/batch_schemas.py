"""One decision for many over the wire (STAFF-03): of ticked rows, and of all that match."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.workflow import RegistrationAction
from services.training.enrolment.review.filters import ReviewFilter


class Decision(ReturnBody):
    """``reason``, ``kind`` and ``fields`` go with a return."""

    action: Literal[RegistrationAction.APPROVE, RegistrationAction.RETURN, RegistrationAction.UNDO_REVIEW] = Field(
        description="审核通过、退回或撤销审核"
    )


class ReviewBatch(Decision):
    """The same decision for each of these."""

    registration_ids: list[UUID] = Field(min_length=1, max_length=500, description="报名人员")


class MatchingBatch(Decision):
    """The same decision for all that the filters of the queue match; ``expected`` is how many the reviewer was shown."""

    matching: ReviewFilter = Field(description="与审核列表相同的筛选条件")
    expected: int = Field(ge=1, le=1_000_000, description="列表上显示的人数")
