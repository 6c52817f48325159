"""The kinds of message that people get, with their Chinese labels, and the ways on which a message travels besides the inbox."""

from shared.workflow.definition import Labelled

# Stands in the title of a folded line of the inbox where its number comes.
COUNT = "{count}"


class MessageKind(Labelled):
    PLAN_PUBLISHED = "plan_published", "培训通知"
    PLAN_DEADLINE_CHANGED = "plan_deadline_changed", "报名截止日期变更"
    REGISTRATION_APPROVED = "registration_approved", "报名审核通过"
    REGISTRATION_RETURNED = "registration_returned", "报名退回"
    SELECTION_OPENED = "selection_opened", "选班开放"
    REGISTRATION_CLOSING = "registration_closing", "报名即将截止"
    REVIEW_UNDONE = "review_undone", "审核结果撤销"
    RETURN_REQUESTED = "return_requested", "申请退回待办"
    RETURN_DECLINED = "return_declined", "申请退回未同意"
    CORRECTION_GRANTED = "correction_granted", "允许补正"
    DETAILS_CHANGED = "details_changed", "报名信息变更"
    LATE_ENTRY_REQUESTED = "late_entry_requested", "补报申请待办"
    LATE_ENTRY_DECIDED = "late_entry_decided", "补报申请结果"
    SELECTION_CLOSING = "selection_closing", "选班即将截止"
    SELECTION_REMINDED = "selection_reminded", "选班提醒"
    SELECTION_FINISHED = "selection_finished", "选班已截止"
    CLASS_SESSION_CHANGED = "class_session_changed", "班次调整"
    CLASS_SESSION_PUT_OFF = "class_session_put_off", "班次改期"
    CLASS_SESSION_CALLED_OFF = "class_session_called_off", "班次停办"
    SEAT_OFFERED = "seat_offered", "候补名额待确认"
    WAITING_ENDED = "waiting_ended", "候补结束"
    TRANSFER_PROPOSED = "transfer_proposed", "人员调动待确认"
    TRANSFER_DECIDED = "transfer_decided", "人员调动结果"
    IDENTITY_CORRECTION_REQUESTED = "identity_correction_requested", "更正姓名、身份证号待办"
    IDENTITY_CORRECTION_DECIDED = "identity_correction_decided", "更正姓名、身份证号结果"
    CERTIFICATE_REISSUED = "certificate_reissued", "证书换发"
    CERTIFICATE_ISSUED = "certificate_issued", "证书签发"
    CERTIFICATES_EXPIRING = "certificates_expiring", "证书即将到期"
    CERTIFICATE_REVOKED = "certificate_revoked", "证书撤销"
    DECLARATION_APPROVED = "declaration_approved", "申报审核通过"
    DECLARATION_REJECTED = "declaration_rejected", "申报驳回"
    DECLARATION_REVOKED = "declaration_revoked", "申报撤销审核"
    WITHDRAWAL_REQUESTED = "withdrawal_requested", "申请撤回申报待办"
    WITHDRAWAL_ANSWERED = "withdrawal_answered", "申请撤回申报结果"
    REVIEW_ORDERED = "review_ordered", "复核指令待办"
    REVIEW_ANSWERED = "review_answered", "复核指令回复"
    REVIEW_OVERDUE = "review_overdue", "复核指令逾期"
    DECLARATION_DUE = "declaration_due", "申报即将到期"
    DECLARATION_URGED = "declaration_urged", "申报催报"
    GROUP_INVITED = "group_invited", "集团邀请"
    GROUP_CONSENT_ASKED = "group_consent_asked", "集团邀请待办"
    GROUP_ANSWERED = "group_answered", "集团邀请结果"
    GROUP_SETTLED = "group_settled", "区县代为答复集团邀请"
    GROUP_REMOVED = "group_removed", "移出集团"
    ACCOUNT_EXPIRING = "account_expiring", "账号到期提醒"
    ACCOUNT_TO_EXTEND = "account_to_extend", "辖区账号到期"
    APPLICATION_SUBMITTED = "application_submitted", "账号申请待办"
    CASE_SUBMITTED = "case_submitted", "申诉办理待办"
    HOOK_STOPPED = "hook_stopped", "消息推送停用"
    PLATFORM_ALARM = "platform_alarm", "平台运行告警"
    BROADCAST_WAITING = "broadcast_waiting", "群发待复核"
    OFFICE_NOTICE = "office_notice", "机构通知"


# What goes to offices, or to a single account: nothing for the systems of a unit.
OFFICE_KINDS = frozenset(
    {
        MessageKind.RETURN_REQUESTED,
        MessageKind.DETAILS_CHANGED,
        MessageKind.LATE_ENTRY_REQUESTED,
        MessageKind.IDENTITY_CORRECTION_REQUESTED,
        MessageKind.WITHDRAWAL_REQUESTED,
        MessageKind.REVIEW_ORDERED,
        MessageKind.REVIEW_ANSWERED,
        MessageKind.REVIEW_OVERDUE,
        MessageKind.GROUP_CONSENT_ASKED,
        MessageKind.ACCOUNT_EXPIRING,
        MessageKind.ACCOUNT_TO_EXTEND,
        MessageKind.APPLICATION_SUBMITTED,
        MessageKind.CASE_SUBMITTED,
        MessageKind.PLATFORM_ALARM,
        MessageKind.HOOK_STOPPED,
        MessageKind.BROADCAST_WAITING,
    }
)
UNIT_KINDS = tuple(kind for kind in MessageKind if kind not in OFFICE_KINDS)
# Of those, what comes to whoever declares; the others come to training units, and 机构通知 to both.
EMPLOYER_KINDS = frozenset(
    {
        MessageKind.DECLARATION_APPROVED,
        MessageKind.DECLARATION_REJECTED,
        MessageKind.DECLARATION_REVOKED,
        MessageKind.WITHDRAWAL_ANSWERED,
        MessageKind.DECLARATION_DUE,
        MessageKind.DECLARATION_URGED,
        MessageKind.GROUP_INVITED,
        MessageKind.GROUP_ANSWERED,
        MessageKind.GROUP_SETTLED,
        MessageKind.GROUP_REMOVED,
    }
)


class Channel(Labelled):
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"
