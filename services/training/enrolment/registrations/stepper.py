"""Where a registration stands in words: 未提交 → 待审核 → 审核通过/已退回, what is next and whose turn it is (FAQ-M12). Derived from the
record, never stored.
"""

from datetime import datetime

from services.training.enrolment.registrations.models import Registration
from services.training.enrolment.registrations.schemas import ProgressStep, RegistrantProgress
from services.training.enrolment.registrations.workflow import RegistrationStatus, registration_refusal

OWN_UNIT, PROVINCE = "本单位", "省疾控"
_S = RegistrationStatus
_POSITION = {_S.DRAFT: 0, _S.SUBMITTED: 1, _S.APPROVED: 2, _S.RETURNED: 2}


def progress_of(
    registration: Registration, now: datetime, *, complete: bool, selection_open: bool, unit: str = OWN_UNIT
) -> RegistrantProgress:
    """``unit`` is what the registering unit is called to whoever looks."""
    next_action, waits_for_province = _next(registration, now, complete, selection_open)
    return RegistrantProgress(
        steps=_steps(registration.status), next_action=next_action, owner=PROVINCE if waits_for_province else unit
    )


def _steps(status: RegistrationStatus) -> list[ProgressStep]:
    at = _POSITION[status]
    decided = status if at == 2 else _S.APPROVED
    keys = ((_S.DRAFT, "未提交"), (_S.SUBMITTED, "待审核"), (decided, decided.label))
    steps = [
        ProgressStep(key=key.value, label=label, state="done" if place < at else "current" if place == at else "todo")
        for place, (key, label) in enumerate(keys)
    ]
    if at == 2:
        steps[2].state = "failed" if status is _S.RETURNED else "done"
    return steps


def _next(registration: Registration, now: datetime, complete: bool, selection_open: bool) -> tuple[str, bool]:
    """The next action, and whether it is the province's."""
    if registration.status is _S.SUBMITTED:
        return "等待省疾控审核；如需修改，报名截止前可先【取消报名】", True
    if registration.status is _S.APPROVED:
        return _after_approval(registration, selection_open)
    if refusal := registration_refusal(registration.plan, now, registration.open_until):
        return refusal.reason, False
    if registration.status is _S.RETURNED:
        if registration.return_kind is not None and not registration.return_kind.is_mendable:
            return "不符合本班报名条件，无需重新报名；有疑问请联系省疾控，确已符合的可修改后重新提交", False
        return "按退回原因修改后，点【报名】重新提交", False
    return ("核对后点【报名】提交省疾控审核" if complete else "补全报名信息后，点【报名】提交省疾控审核"), False


def _after_approval(registration: Registration, selection_open: bool) -> tuple[str, bool]:
    if registration.return_requested_at is not None:
        return "已申请退回，等待省疾控处理", True
    if registration.results_published_at is not None:
        return "成绩已发布，可在集体成绩查询中查看", False
    if selection_open:
        return "选班已开放，请在集体选班中选择班次", False
    return "报名成功，等待省疾控开放选班", True
