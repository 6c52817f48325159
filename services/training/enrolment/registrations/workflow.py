"""A person's registration in a plan (TRN-41, 47…50; STAFF-03, 04): which status leads where, by whom, and until when.

When may a registration be cancelled? See the row of ``CANCEL``: by the unit, while it is 已报名 and the plan is open.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.registrations.announcements import (
    correction_granted,
    registration_approved,
    registration_cancelled,
    registration_returned,
    registration_submitted,
    return_request_declined,
    return_requested,
    review_undone,
)
from services.training.enrolment.registrations.bodies import CorrectionBody, ReturnBody
from shared.clock import beijing_today, is_past
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow
from shared.workflow.facts import Fact
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.enrolment.registrations.models import Registration
    from services.training.plans.models import Plan


class RegistrationStatus(Labelled):
    DRAFT = "draft", "未报名", Colour.QUIET
    SUBMITTED = "submitted", "已报名", Colour.WAITING
    APPROVED = "approved", "审核通过", Colour.GOOD
    RETURNED = "returned", "已退回", Colour.REFUSED

    @meaning
    def is_drafted(self) -> bool:
        """In the unit's hands, and never sent or taken back."""
        return self is RegistrationStatus.DRAFT

    @meaning
    def was_returned(self) -> bool:
        """In the unit's hands again, with a reason."""
        return self is RegistrationStatus.RETURNED

    @meaning
    def is_unsent(self) -> bool:
        """In the unit's hands."""
        return self in {RegistrationStatus.DRAFT, RegistrationStatus.RETURNED}

    @meaning
    def is_sent(self) -> bool:
        """Out of the unit's hands: it stays when the person's file goes."""
        return self in {RegistrationStatus.SUBMITTED, RegistrationStatus.APPROVED}

    @meaning
    def awaits_review(self) -> bool:
        return self is RegistrationStatus.SUBMITTED

    @meaning
    def takes_a_seat(self) -> bool:
        """A class session can be chosen for the person."""
        return self is RegistrationStatus.APPROVED


class RegistrationAction(Labelled):
    SUBMIT = "submit", "报名"
    CANCEL = "cancel", "取消报名"
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回"
    UNDO_REVIEW = "undo_review", "撤销审核"
    REQUEST_RETURN = "request_return", "申请退回"
    DECLINE_REQUEST = "decline_request", "不同意退回"
    GRANT_CORRECTION = "grant_correction", "允许补正"


class PlanProgress(Labelled):
    """How far a unit is with a plan: derived from its registrations, never stored (TRN-53)."""

    NOT_REGISTERED = "not_registered", "未报名", Colour.QUIET
    IN_PROGRESS = "in_progress", "报名中", Colour.WAITING
    REGISTERED = "registered", "已报名", Colour.GOOD
    WITH_RETURNS = "registered_with_returns", "已报名（有退回）", Colour.REFUSED


# How long a decision of the reviewer can be taken back (BEY-11).
UNDO_WITHIN = timedelta(minutes=10)


def registration_refusal(plan: "Plan", now: datetime, open_until: date | None = None) -> Refusal | None:
    """Why nobody can register in ``plan`` now: open until the end of the deadline day in Beijing, and while the plan is
    published (TRN-35, TRN-52, X23). ``open_until`` is a later last day, granted to one person or unit (STAFF-13, FAQ-M8)."""
    if not plan.status.takes_people:
        return Refusal(
            "plan_not_open", f"培训计划{plan.status.label}，如有疑问请联系{plan.contact_name}（{plan.contact_phone}）"
        )
    last = max(plan.registration_deadline, open_until or plan.registration_deadline)
    if is_past(last, now):
        return Refusal(
            "registration_closed",
            f"报名已于 {last} 截止，确需补报的可【申请补报】，如有疑问请联系{plan.contact_name}（{plan.contact_phone}）",
        )
    return None


def plan_is_open(registration: "Registration", _actor: Actor, now: datetime) -> Refusal | None:
    return registration_refusal(registration.plan, now, registration.open_until)


def not_certified(registration: "Registration", _actor: Actor, _now: datetime) -> Refusal | None:
    """STAFF-04: an approved person can be returned as long as the certificate is not issued."""
    if registration.results_published_at is not None:
        return Refusal("results_published", "该人员的成绩已发布，不能再退回；如成绩有误请更正成绩")
    return None


def decided_just_now(registration: "Registration", _actor: Actor, now: datetime) -> Refusal | None:
    """BEY-11: a decision is taken back within ten minutes, while its certificate is not decided, and a return while the unit has not
    begun to correct what was returned: half of that would wait for review."""
    if refusal := not_certified(registration, _actor, now):
        return refusal
    if registration.reviewed_at is None or now - registration.reviewed_at > UNDO_WITHIN:
        return Refusal(
            "undo_too_late", "审核结果只能在 10 分钟内撤销；已审核通过的可改为退回，已退回的请等待单位重新提交"
        )
    edited = registration.edited_at
    if registration.status.was_returned and edited is not None and edited > registration.reviewed_at:
        return Refusal("already_edited", "单位已按退回意见开始修改，不能撤销审核结果；请等待其重新提交")
    return None


def may_ask_back(registration: "Registration", _actor: Actor, now: datetime) -> Refusal | None:
    """FAQ-M5: one request at a time, and none after the results."""
    if refusal := not_certified(registration, _actor, now):
        return refusal
    if registration.return_requested_at is not None:
        return Refusal("return_already_requested", "已申请退回，正在等待省疾控处理")
    return None


def was_asked(registration: "Registration", _actor: Actor, _now: datetime) -> Refusal | None:
    """There must be a request to answer."""
    if registration.return_requested_at is None:
        return Refusal("no_return_request", "单位没有申请退回")
    return None


def deadline_over(registration: "Registration", _actor: Actor, now: datetime) -> Refusal | None:
    """STAFF-13: before the deadline a returned person is open anyway."""
    plan = registration.plan
    if not plan.status.takes_people:
        return Refusal("plan_not_open", f"培训计划{plan.status.label}，不能再补正")
    if plan.registration_deadline >= beijing_today(now):
        return Refusal("plan_still_open", f"报名 {plan.registration_deadline} 才截止，单位现在就可以修改并重新报名")
    return None


_S, _A = RegistrationStatus, RegistrationAction
_UNIT = {Permission.GROUP_REGISTRATION}
_CDC = {Permission.PROVINCE_REVIEW}

# Whether the plan's units may choose sessions, or the set time for it has come (STAFF-06, FAQ-M6).
SELECTION_IS_OPEN = Fact[[AsyncSession, UUID, datetime], bool]("selection_is_open")

# How the history names a look at the numbers through a roster.
EXPORTED = "export_roster"
REGISTRATION: "Workflow[Registration, RegistrationAction]" = Workflow(
    name="registration",
    label="集体报名",
    statuses=RegistrationStatus,
    initial=_S.DRAFT,
    consequences={
        _A.SUBMIT: "报名表提交省疾控审核；审核前可以取消报名再修改。",
        _A.CANCEL: "收回报名表，可以修改后重新报名；报名截止后不能再次报名。",
        _A.APPROVE: "该人员可以选班，单位会看到结果；10 分钟内可撤销。",
        _A.RETURN: "退回单位修改，您写的原因将告知单位；已选的班次会让出。10 分钟内可撤销。",
        _A.UNDO_REVIEW: "回到待审核，单位看到的也恢复原样。",
        _A.REQUEST_RETURN: "请省疾控退回该报名表，同意后才能修改；同意前报名照常有效。",
        _A.DECLINE_REQUEST: "报名保持审核通过，您写的理由将告知单位。",
        _A.GRANT_CORRECTION: "该人员在所选日期前可以修改并重新报名，单位会收到通知。",
    },
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
        Transition(
            _A.UNDO_REVIEW,
            {_S.APPROVED, _S.RETURNED},
            _S.SUBMITTED,
            by=_CDC,
            guard=decided_just_now,
            then="give_seat_back",
            emits=review_undone,
        ),
        Transition(
            _A.REQUEST_RETURN,
            {_S.APPROVED},
            _S.APPROVED,
            by=_UNIT,
            guard=may_ask_back,
            needs_reason=True,
            emits=return_requested,
        ),
        Transition(
            _A.DECLINE_REQUEST,
            {_S.APPROVED},
            _S.APPROVED,
            by=_CDC,
            guard=was_asked,
            needs_reason=True,
            emits=return_request_declined,
        ),
        Transition(
            _A.GRANT_CORRECTION,
            {_S.RETURNED},
            _S.RETURNED,
            by=_CDC,
            guard=deadline_over,
            emits=correction_granted,
            body=CorrectionBody,
        ),
    ),
    asks=(SELECTION_IS_OPEN,),
    hints={
        (_A.SUBMIT, _S.SUBMITTED): "已报名，正在等待省疾控审核",
        (_A.SUBMIT, _S.APPROVED): "已审核通过，无需再次报名",
        (_A.CANCEL, _S.DRAFT): "尚未报名，可直接修改或删除",
        (_A.CANCEL, _S.APPROVED): "已审核通过，不能自行取消；如需修改请点【申请退回】，由省疾控退回",
        (_A.CANCEL, _S.RETURNED): "已被退回，请按退回原因修改后重新报名，或删除",
        (_A.APPROVE, _S.DRAFT): "单位尚未提交报名",
        (_A.APPROVE, _S.APPROVED): "已经审核通过；需要单位修改的可以退回",
        (_A.APPROVE, _S.RETURNED): "已退回，请等待单位修改后重新提交",
        (_A.RETURN, _S.DRAFT): "单位尚未提交报名",
        (_A.RETURN, _S.RETURNED): "已经退回，请等待单位修改后重新提交",
        (_A.DECLINE_REQUEST, _S.DRAFT): "单位尚未提交报名，没有退回申请",
        (_A.DECLINE_REQUEST, _S.SUBMITTED): "尚未审核，没有退回申请",
        (_A.DECLINE_REQUEST, _S.RETURNED): "已经退回，没有待答复的退回申请",
        (_A.GRANT_CORRECTION, _S.DRAFT): "未提交的人员请由单位申请补报",
        (_A.GRANT_CORRECTION, _S.SUBMITTED): "尚未退回；需要单位修改的，请先退回",
        (_A.GRANT_CORRECTION, _S.APPROVED): "已审核通过；需要单位修改的，请先退回",
        (_A.UNDO_REVIEW, _S.SUBMITTED): "尚未审核，没有可撤销的审核结果",
        (_A.UNDO_REVIEW, _S.DRAFT): "单位尚未提交报名",
        (_A.REQUEST_RETURN, _S.DRAFT): "尚未报名，可直接修改或删除",
        (_A.REQUEST_RETURN, _S.SUBMITTED): "尚未审核，可直接点【取消报名】后修改",
        (_A.REQUEST_RETURN, _S.RETURNED): "已被退回，可直接修改后重新报名",
    },
)
