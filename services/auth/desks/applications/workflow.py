"""An application's way: drafted and submitted by somebody without an account, decided by the city's account managers (AUTH-07)."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from services.auth.access.accounts.desk_models import SUPERIOR
from services.auth.access.accounts.login_names import ChosenLoginName
from services.auth.directory.organisations.workflow import is_above
from shared.events.auth import ApplicationSubmitted
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.auth.desks.applications.models import Application


class ApplicationStatus(Labelled):
    DRAFT = "draft", "草稿", Colour.QUIET
    SUBMITTED = "submitted", "待审核", Colour.WAITING
    RETURNED = "returned", "已退回", Colour.REFUSED
    OPENED = "opened", "已开通", Colour.GOOD
    REFUSED = "refused", "不予开通", Colour.REFUSED

    @meaning
    def is_editable(self) -> bool:
        """The applicant changes the form."""
        return self in {ApplicationStatus.DRAFT, ApplicationStatus.RETURNED}


class ApplicationAction(Labelled):
    SUBMIT = "submit", "提交"
    WITHDRAW = "withdraw", "撤回"
    OPEN = "open", "开通"
    RETURN = "return", "退回"
    REFUSE = "refuse", "不予开通"


class OpenBody(ActionBody):
    """``login_name`` empty means one made from the unit's name."""

    login_name: ChosenLoginName | None = Field(
        default=None,
        description="登录账号（可不填，由系统按单位简称的拼音首字母生成；填写的为 4–20 位小写字母、数字或下划线，字母开头）",
    )


def application_submitted(application: "Application", _actor: Actor, _body: ActionBody) -> ApplicationSubmitted:
    """Tells the account managers who have it: those of the city that 行政区划所属区县 lies in (AUTH-07), or the province's."""
    return submitted_to(application)


def submitted_to(application: "Application") -> ApplicationSubmitted:
    """The same, for whoever has it now."""
    digits = 4 if application.desk_level is Level.CITY else 2
    return ApplicationSubmitted(
        application_id=application.id,
        number=application.number,
        unit_name=application.unit_name,
        region_code=application.region_code[:digits].ljust(6, "0"),
        level=application.desk_level,
    )


def _city(application: "Application", actor: Actor, _now: datetime) -> Refusal | None:
    if actor.level not in {Level.CITY, Level.PROVINCE}:
        return Refusal("not_the_city", "账号申请由所在地市疾控中心的账号管理人员办理")
    # Nobody gives out an account that stands beside or above one's own.
    if not is_above(actor, application.level):
        return Refusal("needs_superior", "本级及以上管理机构的账号由上级机构开通，请等待上级账号管理人员办理")
    return None


# In the history, when another level has it than was told of it.
MOVE = "move"
# By the level of the organisation, whose account managers open its accounts: nobody gives out one that stands beside or above.
OPENED_BY = {level.value: superior.value for level, superior in SUPERIOR.items()}

_S, _A = ApplicationStatus, ApplicationAction
_MANAGERS = {Permission.ACCOUNT_MANAGEMENT}

# SUBMIT and WITHDRAW are the applicant's, who has no account: the service acts for whoever holds the application's key.
APPLICATION: "Workflow[Application, ApplicationAction]" = Workflow(
    name="application",
    label="账号申请",
    statuses=ApplicationStatus,
    initial=_S.DRAFT,
    consequences={
        _A.OPEN: "账号立即开通，设置密码的链接以短信发送给用户本人。",
        _A.RETURN: "退回给申请人修改，您写的理由将以短信告知；修改后可再次提交。",
        _A.REFUSE: "本次申请到此结束，您写的理由将以短信告知申请人。",
    },
    transitions=(
        Transition(_A.SUBMIT, {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, emits=application_submitted),
        Transition(_A.WITHDRAW, {_S.SUBMITTED}, _S.DRAFT),
        Transition(_A.OPEN, {_S.SUBMITTED}, _S.OPENED, by=_MANAGERS, guard=_city, then="open_account", body=OpenBody),
        Transition(
            _A.RETURN, {_S.SUBMITTED}, _S.RETURNED, by=_MANAGERS, guard=_city, needs_reason=True, then="tell_applicant"
        ),
        Transition(
            _A.REFUSE, {_S.SUBMITTED}, _S.REFUSED, by=_MANAGERS, guard=_city, needs_reason=True, then="tell_applicant"
        ),
    ),
    hints={
        (_A.SUBMIT, _S.SUBMITTED): "申请已提交，正在等待市疾控中心审核",
        (_A.WITHDRAW, _S.OPENED): "账号已开通，不能撤回",
        (_A.OPEN, _S.OPENED): "账号已开通，激活短信已发送给申请人",
        (_A.OPEN, _S.RETURNED): "申请已退回申请人修改，重新提交后再办理",
        (_A.OPEN, _S.REFUSED): "申请已办理为不予开通，请申请人重新申请",
        (_A.REFUSE, _S.OPENED): "账号已开通，如需停止使用请在账号中停用",
        (_A.REFUSE, _S.RETURNED): "申请已退回申请人修改，重新提交后再办理",
        (_A.REFUSE, _S.REFUSED): "申请已办理为不予开通",
    },
)


_NOT_EDITABLE = {
    _S.SUBMITTED: "申请正在审核，如需修改请先撤回",
    _S.OPENED: "账号已开通，申请不能再修改",
    _S.REFUSED: "申请未获开通，不能再修改，如需账号请重新申请",
}


def edit_refusal(application: "Application") -> Refusal | None:
    """Why the applicant cannot change the form now; None for a draft and for one that was returned."""
    status = application.status
    if status.is_editable:
        return None
    return Refusal(f"status_is_{status.value}", _NOT_EDITABLE.get(status, f"当前状态为“{status.label}”，不能修改"))
