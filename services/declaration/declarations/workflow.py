"""A declaration's way through review (DECL-01, 03, 10, 12, 13): which status leads where, by whom, and until when.

When may a submitted declaration be withdrawn? See the row of ``WITHDRAW``: by the employer, until a reviewer has opened it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.declaration.declarations import announcements, guards
from services.declaration.form.table import LABELS
from shared.fields import Copied
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table is typed by its record, which is made after it
    from services.declaration.declarations.models import Declaration


class DeclarationStatus(Labelled):
    DRAFT = "draft", "暂存", Colour.QUIET
    PENDING = "pending", "待审核", Colour.WAITING
    APPROVED = "approved", "已审核", Colour.GOOD
    REJECTED = "rejected", "已驳回", Colour.REFUSED

    @meaning
    def is_editable(self) -> bool:
        """The employer changes it (DECL-03)."""
        return self in {DeclarationStatus.DRAFT, DeclarationStatus.REJECTED}

    @meaning
    def awaits_review(self) -> bool:
        """It stands in the queue (DECL-11)."""
        return self is DeclarationStatus.PENDING

    @meaning
    def is_told(self) -> bool:
        """The offices above see it; a 暂存 record is nobody else's business."""
        return self in {DeclarationStatus.PENDING, DeclarationStatus.APPROVED, DeclarationStatus.REJECTED}

    @meaning
    def is_decided(self) -> bool:
        """The office in charge has said yes or no: a superior may order that it be looked at again (FAQ-D22)."""
        return self in {DeclarationStatus.APPROVED, DeclarationStatus.REJECTED}

    @meaning
    def is_settled(self) -> bool:
        """It no longer keeps its employer from adding another (DECL-03)."""
        return self is DeclarationStatus.APPROVED


class DeclarationAction(Labelled):
    SUBMIT = "submit", "提交"
    WITHDRAW = "withdraw", "撤回"
    REQUEST_WITHDRAWAL = "request_withdrawal", "申请撤回"
    OPEN = "open", "打开审核"
    TAKE_OVER = "take_over", "接手"
    GRANT_WITHDRAWAL = "grant_withdrawal", "同意撤回"
    DECLINE_WITHDRAWAL = "decline_withdrawal", "不同意撤回"
    APPROVE = "approve", "审核通过"
    REJECT = "reject", "审核不通过"
    UNDO_REVIEW = "undo_review", "撤回审核结论"
    REVOKE = "revoke", "撤销"


def _known(path: str) -> str:
    if path.split(".")[0] not in LABELS:
        raise PydanticCustomError("unknown_field", "申报表中没有这一项，请重新勾选需要修改的内容")
    return path


class RejectBody(ActionBody):
    """Why, and for which fields, a declaration goes back (BEY-04)."""

    fields: list[Annotated[str, Copied(80), AfterValidator(_known)]] = Field(
        default_factory=list, max_length=50, description="需要修改的栏目"
    )


_S, _A = DeclarationStatus, DeclarationAction
# What an employer does about the record that keeps it from adding another (DECL-03, FAQ-D7).
NEXT_STEPS: Final = {
    _S.DRAFT: "请点击该记录的“编辑”，修改后提交",
    _S.REJECTED: "请点击该记录的“编辑”，按驳回原因修改后重新提交",
    _S.PENDING: "请联系所在地区县级卫生健康部门审核，审核通过后即可添加",
}


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


HINTS: Final[Mapping[tuple[DeclarationAction, Labelled], str]] = {
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
}

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
        _A.REQUEST_WITHDRAWAL: "请审核人员退回申报表，您写的理由将告知对方。",
        _A.OPEN: "由您审核该申报；单位从此不能自行撤回。",
        _A.TAKE_OVER: "该申报改由您审核，并留下记录。",
        _A.GRANT_WITHDRAWAL: "申报表回到单位，由其修改后重新提交。",
        _A.DECLINE_WITHDRAWAL: "继续审核，您写的理由将告知用人单位。",
        _A.APPROVE: "申报生效，并通知用人单位。",
        _A.REJECT: "退回用人单位修改，您写的理由和勾选的栏目将告知对方。",
        _A.UNDO_REVIEW: "刚作出的结论作废，申报回到待审核，并通知用人单位。",
        _A.REVOKE: "已审核的申报回到待审核，您写的理由将告知用人单位。",
    },
    transitions=(
        Transition(
            _A.SUBMIT,
            {_S.DRAFT, _S.REJECTED},
            _S.PENDING,
            by=_EMPLOYER,
            guard=guards.is_complete,
            then="start_review",
            emits=announcements.declaration_submitted,
        ),
        Transition(_A.WITHDRAW, {_S.PENDING}, _S.DRAFT, by=_EMPLOYER, guard=guards.not_opened, then="leave_review"),
        Transition(
            _A.REQUEST_WITHDRAWAL,
            {_S.PENDING},
            _S.PENDING,
            by=_EMPLOYER,
            guard=guards.may_request_withdrawal,
            needs_reason=True,
            then="keep_request",
            emits=announcements.withdrawal_requested,
        ),
        Transition(_A.OPEN, {_S.PENDING}, _S.PENDING, by=_REVIEWER, guard=guards.may_open, then="hold_review"),
        Transition(
            _A.TAKE_OVER, {_S.PENDING}, _S.PENDING, by=_REVIEWER, guard=guards.may_take_over, then="hold_review"
        ),
        Transition(
            _A.GRANT_WITHDRAWAL,
            {_S.PENDING},
            _S.DRAFT,
            by=_REVIEWER,
            guard=guards.may_answer_request,
            then="leave_review",
            emits=announcements.withdrawal_granted,
        ),
        Transition(
            _A.DECLINE_WITHDRAWAL,
            {_S.PENDING},
            _S.PENDING,
            by=_REVIEWER,
            guard=guards.may_answer_request,
            needs_reason=True,
            then="answer_request",
            emits=announcements.withdrawal_declined,
        ),
        Transition(
            _A.APPROVE,
            {_S.PENDING},
            _S.APPROVED,
            by=_REVIEWER,
            guard=guards.may_decide,
            then="keep_decision",
            emits=announcements.declaration_approved,
        ),
        Transition(
            _A.REJECT,
            {_S.PENDING},
            _S.REJECTED,
            by=_REVIEWER,
            guard=guards.may_decide,
            needs_reason=True,
            then="keep_return",
            emits=announcements.declaration_rejected,
            body=RejectBody,
        ),
        Transition(
            _A.UNDO_REVIEW,
            {_S.APPROVED, _S.REJECTED},
            _S.PENDING,
            by=_REVIEWER,
            guard=guards.decided_just_now,
            then="reopen_review",
            emits=announcements.review_undone,
        ),
        Transition(
            _A.REVOKE,
            {_S.APPROVED},
            _S.PENDING,
            by=_REVIEWER,
            guard=guards.may_be_revoked,
            needs_reason=True,
            then="reopen_review",
            emits=announcements.declaration_revoked,
        ),
    ),
    hints=HINTS,
)
