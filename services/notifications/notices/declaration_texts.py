"""What is said about declarations of hazards, and about those that are due: rows of ``texts``."""

from services.notifications.kinds import MessageKind
from services.notifications.notices.summaries import due_declaration, urged_declaration
from services.notifications.notices.wording import Text, Texts, about, employer, employers
from shared.events import declaration

_DECLARATIONS = (
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
    about(  # BEY-10
        declaration.DeclarationDue,
        Text(
            MessageKind.DECLARATION_DUE,
            "{kind_label}将于 {last_day} 到期",
            "贵单位的职业病危害项目{what}应在 {last_day} 前办理，{left}。请登录平台填写并提交。",
            "/declarations",
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
            "/declarations",
            employer,
            must=True,
            words=urged_declaration,
        ),
    ),
)

DECLARATION_TEXTS: Texts = dict(_DECLARATIONS)
