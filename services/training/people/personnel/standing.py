"""How a qualification stands, how it is shown, and why it may not be changed (TRN-05, TRN-26, X3)."""

from datetime import datetime

from services.training.people.personnel.models import Qualification
from services.training.people.personnel.qualification_schemas import QualificationRead
from services.training.people.personnel.workflow import QualificationState
from shared.clock import beijing_today
from shared.workflow.buttons import button
from shared.workflow.definition import Refusal

EARNED_HERE = Refusal(
    "qualification_earned_here", "该资质由本平台培训考核后自动生成，不能修改或删除；如有错误请联系省疾控中心更正证书"
)


def state_of(qualification: Qualification, now: datetime) -> QualificationState:
    """Revoked before all, then past its last day (X3), else valid."""
    if qualification.revoked_at is not None:
        return QualificationState.REVOKED
    if qualification.expires_on is not None and qualification.expires_on < beijing_today(now):
        return QualificationState.EXPIRED
    return QualificationState.VALID


def refusal_of(qualification: Qualification) -> Refusal | None:
    """Why this one is nobody's to change: only what a unit wrote into its own file is (TRN-05)."""
    return EARNED_HERE if qualification.staff_id is None else None


def read_qualification(
    row: Qualification, now: datetime, *, closed: Refusal | None, may_write: bool
) -> QualificationRead:
    """A row of 添加资质 with its 修改 and 删除 (TRN-25); ``closed`` is why nothing of the unit's people can be changed now."""
    refusal = refusal_of(row) or closed
    buttons = (("update", "修改"), ("delete", "删除")) if may_write else ()
    return QualificationRead.of(
        row,
        earned_here=row.certificate_id is not None,
        state=state_of(row, now),
        allowed_actions=[button(name, words, refusal) for name, words in buttons],
    )
