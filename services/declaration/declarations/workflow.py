"""A declaration's way through review (DECL-01, 03, 10, 12, 13): which status leads where, by whom, and until when.

When may a submitted declaration be withdrawn? See the row of ``WITHDRAW``: by the employer, until a reviewer has opened it.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict
from uuid import UUID

from services.declaration.declarations.checks import problems_of
from shared.clock import beijing_time
from shared.events.declaration import (
    DeclarationApproved,
    DeclarationRejected,
    DeclarationRevoked,
    DeclarationSubmitted,
)
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.declaration.declarations.models import Declaration

SHOWN_PROBLEMS: Final = 3


class DeclarationStatus(Labelled):
    DRAFT = "draft", "暂存"
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已审核"
    REJECTED = "rejected", "已驳回"

    @meaning
    def is_editable(self) -> bool:
        """The employer changes it (DECL-03)."""
        return self in {DeclarationStatus.DRAFT, DeclarationStatus.REJECTED}

    @meaning
    def is_settled(self) -> bool:
        """It no longer keeps its employer from adding another (DECL-03)."""
        return self is DeclarationStatus.APPROVED


class DeclarationAction(Labelled):
    SUBMIT = "submit", "提交"
    WITHDRAW = "withdraw", "撤回"
    APPROVE = "approve", "审核通过"
    REJECT = "reject", "审核不通过"
    REVOKE = "revoke", "撤销"


_S, _A = DeclarationStatus, DeclarationAction
# What an employer does about the record that keeps it from adding another (DECL-03, FAQ-D7).
NEXT_STEPS: Final = {
    _S.DRAFT: "请点击该记录的“编辑”，修改后提交",
    _S.REJECTED: "请点击该记录的“编辑”，按驳回原因修改后重新提交",
    _S.PENDING: "请联系所在地区县级卫生健康部门审核，审核通过后即可添加",
}


def is_complete(declaration: "Declaration", _actor: Actor, _now: datetime) -> Refusal | None:
    """Everything is filled in and agrees (DECL-04…06, X21)."""
    problems = problems_of(declaration)
    if not problems:
        return None
    shown = "；".join(problem.message for problem in problems[:SHOWN_PROBLEMS])
    more = "……" if len(problems) > SHOWN_PROBLEMS else ""
    return Refusal("declaration_incomplete", f"还有{len(problems)}处需要修改：{shown}{more}")


def not_opened(declaration: "Declaration", _actor: Actor, _now: datetime) -> Refusal | None:
    """DECL-10, FAQ-D8."""
    if declaration.opened_by_reviewer_at is None:
        return None
    opened = beijing_time(declaration.opened_by_reviewer_at)
    return Refusal(
        "opened_by_reviewer",
        f"审核人员已于{opened:%Y-%m-%d %H:%M}打开该申报，不能自行撤回；"
        "请联系所在地区县级卫生健康部门，由其审核驳回后修改",
    )


def withdraw_hint(declaration: "Declaration", actor: Actor, now: datetime) -> str:
    """What an employer does that cannot wait for the review of its record."""
    refusal = not_opened(declaration, actor, now)
    return refusal.reason if refusal else "如需修改，请先在该申报中点击“撤回”，或在审核结束后再修改"


def in_charge(declaration: "Declaration", actor: Actor, _now: datetime) -> Refusal | None:
    """The county decides, or the city where a record says so; those above ask for it and do not decide themselves (DECL-13)."""
    if actor.level is declaration.review_level:
        return None
    where = "市级" if declaration.review_level is Level.CITY else "区县级"
    return Refusal(
        "not_reviewer_in_charge",
        f"该申报由单位所在地{where}卫生健康部门审核；如发现审核有误，请联系其撤销并驳回",
    )


def may_be_revoked(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """DECL-12, and DECL-03: an employer never has two open records, so a newer open one is to be settled first."""
    refusal = in_charge(declaration, actor, now)
    if refusal is None and declaration.employer_has_open:
        return Refusal(
            "open_declaration_exists",
            "该单位已有未审批通过的新申报，撤销后会同时有两条；请先审核新申报，或请单位删除暂存的记录",
        )
    return refusal


def edit_refusal(declaration: "Declaration") -> Refusal | None:
    """Why the content cannot be changed (DECL-03): only 暂存 and 已驳回 records are the employer's to edit."""
    status = declaration.status
    if status.is_editable:
        return None
    words = {
        _S.PENDING: "已提交待审核，不能修改；如需修改请先撤回",
        _S.APPROVED: "已审核通过，不能修改；如情况有变请添加变更申报",
    }
    return Refusal(f"status_is_{status.value}", words.get(status, f"当前状态为“{status.label}”，不能修改"))


def delete_refusal(declaration: "Declaration") -> Refusal | None:
    """Why the record cannot be deleted: only a 暂存 one can."""
    if declaration.status is _S.DRAFT:
        return None
    if declaration.status is _S.REJECTED:
        return Refusal("status_is_rejected", "已驳回的申报不能删除，请按驳回原因修改后重新提交")
    return edit_refusal(declaration)


class _Facts(TypedDict):
    """What every event of a declaration tells."""

    declaration_id: UUID
    employer_id: UUID
    employer_name: str
    region_code: str
    kind: str


def _facts(declaration: "Declaration") -> _Facts:
    return {
        "declaration_id": declaration.id,
        "employer_id": declaration.employer_id,
        "employer_name": declaration.employer_name,
        "region_code": declaration.region_code,
        "kind": declaration.kind.value,
    }


def declaration_submitted(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> DeclarationSubmitted:
    return DeclarationSubmitted(**_facts(declaration))


def declaration_approved(declaration: "Declaration", _actor: Actor, _body: ActionBody) -> DeclarationApproved:
    return DeclarationApproved(**_facts(declaration))


def declaration_rejected(declaration: "Declaration", _actor: Actor, body: ActionBody) -> DeclarationRejected:
    return DeclarationRejected(**_facts(declaration), reason=body.reason or "")


def declaration_revoked(declaration: "Declaration", _actor: Actor, body: ActionBody) -> DeclarationRevoked:
    return DeclarationRevoked(**_facts(declaration), reason=body.reason or "")


_EMPLOYER = {Permission.HAZARD_DECLARATION}
_REVIEWER = {Permission.DECLARATION_REVIEW}

DECLARATION: "Workflow[Declaration, DeclarationAction]" = Workflow(
    name="declaration",
    label="职业病危害项目申报",
    statuses=DeclarationStatus,
    initial=_S.DRAFT,
    consequences={
        _A.SUBMIT: "申报表提交卫生健康部门审核；审核人员打开前可以撤回。",
        _A.WITHDRAW: "收回申报表，修改后请再次提交。",
        _A.APPROVE: "申报生效，并通知用人单位。",
        _A.REJECT: "退回用人单位修改，您写的理由将告知对方。",
        _A.REVOKE: "已审核的申报回到待审核，您写的理由将告知用人单位。",
    },
    transitions=(
        Transition(
            _A.SUBMIT,
            {_S.DRAFT, _S.REJECTED},
            _S.PENDING,
            by=_EMPLOYER,
            guard=is_complete,
            then="start_review",
            emits=declaration_submitted,
        ),
        Transition(_A.WITHDRAW, {_S.PENDING}, _S.DRAFT, by=_EMPLOYER, guard=not_opened, then="leave_review"),
        Transition(
            _A.APPROVE,
            {_S.PENDING},
            _S.APPROVED,
            by=_REVIEWER,
            guard=in_charge,
            then="keep_decision",
            emits=declaration_approved,
        ),
        Transition(
            _A.REJECT,
            {_S.PENDING},
            _S.REJECTED,
            by=_REVIEWER,
            guard=in_charge,
            needs_reason=True,
            then="keep_decision",
            emits=declaration_rejected,
        ),
        Transition(
            _A.REVOKE,
            {_S.APPROVED},
            _S.PENDING,
            by=_REVIEWER,
            guard=may_be_revoked,
            needs_reason=True,
            then="reopen_review",
            emits=declaration_revoked,
        ),
    ),
    hints={
        (_A.SUBMIT, _S.PENDING): "已提交，正在等待卫生健康部门审核",
        (_A.SUBMIT, _S.APPROVED): "已审核通过，无需再次提交；如情况有变请添加变更申报",
        (_A.WITHDRAW, _S.DRAFT): "尚未提交，可直接修改或删除",
        (_A.WITHDRAW, _S.APPROVED): "已审核通过，不能撤回；如申报有误请联系所在地区县级卫生健康部门撤销",
        (_A.WITHDRAW, _S.REJECTED): "已被驳回，请按驳回原因修改后重新提交",
        (_A.APPROVE, _S.DRAFT): "单位尚未提交申报",
        (_A.APPROVE, _S.APPROVED): "已经审核通过",
        (_A.APPROVE, _S.REJECTED): "已驳回，请等待单位修改后重新提交",
        (_A.REJECT, _S.DRAFT): "单位尚未提交申报",
        (_A.REJECT, _S.APPROVED): "已审核通过；如审核有误请先撤销，再选择审核不通过",
        (_A.REJECT, _S.REJECTED): "已经驳回，请等待单位修改后重新提交",
        (_A.REVOKE, _S.DRAFT): "单位尚未提交申报",
        (_A.REVOKE, _S.PENDING): "尚未审核，可直接选择审核通过或审核不通过",
        (_A.REVOKE, _S.REJECTED): "已驳回，没有可撤销的审核通过结论",
    },
)
