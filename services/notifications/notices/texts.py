"""What is said about which event, to whom, and on which channels: a row for each audience, data and no code. ``{…}`` are fields of the
event; every message stands in the inbox, whatever its channels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.notifications.contacts.audience import Audience
from services.notifications.kinds import Channel, MessageKind
from shared.events import auth, certificates, declaration, training
from shared.events.base import Event
from shared.roles import Level, Permission

BOTH = (Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True)
class Text:
    """``audience`` picks from the event who is told. ``link`` is a path of the portal. ``must`` sends it on its channels whatever the
    account's wishes."""

    kind: MessageKind
    title: str
    body: str
    link: str
    audience: Callable[[Any], Audience]
    channels: tuple[Channel, ...] = BOTH
    must: bool = False


def _everyone(_event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION)


def _unit(event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=(event.unit_id,))


def _units(event: Any) -> Audience:
    return Audience(permission=Permission.GROUP_REGISTRATION, organisation_ids=event.unit_ids)


def _employer(event: Any) -> Audience:
    return Audience(permission=Permission.HAZARD_DECLARATION, organisation_ids=(event.employer_id,))


def _holder(event: Any) -> Audience:
    return Audience(account_ids=(event.account_id,))


def _city_managers(event: Any) -> Audience:
    return Audience(permission=Permission.ACCOUNT_MANAGEMENT, level=Level.CITY, region_code=event.region_code)


def _desk(event: Any) -> Audience:
    return Audience(permission=event.permission, level=event.level, region_code=event.region_code)


TEXTS: dict[type[Event], tuple[Text, ...]] = {
    training.PlanPublished: (  # NOTE-01
        Text(
            MessageKind.PLAN_PUBLISHED,
            "培训通知：{plan_name}",
            "“{plan_name}”已开始报名，{registration_deadline} 截止。报名须知和培训附件见培训计划，咨询联系人：{contact_name}。",
            "/plans/{plan_id}",
            _everyone,
        ),
    ),
    training.RegistrationApproved: (  # NOTE-03
        Text(
            MessageKind.REGISTRATION_APPROVED,
            "报名审核通过：{person_name}",
            "{person_name}报名“{plan_name}”已审核通过，请等待选班通知。",
            "/registrations/{registration_id}",
            _unit,
        ),
    ),
    training.RegistrationReturned: (  # NOTE-03
        Text(
            MessageKind.REGISTRATION_RETURNED,
            "报名退回：{person_name}",
            "{person_name}报名“{plan_name}”被退回，原因：{reason}。请修改后在报名截止前重新报名。",
            "/registrations/{registration_id}",
            _unit,
        ),
    ),
    training.SelectionOpened: (  # NOTE-02, STAFF-06
        Text(
            MessageKind.SELECTION_OPENED,
            "选班开放：{plan_name}",
            "“{plan_name}”已开放选班，请为审核通过的人员选择班次并提交，最早的班次 {first_deadline} 截止。",
            "/selection/{plan_id}",
            _units,
        ),
    ),
    certificates.CertificateIssued: (
        Text(
            MessageKind.CERTIFICATE_ISSUED,
            "证书签发：{person_name}",
            "{person_name}“{plan_name}”培训合格，证书 {number} 已签发，可在集体成绩查询中下载。",
            "/certificates/{certificate_id}",
            _unit,
            channels=(Channel.EMAIL,),
        ),
    ),
    certificates.CertificateRevoked: (
        Text(
            MessageKind.CERTIFICATE_REVOKED,
            "证书撤销：{number}",
            "证书 {number} 已撤销，原因：{reason}。",
            "/certificates/{certificate_id}",
            _unit,
        ),
    ),
    declaration.DeclarationApproved: (
        Text(
            MessageKind.DECLARATION_APPROVED,
            "申报审核通过",
            "{employer_name}的职业病危害项目申报已审核通过，可下载申报回执。",
            "/declarations/{declaration_id}",
            _employer,
        ),
    ),
    declaration.DeclarationRejected: (
        Text(
            MessageKind.DECLARATION_REJECTED,
            "申报驳回",
            "{employer_name}的职业病危害项目申报被驳回，原因：{reason}。请修改后重新提交。",
            "/declarations/{declaration_id}",
            _employer,
        ),
    ),
    declaration.DeclarationRevoked: (
        Text(
            MessageKind.DECLARATION_REVOKED,
            "申报撤销审核",
            "{employer_name}已通过的职业病危害项目申报被撤销审核，原因：{reason}。",
            "/declarations/{declaration_id}",
            _employer,
        ),
    ),
    auth.AccountExpiring: (  # AUTH-05
        Text(
            MessageKind.ACCOUNT_EXPIRING,
            "账号将于 {valid_until} 到期",
            "您的账号 {login_name} 还有 {days} 天到期，{valid_until} 之后不能登录。如需继续使用，请联系{contact}办理延期。",
            "/settings",
            _holder,
            must=True,
        ),
        Text(
            MessageKind.ACCOUNT_TO_EXTEND,
            "账号即将到期：{person_name}",
            "{person_name}的账号 {login_name} 还有 {days} 天到期（{valid_until}）。如该单位申请延期，请在管理员管理中办理。",
            "/accounts/{account_id}",
            _city_managers,
            channels=(),
        ),
    ),
    auth.ApplicationSubmitted: (  # AUTH-07
        Text(
            MessageKind.APPLICATION_SUBMITTED,
            "账号申请：{unit_name}",
            "{unit_name}提交了账号申请（编号 {number}），请核对申请表后开通、退回或不予开通。",
            "/applications/{application_id}",
            _city_managers,
        ),
    ),
    auth.CaseSubmitted: (
        Text(
            MessageKind.CASE_SUBMITTED,
            "{kind_label}：{organisation_name}",
            "{organisation_name}提交了{kind_label}（编号 {number}），请核对材料后办理。",
            "/claims/{case_id}",
            _desk,
        ),
    ),
}
