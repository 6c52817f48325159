"""群发: an office's own notice to units, from draft to sent; above a number of recipients another account of the office says yes first."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from services.notifications.settings import notification_settings
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow

if TYPE_CHECKING:  # a table is typed by its record, which is made after it
    from services.notifications.broadcasts.models import Broadcast


class BroadcastStatus(Labelled):
    DRAFT = "draft", "草稿", Colour.QUIET
    WAITING = "waiting", "待复核", Colour.WAITING
    SENT = "sent", "已发出", Colour.GOOD
    RECALLED = "recalled", "已撤回", Colour.QUIET


class BroadcastAction(Labelled):
    SEND = "send", "发送"
    SUBMIT = "submit", "提交复核"
    APPROVE = "approve", "同意发送"
    DECLINE = "decline", "退回修改"
    RECALL = "recall", "撤回"


class Recipients(Labelled):
    TRAINING = "training", "全部培训单位"
    REGISTERING = "registering", "可集体报名的培训单位"
    EMPLOYERS = "employers", "用人单位"


class Field(NamedTuple):
    """Units that have one of ``permissions`` are told by offices that have one of ``offices``."""

    permissions: frozenset[Permission]
    offices: frozenset[Permission]


_P = Permission
_TRAINING = frozenset({_P.TRAINING_OVERSIGHT})
FIELDS: Mapping[Recipients, Field] = {
    Recipients.TRAINING: Field(frozenset({_P.GROUP_REGISTRATION, _P.INSTITUTION_FILING}), _TRAINING),
    Recipients.REGISTERING: Field(frozenset({_P.GROUP_REGISTRATION}), _TRAINING),
    Recipients.EMPLOYERS: Field(
        frozenset({_P.HAZARD_DECLARATION}), frozenset({_P.DECLARATION_REVIEW, _P.DECLARATION_OVERSIGHT})
    ),
}
HAND_OUT, APPROVE_AND_HAND_OUT, CALL_BACK = "hand_out", "approve_and_hand_out", "call_back"
TELL_COLLEAGUES = "tell_colleagues"


def by_author(broadcast: "Broadcast", actor: Actor, _now: datetime) -> Refusal | None:
    if actor.account_id == broadcast.author_id:
        return None
    return Refusal("not_author", f"由起草人{broadcast.author_name}办理")


def sized(broadcast: "Broadcast", _actor: Actor, _now: datetime) -> Refusal | None:
    """Somebody gets it, and not more than may (a cap)."""
    most = notification_settings().mass_notice_most
    if broadcast.recipients == 0:
        return Refusal("no_recipients", "没有符合条件的收件账号，请修改收件范围")
    if broadcast.recipients > most:
        return Refusal(
            "too_many_recipients",
            f"收件账号 {broadcast.recipients} 个，超过每次最多的 {most} 个，请缩小收件范围或分几次发送",
        )
    return None


def may_send(broadcast: "Broadcast", actor: Actor, now: datetime) -> Refusal | None:
    """Its author alone, where few are told."""
    return by_author(broadcast, actor, now) or sized(broadcast, actor, now) or seen_by_two(broadcast, actor, now)


def seen_by_two(broadcast: "Broadcast", _actor: Actor, _now: datetime) -> Refusal | None:
    """Many are told only what another account of the office has looked at."""
    alone = notification_settings().mass_notice_alone
    if broadcast.recipients <= alone or broadcast.approved_by_name:
        return None
    words = f"收件账号 {broadcast.recipients} 个，超过 {alone} 个的须由本机构的另一个账号复核，请提交复核"
    return Refusal("needs_second_pair_of_eyes", words)


def may_submit(broadcast: "Broadcast", actor: Actor, now: datetime) -> Refusal | None:
    return by_author(broadcast, actor, now) or sized(broadcast, actor, now)


def by_another(broadcast: "Broadcast", actor: Actor, _now: datetime) -> Refusal | None:
    """The second pair of eyes is never the author's."""
    if actor.account_id != broadcast.author_id:
        return None
    return Refusal("own_notice", "不能复核自己起草的通知，请本机构的另一个账号复核")


def may_approve(broadcast: "Broadcast", actor: Actor, now: datetime) -> Refusal | None:
    return by_another(broadcast, actor, now) or sized(broadcast, actor, now)


_S, _A = BroadcastStatus, BroadcastAction
_BY = {Permission.MASS_NOTICE}
BROADCAST: "Workflow[Broadcast, BroadcastAction]" = Workflow(
    name="broadcast",
    label="群发通知",
    statuses=BroadcastStatus,
    initial=_S.DRAFT,
    consequences={
        _A.SEND: "立即发给列出的收件账号；夜间的短信留到早上。",
        _A.SUBMIT: "由本机构的另一个账号核对内容和收件名单后发送。",
        _A.APPROVE: "立即发给列出的收件账号；夜间的短信留到早上。",
        _A.DECLINE: "退回起草人修改，理由会显示给起草人。",
        _A.RECALL: "还没有发出的不再发出；已发出的短信和邮件收不回来，消息中心里的标明已撤回。",
    },
    transitions=(
        Transition(_A.SEND, {_S.DRAFT}, _S.SENT, by=_BY, guard=may_send, then=HAND_OUT),
        Transition(_A.SUBMIT, {_S.DRAFT}, _S.WAITING, by=_BY, guard=may_submit, then=TELL_COLLEAGUES),
        Transition(_A.APPROVE, {_S.WAITING}, _S.SENT, by=_BY, guard=may_approve, then=APPROVE_AND_HAND_OUT),
        Transition(_A.DECLINE, {_S.WAITING}, _S.DRAFT, by=_BY, guard=by_another, needs_reason=True),
        Transition(_A.RECALL, {_S.WAITING, _S.SENT}, _S.RECALLED, by=_BY, needs_reason=True, then=CALL_BACK),
    ),
)
