"""What is said about declarations: rows of ``texts``."""

from collections.abc import Mapping

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.wording import Text, Texts, about, declaration_desk, employer, superior
from shared.events import declaration


def _outcome(event: declaration.WithdrawalAnswered) -> Mapping[str, str]:
    if event.granted:
        return {"outcome": "已同意", "next": "申报表已回到暂存，请修改后重新提交。"}
    return {"outcome": "未同意", "next": f"理由：{event.answer}。审核继续进行，请等待结果。"}


_DECLARATION = (
    about(
        declaration.DeclarationApproved,
        Text(
            MessageKind.DECLARATION_APPROVED,
            "申报审核通过",
            "{employer_name}的职业病危害项目申报已审核通过，可下载申报回执。",
            "/declarations/{declaration_id}",
            employer,
        ),
    ),
    about(
        declaration.DeclarationRejected,
        Text(
            MessageKind.DECLARATION_REJECTED,
            "申报驳回",
            "{employer_name}的职业病危害项目申报被驳回，原因：{reason}。请修改后重新提交。",
            "/declarations/{declaration_id}",
            employer,
        ),
    ),
    about(
        declaration.DeclarationRevoked,
        Text(
            MessageKind.DECLARATION_REVOKED,
            "申报撤销审核",
            "{employer_name}已通过的职业病危害项目申报被撤销审核，原因：{reason}。",
            "/declarations/{declaration_id}",
            employer,
        ),
    ),
    about(  # FAQ-D8
        declaration.WithdrawalRequested,
        Text(
            MessageKind.WITHDRAWAL_REQUESTED,
            "申请撤回申报：{employer_name}",
            "{employer_name}申请撤回已打开审核的申报，理由：{reason}。请同意或不同意。",
            "/declaration-reviews/{declaration_id}",
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
            "/declarations/{declaration_id}",
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
            "/review-orders?declaration_id={declaration_id}",
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
            "/review-orders?declaration_id={declaration_id}",
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
            "/review-orders?declaration_id={declaration_id}",
            superior,
            channels=(),
        ),
    ),
)
DECLARATION_TEXTS: Texts = dict(_DECLARATION)
