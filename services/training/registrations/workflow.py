"""A person's registration in a plan (TRN-41, 47…50; STAFF-03, 04): which status leads where, by whom, and until when.

When may a registration be cancelled? See the row of ``CANCEL``: by the unit, while it is 已报名 and the plan is open.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from shared.clock import is_past
from shared.events.training import (
    RegistrationApproved,
    RegistrationCancelled,
    RegistrationReturned,
    RegistrationSubmitted,
)
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow


class RegistrationStatus(Labelled):
    DRAFT = "draft", "未报名"
    SUBMITTED = "submitted", "已报名"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "已退回"


class RegistrationAction(Labelled):
    SUBMIT = "submit", "报名"
    CANCEL = "cancel", "取消报名"
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回"


class PlanProgress(Labelled):
    """How far a unit is with a plan: derived from its registrations, never stored (TRN-53)."""

    NOT_REGISTERED = "not_registered", "未报名"
    IN_PROGRESS = "in_progress", "报名中"
    REGISTERED = "registered", "已报名"
    WITH_RETURNS = "registered_with_returns", "已报名（有退回）"


class ReturnKind(Labelled):
    """STAFF-03."""

    WRONG = "wrong", "信息错误"
    INCOMPLETE = "incomplete", "信息不完整"
    MATERIAL_MISSING = "material_missing", "材料不全"
    NOT_ELIGIBLE = "not_eligible", "不符合报名条件"
    OTHER = "other", "其他"


class ReturnBody(ActionBody):
    """Why and for which fields a registration goes back (STAFF-03, BEY-04)."""

    kind: ReturnKind = ReturnKind.OTHER
    fields: list[Annotated[str, Field(max_length=60)]] = Field(
        default_factory=list, max_length=30, description="需要修改的字段"
    )


def registration_refusal(plan: Any, now: datetime) -> Refusal | None:
    """Why nobody can register in ``plan`` now: open until the end of the deadline day in Beijing, and while the plan is
    published (TRN-35, TRN-52, X23)."""
    if plan.status.value != "published":
        return Refusal(
            "plan_not_open", f"培训计划{plan.status.label}，如有疑问请联系{plan.contact_name}（{plan.contact_phone}）"
        )
    if is_past(plan.registration_deadline, now):
        return Refusal(
            "registration_closed",
            f"报名已于 {plan.registration_deadline} 截止，如有疑问请联系{plan.contact_name}（{plan.contact_phone}）",
        )
    return None


def plan_is_open(registration: Any, _actor: Actor, now: datetime) -> Refusal | None:
    return registration_refusal(registration.plan, now)


def not_certified(registration: Any, _actor: Actor, _now: datetime) -> Refusal | None:
    """STAFF-04: an approved person can be returned as long as the certificate is not issued."""
    if registration.results_published_at is not None:
        return Refusal("results_published", "该人员的成绩已发布，不能再退回；如成绩有误请更正成绩")
    return None


def _facts(registration: Any) -> dict[str, Any]:
    return {
        "registration_id": registration.id,
        "plan_id": registration.plan_id,
        "plan_name": registration.plan.name,
        "unit_id": registration.unit_id,
        "person_id": registration.person_id,
        "person_name": registration.staff.name,
    }


def registration_submitted(registration: Any, _actor: Actor, _body: ActionBody) -> RegistrationSubmitted:
    return RegistrationSubmitted(**_facts(registration))


def registration_cancelled(registration: Any, _actor: Actor, _body: ActionBody) -> RegistrationCancelled:
    return RegistrationCancelled(**_facts(registration))


def registration_approved(registration: Any, _actor: Actor, _body: ActionBody) -> RegistrationApproved:
    return RegistrationApproved(**_facts(registration))


def registration_returned(registration: Any, _actor: Actor, body: ActionBody) -> RegistrationReturned:
    fields = tuple(body.fields) if isinstance(body, ReturnBody) else ()
    return RegistrationReturned(**_facts(registration), reason=body.reason or "", fields=fields)


_S, _A = RegistrationStatus, RegistrationAction
_UNIT = {Permission.GROUP_REGISTRATION}
_CDC = {Permission.PROVINCE_REVIEW}

REGISTRATION = Workflow(
    name="registration",
    label="集体报名",
    statuses=RegistrationStatus,
    initial=_S.DRAFT,
    transitions=(
        Transition(
            _A.SUBMIT, {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, by=_UNIT, guard=plan_is_open, emits=registration_submitted
        ),
        Transition(_A.CANCEL, {_S.SUBMITTED}, _S.DRAFT, by=_UNIT, guard=plan_is_open, emits=registration_cancelled),
        Transition(_A.APPROVE, {_S.SUBMITTED}, _S.APPROVED, by=_CDC, emits=registration_approved),
        Transition(
            _A.RETURN,
            {_S.SUBMITTED, _S.APPROVED},
            _S.RETURNED,
            by=_CDC,
            guard=not_certified,
            needs_reason=True,
            then="give_seat_back",
            emits=registration_returned,
            body=ReturnBody,
        ),
    ),
    hints={
        (_A.SUBMIT, _S.SUBMITTED): "已报名，正在等待省疾控审核",
        (_A.SUBMIT, _S.APPROVED): "已审核通过，无需再次报名",
        (_A.CANCEL, _S.DRAFT): "尚未报名，可直接修改或删除",
        (_A.CANCEL, _S.APPROVED): "已审核通过，不能自行取消；请联系省疾控负责报名的老师退回",
        (_A.CANCEL, _S.RETURNED): "已被退回，请按退回原因修改后重新报名，或删除",
        (_A.APPROVE, _S.DRAFT): "单位尚未提交报名",
        (_A.APPROVE, _S.RETURNED): "已退回，请等待单位修改后重新提交",
        (_A.RETURN, _S.DRAFT): "单位尚未提交报名",
        (_A.RETURN, _S.RETURNED): "已经退回，请等待单位修改后重新提交",
    },
)
