"""What is said about declarations of hazards, and about those that are due: rows of ``texts``."""

from collections.abc import Mapping

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.summaries import due_declaration, urged_declaration
from services.notifications.notices.wording import (
    Text,
    Texts,
    about,
    declaration_desk,
    employer,
    employers,
    superior,
)
from shared.addresses import pattern
from shared.events import declaration


def _outcome(event: declaration.WithdrawalAnswered) -> Mapping[str, str]:
    if event.granted:
        return {"outcome": "已同意", "next": "申报表已回到暂存，请修改后重新提交。"}
    return {"outcome": "未同意", "next": f"理由：{event.answer}。审核继续进行，请等待结果。"}


_DECLARATIONS = (
    about(
        declaration.DeclarationApproved,
        Text(
            MessageKind.DECLARATION_APPROVED,
            "申报审核通过",
            "{employer_name}的职业病危害项目申报已审核通过，可下载申报回执。",
            pattern("declaration"),
            employer,
        ),
    ),
    about(
        declaration.DeclarationRejected,
        Text(
            MessageKind.DECLARATION_REJECTED,
            "申报驳回",
            "{employer_name}的职业病危害项目申报被驳回，原因：{reason}。请修改后重新提交。",
            pattern("declaration"),
            employer,
        ),
    ),
    about(
        declaration.DeclarationRevoked,
        Text(
            MessageKind.DECLARATION_REVOKED,
            "申报撤销审核",
            "{employer_name}已通过的职业病危害项目申报被撤销审核，原因：{reason}。",
            pattern("declaration"),
            employer,
        ),
    ),
    about(  # FAQ-D8
        declaration.WithdrawalRequested,
        Text(
            MessageKind.WITHDRAWAL_REQUESTED,
            "申请撤回申报：{employer_name}",
            "{employer_name}申请撤回已打开审核的申报，理由：{reason}。请同意或不同意。",
            pattern("declaration-review"),
            declaration_desk,
            channels=(),
        ),
    ),
    about(
        declaration.WithdrawalAnswered,
        Text(
            MessageKind.WITHDRAWAL_ANSWERED,
            "申请撤回申报{outcome}",
            "{employer_name}申请撤回职业病危害项目申报，审核部门{outcome}。{next}",
            pattern("declaration"),
            employer,
            words=_outcome,
        ),
    ),
    about(  # FAQ-D22
        declaration.ReviewOrdered,
        Text(
            MessageKind.REVIEW_ORDERED,
            "复核指令：{employer_name}",
            "{organisation_name}要求复核{employer_name}的申报审核，理由：{reason}。请于 {due_on} 前回复。",
            pattern("review_orders", declaration_id="declaration_id"),
            declaration_desk,
            channels=(Channel.SMS,),
        ),
    ),
    about(
        declaration.ReviewAnswered,
        Text(
            MessageKind.REVIEW_ANSWERED,
            "复核指令已回复：{employer_name}",
            "{answered_by}回复了对{employer_name}申报的复核指令：{answer}",
            pattern("review_orders", declaration_id="declaration_id"),
            superior,
            channels=(),
        ),
    ),
    about(
        declaration.ReviewOverdue,
        Text(
            MessageKind.REVIEW_OVERDUE,
            "复核指令逾期未回复：{employer_name}",
            "对{employer_name}申报的复核指令应于 {due_on} 前回复，至今没有回复。请与负责审核的部门联系。",
            pattern("review_orders", declaration_id="declaration_id"),
            superior,
            channels=(),
        ),
    ),
    about(  # BEY-10
        declaration.DeclarationDue,
        Text(
            MessageKind.DECLARATION_DUE,
            "{kind_label}将于 {last_day} 到期",
            "贵单位的职业病危害项目{what}应在 {last_day} 前办理，{left}。请登录平台填写并提交。",
            pattern("declarations"),
            employers,
            words=due_declaration,
        ),
    ),
    about(  # BEY-10
        declaration.DeclarationUrged,
        Text(
            MessageKind.DECLARATION_URGED,
            "催报：{kind_label}",
            "{urged_by}提醒：{employer_name}的职业病危害项目{kind_label}{late}。{reason}。请尽快登录平台填写并提交。",
            pattern("declarations"),
            employer,
            must=True,
            words=urged_declaration,
        ),
    ),
)

DECLARATION_TEXTS: Texts = dict(_DECLARATIONS)
