"""What is said about declarations of hazards, and about those that are due: rows of ``texts``."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.notifications.kinds import Channel, MessageKind
from services.notifications.notices.summaries import due_declaration, urged_declaration
from services.notifications.notices.wording import (
    Text,
    Texts,
    about,
    declaration_desk,
    employer,
    employers,
    head,
    no_words,
    superior,
)
from shared.addresses import pattern
from shared.events import declaration

E = TypeVar("E", bound=declaration.GroupEvent)


def _outcome(event: declaration.WithdrawalAnswered) -> Mapping[str, str]:
    if event.granted:
        return {"outcome": "已同意", "next": "申报表已回到暂存，请修改后重新提交。"}
    return {"outcome": "未同意", "next": f"理由：{event.answer}。审核继续进行，请等待结果。"}


def _settled(event: declaration.GroupSettled) -> Mapping[str, str]:
    """To the branch: for whom somebody else has answered."""
    if event.joined:
        return {"outcome": "已代为同意", "next": "总部可以查看、填写并提交贵单位的申报；贵单位可随时退出。"}
    return {"outcome": "不同意", "next": f"理由：{event.reason}。总部可以再次邀请，由贵单位自己答复。"}


def _settled_for_head(event: declaration.GroupSettled) -> Mapping[str, str]:
    """As if the branch had answered."""
    if event.joined:
        return {"outcome": f"已加入（{event.settled_by}代为同意）"}
    return {"outcome": f"{event.settled_by}不同意，理由：{event.reason}"}


def _answered(words: Callable[[E], Mapping[str, str]]) -> Text[E]:
    return Text(
        MessageKind.GROUP_ANSWERED,
        "集团邀请结果：{employer_name}",
        "{employer_name}对集团“{group_name}”的邀请：{outcome}。",
        pattern("declaration_group"),
        head,
        channels=(Channel.EMAIL,),
        words=words,
    )


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
    about(  # BEY-17
        declaration.GroupInvited,
        Text(
            MessageKind.GROUP_INVITED,
            "集团邀请：{group_name}",
            "{head_name}邀请贵单位加入集团“{group_name}”，由其一起填写申报。请登录平台查看总部能看到和办理什么，再决定同意或谢绝。",
            pattern("group_memberships"),
            employer,
        ),
    ),
    about(
        declaration.GroupConsentAsked,
        Text(
            MessageKind.GROUP_CONSENT_ASKED,
            "集团邀请待办：{employer_name}",
            "{head_name}邀请{employer_name}加入集团“{group_name}”，请所在区县代为同意。请办理：代为同意，或不同意并写明理由。",
            pattern("group_memberships"),
            declaration_desk,
            channels=(),
        ),
    ),
    about(
        declaration.GroupAnswered,
        _answered(no_words),
    ),
    about(
        declaration.GroupSettled,
        Text(
            MessageKind.GROUP_SETTLED,
            "集团邀请：区县{outcome}",
            "{settled_by}对{head_name}邀请贵单位加入集团“{group_name}”{outcome}。{next}",
            pattern("group_memberships"),
            employer,
            words=_settled,
        ),
        _answered(_settled_for_head),
    ),
    about(
        declaration.GroupRemoved,
        Text(
            MessageKind.GROUP_REMOVED,
            "移出集团：{group_name}",
            "{head_name}已将贵单位移出集团“{group_name}”，或收回了邀请，总部不能查看和填写贵单位的申报。请自行办理申报。",
            pattern("declarations"),
            employer,
            channels=(Channel.EMAIL,),
        ),
    ),
)

DECLARATION_TEXTS: Texts = dict(_DECLARATIONS)
