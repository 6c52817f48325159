"""The kinds of message that people get, with their Chinese labels, and the ways on which a message travels besides the inbox."""

from shared.workflow.definition import Labelled


class MessageKind(Labelled):
    PLAN_PUBLISHED = "plan_published", "培训通知"
    REGISTRATION_APPROVED = "registration_approved", "报名审核通过"
    REGISTRATION_RETURNED = "registration_returned", "报名退回"
    SELECTION_OPENED = "selection_opened", "选班开放"
    CERTIFICATE_ISSUED = "certificate_issued", "证书签发"
    CERTIFICATE_REVOKED = "certificate_revoked", "证书撤销"
    DECLARATION_APPROVED = "declaration_approved", "申报审核通过"
    DECLARATION_REJECTED = "declaration_rejected", "申报驳回"
    DECLARATION_REVOKED = "declaration_revoked", "申报撤销审核"
    ACCOUNT_EXPIRING = "account_expiring", "账号到期提醒"
    ACCOUNT_TO_EXTEND = "account_to_extend", "辖区账号到期"
    APPLICATION_SUBMITTED = "application_submitted", "账号申请待办"
    CASE_SUBMITTED = "case_submitted", "申诉办理待办"


class Channel(Labelled):
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"
