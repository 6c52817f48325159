"""The register of certificates as xlsx (CERT-06, BEY-07): the list's own endpoint, and which of its fields are columns. Resident ids are as
in the list: masked.
"""

from services.certificates.issue.endpoints import list_certificates
from shared.sheets import Column
from shared.web.exports import Export

CERTIFICATES = Export(
    "certificates",
    "证书登记册",
    list_certificates,
    (
        Column("number", "证书编号", width=28),
        Column("holder_name", "姓名", width=12),
        Column("sex", "性别", width=6),
        Column("resident_id", "身份证号", width=22),
        Column("unit_name", "单位", width=32),
        Column("plan_type_label", "培训班类型", width=20),
        Column("plan_name", "培训班名称", width=40),
        Column("session_no", "期次", width=8),
        Column("start_date", "培训开始日期"),
        Column("end_date", "培训结束日期"),
        Column("specialties", "专业类别", width=40),
        Column("issued_on", "发证日期"),
        Column("valid_until", "有效期至"),
        Column("status_label", "状态", width=12),
        Column("revoked_on", "撤销日期"),
        Column("revocation_reason", "撤销理由", width=40),
        Column("failure", "制作失败原因", width=40),
    ),
)

EXPORTS = (CERTIFICATES,)
