"""Requests that somebody decides: which kinds there are, who decides them, and their one way (AUTH-20, AUTH-26, AUTH-30, ORG-08,
BEY-13, STAFF-15).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.auth.access.accounts.desk_models import MANAGERS, PROVINCE_REVIEWERS, REVIEWERS, Rights, is_between
from shared.events.auth import CaseSubmitted
from shared.identity import Actor
from shared.roles import Level
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.auth.desks.cases.models import Case


class CaseKind(Labelled):
    APPEAL = "appeal", "账号申诉"
    CORRECTION = "correction", "信用代码更正"
    CLAIM = "claim", "信用代码认领"
    PHONE_CHANGE = "phone_change", "手机号更换"
    ENQUIRY = "enquiry", "在线咨询"
    CREDIT_CODE = "credit_code", "信用代码核准"
    RESIDENT_ID = "resident_id", "身份证号核准"


# What anybody files about somebody else's account: a stranger's is no reason to refuse the owner's.
SIDE_BY_SIDE = (CaseKind.APPEAL, CaseKind.CLAIM)
# What was accepted here is used later, and may turn out to be wrong.
REVOCABLE = frozenset({CaseKind.CREDIT_CODE, CaseKind.RESIDENT_ID})


class CaseStatus(Labelled):
    SUBMITTED = "submitted", "待审核", Colour.WAITING
    APPROVED = "approved", "已通过", Colour.GOOD
    REFUSED = "refused", "未通过", Colour.REFUSED
    WITHDRAWN = "withdrawn", "已撤回", Colour.QUIET
    REVOKED = "revoked", "核准已撤销", Colour.REFUSED


class CaseAction(Labelled):
    APPROVE = "approve", "通过"
    REFUSE = "refuse", "不通过"
    WITHDRAW = "withdraw", "撤回"
    REVOKE = "revoke", "撤销核准"


@dataclass(frozen=True)
class Desk:
    """Whose decision a kind of case is: by level, what an account of the body there needs for it, and who that is in words."""

    rights: Rights
    who: Mapping[Level, str]


_REVIEW = Desk(
    REVIEWERS,
    {
        Level.COUNTY: "所在地区县卫生健康委",
        Level.CITY: "所在地市卫生健康委",
        Level.PROVINCE: "省卫生健康委",
    },
)
DESKS: dict[CaseKind, Desk] = {
    CaseKind.APPEAL: _REVIEW,
    CaseKind.CORRECTION: _REVIEW,
    CaseKind.CLAIM: _REVIEW,
    CaseKind.PHONE_CHANGE: Desk(MANAGERS, {Level.CITY: "上级账号管理人员", Level.PROVINCE: "省级账号管理人员"}),
    CaseKind.ENQUIRY: Desk(MANAGERS, {Level.PROVINCE: "平台技术支持人员"}),
    CaseKind.CREDIT_CODE: _REVIEW,
    CaseKind.RESIDENT_ID: Desk(PROVINCE_REVIEWERS, {Level.PROVINCE: "省疾控中心"}),
}


def kinds_by_rights() -> list[tuple[Rights, list[CaseKind]]]:
    """The kinds that are decided by the same rights."""
    return [
        (rights, [kind for kind, desk in DESKS.items() if desk.rights is rights])
        for rights in (REVIEWERS, MANAGERS, PROVINCE_REVIEWERS)
    ]


def case_submitted(case: "Case") -> CaseSubmitted:
    """Tells those who decide."""
    return CaseSubmitted(
        case_id=case.id,
        number=case.number,
        kind=case.kind.value,
        kind_label=case.kind.label,
        organisation_name=case.organisation_name,
        region_code=case.region_code,
        permission=DESKS[case.kind].rights[case.desk_level],
        level=case.desk_level,
    )


def _desk(case: "Case", actor: Actor, _now: datetime) -> Refusal | None:
    desk, level = DESKS[case.kind], actor.level
    right = desk.rights.get(level)
    if right is None or not actor.may(right) or not is_between(level, case.level, case.desk_level):
        return Refusal("not_your_desk", f"{case.kind.label}由{desk.who[case.desk_level]}办理，您可以查看进度")
    return None


def _accepted(case: "Case", actor: Actor, now: datetime) -> Refusal | None:
    if case.kind not in REVOCABLE:
        return Refusal("case_decided", f"{case.kind.label}已办理完毕，不能撤销")
    return _desk(case, actor, now)


_S, _A = CaseStatus, CaseAction
_DECIDERS = {right for desk in DESKS.values() for right in desk.rights.values()}

# WITHDRAW is the applicant's, who is not signed in: the service acts for whoever holds the case's key.
CASE: "Workflow[Case, CaseAction]" = Workflow(
    name="case",
    label="申诉与办理",
    statuses=CaseStatus,
    initial=_S.SUBMITTED,
    consequences={
        _A.APPROVE: "申请的内容立即生效，并以短信通知申请人。",
        _A.REFUSE: "申请不生效，您写的理由将告知申请人。",
        _A.REVOKE: "该号码不能再用于填写；已登记的记录不变，您写的理由将告知申请人。",
    },
    transitions=(
        Transition(_A.APPROVE, {_S.SUBMITTED}, _S.APPROVED, by=_DECIDERS, guard=_desk, then="carry_out"),
        Transition(
            _A.REFUSE, {_S.SUBMITTED}, _S.REFUSED, by=_DECIDERS, guard=_desk, needs_reason=True, then="tell_refused"
        ),
        Transition(_A.WITHDRAW, {_S.SUBMITTED}, _S.WITHDRAWN),
        Transition(
            _A.REVOKE, {_S.APPROVED}, _S.REVOKED, by=_DECIDERS, guard=_accepted, needs_reason=True, then="take_back"
        ),
    ),
    hints={(_A.WITHDRAW, _S.APPROVED): "已办理完毕，不能撤回"},
)
