"""When a step of a declaration's way may be taken: pure functions of the loaded record, the actor and the time, named in the table of
``workflow``. Every refusal says why and what to do next (PLAT-02).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from services.declaration.declarations.contents import problems_of
from services.declaration.form.versions import changes_since
from shared.clock import beijing_time
from shared.identity import Actor
from shared.roles import Level
from shared.workflow.definition import Refusal

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.declaration.declarations.models import Declaration

SHOWN_PROBLEMS: Final = 3
# BEY-11, FAQ-D19.
UNDO_WITHIN: Final = timedelta(minutes=10)


def is_complete(declaration: "Declaration", _actor: Actor, now: datetime) -> Refusal | None:
    """Everything is filled in and agrees (DECL-04…08, X21), in the form of today."""
    if changes := changes_since(declaration.form_version):
        return Refusal(
            "form_version_changed",
            f"申报表已更新，本申报是按旧版填写的：{_few([each.words for each in changes])}。"
            "请点击“更新到新版申报表”，补充后再提交",
        )
    problems = problems_of(declaration, now)
    if not problems:
        return None
    return Refusal(
        "declaration_incomplete", f"还有{len(problems)}处需要修改：{_few([each.message for each in problems])}"
    )


def _few(words: Sequence[str]) -> str:
    return "；".join(words[:SHOWN_PROBLEMS]) + ("……" if len(words) > SHOWN_PROBLEMS else "")


def not_opened(declaration: "Declaration", _actor: Actor, _now: datetime) -> Refusal | None:
    """DECL-10, FAQ-D8."""
    if declaration.opened_by_reviewer_at is None:
        return None
    opened = beijing_time(declaration.opened_by_reviewer_at)
    return Refusal(
        "opened_by_reviewer",
        f"审核人员已于{opened:%Y-%m-%d %H:%M}打开该申报，不能自行撤回；请点击“申请撤回”，"
        "或联系所在地区县级卫生健康部门，由其审核驳回后修改",
    )


def may_request_withdrawal(declaration: "Declaration", _actor: Actor, _now: datetime) -> Refusal | None:
    """FAQ-D8: what is opened is asked back, once."""
    if declaration.opened_by_reviewer_at is None:
        return Refusal("may_withdraw", "审核人员尚未打开该申报，可直接点击“撤回”")
    if declaration.withdrawal_requested_at is not None:
        asked = beijing_time(declaration.withdrawal_requested_at)
        return Refusal("withdrawal_requested", f"已于{asked:%Y-%m-%d %H:%M}申请撤回，请等待审核人员处理")
    return None


def withdraw_hint(declaration: "Declaration", actor: Actor, now: datetime) -> str:
    """What an employer does that cannot wait for the review of its record."""
    refusal = not_opened(declaration, actor, now)
    return refusal.reason if refusal else "如需修改，请先在该申报中点击“撤回”，或在审核结束后再修改"


def in_charge(declaration: "Declaration", actor: Actor, _now: datetime) -> Refusal | None:
    """The county decides, or the city where a record says so, or the city as long as an order of stand-in lasts; those above ask for it
    and do not decide themselves (DECL-13)."""
    if actor.level is declaration.review_level:
        return None
    if actor.level is Level.CITY and declaration.city_stands_in:
        return None
    where = "市级" if declaration.review_level is Level.CITY else "区县级"
    return Refusal(
        "not_reviewer_in_charge",
        f"该申报由单位所在地{where}卫生健康部门审核；如发现审核有误，请下达复核指令，要求其撤销并驳回",
    )


def may_open(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """One reviewer at a time: who opens it holds it."""
    return in_charge(declaration, actor, now) or _held_by_another(declaration, actor)


def may_decide(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """Who is in charge, unless a colleague holds it."""
    return in_charge(declaration, actor, now) or _held_by_another(declaration, actor)


def _held_by_another(declaration: "Declaration", actor: Actor) -> Refusal | None:
    if declaration.reviewer_id in {None, actor.account_id}:
        return None
    since = declaration.opened_by_reviewer_at
    when = f"于{beijing_time(since):%Y-%m-%d %H:%M}" if since else ""
    return Refusal(
        "held_by_colleague", f"该申报已由{declaration.reviewer_name}{when}打开；如其不在岗，请点击“接手”后办理"
    )


def may_take_over(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """A colleague is away: another takes what he holds."""
    if refusal := in_charge(declaration, actor, now):
        return refusal
    if _held_by_another(declaration, actor) is None:
        return Refusal("held_by_nobody_else", "该申报没有其他审核人员在办理，可直接审核")
    return None


def may_answer_request(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """Only what has been asked for is granted or declined."""
    if refusal := may_decide(declaration, actor, now):
        return refusal
    if declaration.withdrawal_requested_at is None:
        return Refusal("no_withdrawal_requested", "单位没有申请撤回，可直接审核")
    return None


def may_be_revoked(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """DECL-12, and DECL-03: an employer never has two open records, so a newer open one is to be settled first."""
    refusal = in_charge(declaration, actor, now)
    if refusal is None and declaration.employer_has_open:
        return Refusal(
            "open_declaration_exists",
            "该单位已有未审批通过的新申报，撤销后会同时有两条；请先审核新申报，或请单位删除暂存的记录",
        )
    return refusal


def decided_just_now(declaration: "Declaration", actor: Actor, now: datetime) -> Refusal | None:
    """BEY-11, FAQ-D19: a decision is taken back within ten minutes, as long as the employer has not built on it."""
    if refusal := may_be_revoked(declaration, actor, now):
        return refusal
    decided = declaration.reviewed_at
    if decided is None or now - decided > UNDO_WITHIN:
        return Refusal(
            "undo_too_late", "审核结论只能在 10 分钟内撤回；已审核通过的可用“撤销”，已驳回的请等待单位修改后重新提交"
        )
    if declaration.filled_at is not None and declaration.filled_at > decided:
        return Refusal("already_edited", "单位已按驳回意见开始修改，不能撤回审核结论；请等待其重新提交")
    return None
