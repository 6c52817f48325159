"""What is said about which event, to whom, and on which channels: one row an event, data and no code. ``{…}`` are fields of the event;
every message stands in the inbox, whatever its channels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.notifications.kinds import Channel, MessageKind
from shared.events import certificates, declaration, training
from shared.events.base import Event
from shared.roles import Permission

BOTH = (Channel.SMS, Channel.EMAIL)
UNIT = Permission.GROUP_REGISTRATION


@dataclass(frozen=True)
class Text:
    """``organisations`` picks the receiving organisations from the event, None meaning all; of their accounts those with
    ``permission`` are told. ``link`` is a path of the portal."""

    kind: MessageKind
    title: str
    body: str
    link: str
    organisations: Callable[[Any], tuple[UUID, ...] | None]
    permission: Permission = UNIT
    channels: tuple[Channel, ...] = BOTH


def _everyone(_event: Any) -> None:
    return None


def _unit(event: Any) -> tuple[UUID, ...]:
    return (event.unit_id,)


def _employer(event: Any) -> tuple[UUID, ...]:
    return (event.employer_id,)


TEXTS: dict[type[Event], Text] = {
    training.PlanPublished: Text(  # NOTE-01
        MessageKind.PLAN_PUBLISHED,
        "培训通知：{plan_name}",
        "“{plan_name}”已开始报名，{registration_deadline} 截止。报名须知和培训附件见培训计划，咨询联系人：{contact_name}。",
        "/plans/{plan_id}",
        _everyone,
    ),
    training.RegistrationApproved: Text(  # NOTE-03
        MessageKind.REGISTRATION_APPROVED,
        "报名审核通过：{person_name}",
        "{person_name}报名“{plan_name}”已审核通过，请等待选班通知。",
        "/registrations/{registration_id}",
        _unit,
    ),
    training.RegistrationReturned: Text(  # NOTE-03
        MessageKind.REGISTRATION_RETURNED,
        "报名退回：{person_name}",
        "{person_name}报名“{plan_name}”被退回，原因：{reason}。请修改后在报名截止前重新报名。",
        "/registrations/{registration_id}",
        _unit,
    ),
    training.SelectionOpened: Text(  # NOTE-02, STAFF-06
        MessageKind.SELECTION_OPENED,
        "选班开放：{plan_name}",
        "“{plan_name}”已开放选班，请为审核通过的人员选择班次并提交，最早的班次 {first_deadline} 截止。",
        "/selection/{plan_id}",
        lambda event: event.unit_ids,
    ),
    certificates.CertificateIssued: Text(
        MessageKind.CERTIFICATE_ISSUED,
        "证书签发：{person_name}",
        "{person_name}“{plan_name}”培训合格，证书 {number} 已签发，可在集体成绩查询中下载。",
        "/certificates/{certificate_id}",
        _unit,
        channels=(Channel.EMAIL,),
    ),
    certificates.CertificateRevoked: Text(
        MessageKind.CERTIFICATE_REVOKED,
        "证书撤销：{number}",
        "证书 {number} 已撤销，原因：{reason}。",
        "/certificates/{certificate_id}",
        _unit,
    ),
    declaration.DeclarationApproved: Text(
        MessageKind.DECLARATION_APPROVED,
        "申报审核通过",
        "{employer_name}的职业病危害项目申报已审核通过，可下载申报回执。",
        "/declarations/{declaration_id}",
        _employer,
        Permission.HAZARD_DECLARATION,
    ),
    declaration.DeclarationRejected: Text(
        MessageKind.DECLARATION_REJECTED,
        "申报驳回",
        "{employer_name}的职业病危害项目申报被驳回，原因：{reason}。请修改后重新提交。",
        "/declarations/{declaration_id}",
        _employer,
        Permission.HAZARD_DECLARATION,
    ),
    declaration.DeclarationRevoked: Text(
        MessageKind.DECLARATION_REVOKED,
        "申报撤销审核",
        "{employer_name}已通过的职业病危害项目申报被撤销审核，原因：{reason}。",
        "/declarations/{declaration_id}",
        _employer,
        Permission.HAZARD_DECLARATION,
    ),
}
