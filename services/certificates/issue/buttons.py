"""What can be done with a certificate: what its workflow says, and what is another service's to do (PLAT-02)."""

from datetime import datetime

from services.certificates.issue.models import Certificate
from services.certificates.issue.workflow import CERTIFICATE
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.buttons import AllowedAction, allowed_actions, button

# Training's rule (STAFF-15): these correct at once, a unit asks the province.
_CORRECTS = (Permission.CERTIFICATE_MANAGEMENT, Permission.PROVINCE_REVIEW)
_REISSUED = "各单位的人员信息同时更正，该人员的证书以原编号换发新版，旧版查验显示“已换发”"


def actions_on(certificate: Certificate, actor: Actor, now: datetime) -> list[AllowedAction]:
    """Everything that this actor could do, each with its answer for now."""
    return [*allowed_actions(CERTIFICATE, certificate, actor, now), *_correction(actor)]


def _correction(actor: Actor) -> list[AllowedAction]:
    """更正姓名、身份证号, with what follows; nothing for whoever only oversees."""
    if actor.may(*_CORRECTS):
        return [button("correct", "更正姓名、身份证号", consequence=f"{_REISSUED}，有关单位会收到通知。")]
    if actor.may(Permission.INSTITUTION_FILING):
        told = f"由省疾控核准。核准后，{_REISSUED}。"
        return [button("request_correction", "申请更正姓名、身份证号", consequence=told)]
    return []
