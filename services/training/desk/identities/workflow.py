"""更正姓名、身份证号 (STAFF-15): a unit that has the person on file asks, the province decides; it may also correct at once."""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.events.training_people import IdentityCorrectionDecided
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.desk.identities.models import IdentityCorrection


class IdentityStatus(Labelled):
    REQUESTED = "requested", "待省疾控核准", Colour.WAITING
    CORRECTED = "corrected", "已更正", Colour.GOOD
    DECLINED = "declined", "未同意", Colour.REFUSED
    WITHDRAWN = "withdrawn", "已撤回", Colour.QUIET


class IdentityAction(Labelled):
    ACCEPT = "accept", "同意更正"
    DECLINE = "decline", "不同意"
    WITHDRAW = "withdraw", "撤回"


def is_own(correction: "IdentityCorrection", actor: Actor, _now: datetime) -> Refusal | None:
    """Only who asked takes it back."""
    if actor.organisation_id != correction.unit_id:
        return Refusal("not_own_request", "更正由其他单位申请，本单位不能撤回")
    return None


def declined(correction: "IdentityCorrection", _actor: Actor, body: ActionBody) -> IdentityCorrectionDecided:
    return IdentityCorrectionDecided(
        correction_id=correction.id,
        person_name=correction.old_name,
        unit_ids=() if correction.unit_id is None else (correction.unit_id,),
        answer=f"更正{correction.what}的申请未被同意，原因：{body.reason}",
    )


# Who reviews people, and who manages certificates.
PROVINCE = {Permission.PROVINCE_REVIEW, Permission.CERTIFICATE_MANAGEMENT}
UNIT = {Permission.INSTITUTION_FILING}
_S, _A = IdentityStatus, IdentityAction

IDENTITY: "Workflow[IdentityCorrection, IdentityAction]" = Workflow(
    name="identity_correction",
    label="更正姓名、身份证号",
    statuses=IdentityStatus,
    initial=_S.REQUESTED,
    consequences={
        _A.ACCEPT: "各单位的人员信息立即更正，已取得的证书以原编号换发新版，旧版查验显示“已换发”，有关单位会收到通知。",
        _A.DECLINE: "姓名和身份证号不变，您写的理由将告知申请单位。",
        _A.WITHDRAW: "不再申请更正，省疾控不必再处理。",
    },
    transitions=(
        Transition(_A.ACCEPT, {_S.REQUESTED}, _S.CORRECTED, by=PROVINCE, then="correct_person"),
        Transition(_A.DECLINE, {_S.REQUESTED}, _S.DECLINED, by=PROVINCE, needs_reason=True, emits=declined),
        Transition(_A.WITHDRAW, {_S.REQUESTED}, _S.WITHDRAWN, by=UNIT, guard=is_own),
    ),
    hints={
        (action, status): f"申请{words}，不能再更改；如有需要请重新申请"
        for action in _A
        for status, words in ((_S.CORRECTED, "已办结"), (_S.DECLINED, "未被同意"), (_S.WITHDRAWN, "已撤回"))
    },
)
