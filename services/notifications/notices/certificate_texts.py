"""What is said about certificates, and about whose they are: rows of ``texts``."""

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.wording import Fold, Text, Texts, about, reviewers, staff_offices, unit
from shared.addresses import pattern
from shared.events import certificates, training_people

_CERTIFICATES = (
    about(  # STAFF-15
        training_people.IdentityCorrectionRequested,
        Text(
            MessageKind.IDENTITY_CORRECTION_REQUESTED,
            "申请更正{what}：{person_name}",
            "{unit_name}申请更正{person_name}的{what}，理由：{reason}。请核对证明材料后办理。",
            pattern("identity-correction"),
            reviewers,
            channels=(),
        ),
    ),
    about(  # STAFF-15
        training_people.IdentityCorrectionDecided,
        Text(
            MessageKind.IDENTITY_CORRECTION_DECIDED,
            "更正姓名、身份证号：{person_name}",
            "{person_name}：{answer}。",
            pattern("identity-correction"),
            staff_offices,
        ),
    ),
    about(  # STAFF-09
        certificates.CertificateReissued,
        Text(
            MessageKind.CERTIFICATE_REISSUED,
            "证书换发：{person_name}",
            "{person_name}“{plan_name}”的证书 {number} 已更正换发：{changes}。请重新下载新版；旧版不再作为凭证。",
            pattern("session-results"),
            unit,
            channels=(Channel.EMAIL,),
            fold=Fold("{class_session_id}", "{count} 张证书已换发：{plan_name}", pattern("session-results")),
        ),
    ),
    about(
        certificates.CertificateIssued,
        Text(
            MessageKind.CERTIFICATE_ISSUED,
            "证书签发：{person_name}",
            "{person_name}“{plan_name}”培训合格，证书 {number} 已签发，可在集体成绩查询中下载。",
            pattern("session-results"),
            unit,
            channels=(Channel.EMAIL,),
            fold=Fold("{class_session_id}", "{count} 张证书已签发：{plan_name}", pattern("session-results")),
        ),
    ),
    about(
        certificates.CertificateRevoked,
        Text(
            MessageKind.CERTIFICATE_REVOKED,
            "证书撤销：{number}",
            "证书 {number} 已撤销，原因：{reason}。",
            pattern("certificate"),
            unit,
        ),
    ),
)

CERTIFICATE_TEXTS: Texts = dict(_CERTIFICATES)
