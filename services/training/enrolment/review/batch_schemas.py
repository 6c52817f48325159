"""One decision for many over the wire (STAFF-03): of ticked rows, and of all that match."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.training.enrolment.registrations.bodies import ReturnBody
from services.training.enrolment.registrations.workflow import RegistrationAction
from services.training.enrolment.review.filters import ReviewFilter
from shared.workflow.asked import ActionField

Decided = Literal[RegistrationAction.APPROVE, RegistrationAction.RETURN, RegistrationAction.UNDO_REVIEW]
# As many go in one request; more are a job's.
MOST = 500


class Decision(ReturnBody):
    """``reason``, ``kind`` and ``fields`` go with a return."""

    action: Decided = Field(description="审核通过、退回或撤销审核")


class ReviewBatch(Decision):
    """The same decision for each of these."""

    registration_ids: list[UUID] = Field(min_length=1, max_length=MOST, description="报名人员")


class MatchingBatch(Decision):
    """The same decision for all that the filters of the queue match; ``expected`` is how many the reviewer was shown."""

    matching: ReviewFilter = Field(description="与审核列表相同的筛选条件")
    expected: int = Field(ge=1, le=1_000_000, description="列表上显示的人数")


class BatchAction(BaseModel):
    """One decision as it is offered for many, in the words of the single one. ``of_all``: for those who wait, so that the whole queue can
    have it; what takes a decision back is for those whom one has ticked."""

    action: Decided
    label: str
    consequence: str
    needs_reason: bool
    fields: list[ActionField]
    of_all: bool


class BatchActions(BaseModel):
    """What can be decided for many, and for how many of them in one request (``most``)."""

    actions: list[BatchAction]
    most: int
