"""A text message or e-mail on its way: which status leads where. Most steps are the platform's own; they are taken for many rows at a
time, by guarded updates in the repository that read this table. What failed is sent again, and what nobody knows the end of is decided, by
the officials who oversee it (``oversight``).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.notifications.deliveries.models import Delivery


class DeliveryStatus(Labelled):
    WAITING = "waiting", "待发送", Colour.WAITING
    CLAIMED = "claimed", "发送中", Colour.WAITING
    SENT = "sent", "已发送", Colour.GOOD
    DELIVERED = "delivered", "已送达", Colour.GOOD
    UNCLEAR = "unclear", "结果待查", Colour.WAITING
    FAILED = "failed", "发送失败", Colour.REFUSED
    EXPIRED = "expired", "过期未发", Colour.REFUSED


class DeliveryAction(Labelled):
    CLAIM = "claim", "取出发送"
    CONFIRM = "confirm", "确认送出"
    PUT_BACK = "put_back", "稍后重试"
    GIVE_UP = "give_up", "放弃发送"
    LOSE_TRACK = "lose_track", "查不到结果"
    EXPIRE = "expire", "过期不再发送"
    DELIVER = "deliver", "回执：已送达"
    BOUNCE = "bounce", "回执：未送达"
    SEND_AGAIN = "send_again", "重新发送"
    RULE_SENT = "rule_sent", "认定已送出"


START_AGAIN = "start_again"
# Who sees deliveries at all; which ones, ``oversight`` says.
OVERSEERS = {
    Permission.ADMINISTRATION,
    Permission.TRAINING_OVERSIGHT,
    Permission.DECLARATION_REVIEW,
    Permission.DECLARATION_OVERSIGHT,
    Permission.ACCOUNT_MANAGEMENT,
}


def makes_sense(delivery: "Delivery", _actor: Actor, now: datetime) -> Refusal | None:
    """A message about what is over is sent to nobody (PLAT-11)."""
    if delivery.useless_at is None or delivery.useless_at > now:
        return None
    return Refusal("too_late", "该消息已过时效，不再发送；收件人可在消息中心查看，确需告知的请电话联系")


REPORTED_FROM: set[Labelled] = {
    DeliveryStatus.WAITING,
    DeliveryStatus.CLAIMED,
    DeliveryStatus.SENT,
    DeliveryStatus.UNCLEAR,
}
DELIVERY: "Workflow[Delivery, DeliveryAction]" = Workflow(
    name="delivery",
    label="消息发送",
    statuses=DeliveryStatus,
    initial=DeliveryStatus.WAITING,
    transitions=(
        # From 发送中 too: the worker that held it died, and may or may not have sent it. Its provider is asked first, or knows the id.
        Transition(DeliveryAction.CLAIM, {DeliveryStatus.WAITING, DeliveryStatus.CLAIMED}, DeliveryStatus.CLAIMED),
        Transition(DeliveryAction.CONFIRM, {DeliveryStatus.CLAIMED}, DeliveryStatus.SENT),
        Transition(DeliveryAction.PUT_BACK, {DeliveryStatus.CLAIMED}, DeliveryStatus.WAITING),
        Transition(DeliveryAction.GIVE_UP, {DeliveryStatus.CLAIMED}, DeliveryStatus.FAILED),
        Transition(DeliveryAction.LOSE_TRACK, {DeliveryStatus.CLAIMED}, DeliveryStatus.UNCLEAR),
        Transition(DeliveryAction.EXPIRE, {DeliveryStatus.WAITING}, DeliveryStatus.EXPIRED),
        # A receipt also ends what nobody holds and nobody had an answer for.
        Transition(DeliveryAction.DELIVER, REPORTED_FROM, DeliveryStatus.DELIVERED),
        Transition(DeliveryAction.BOUNCE, REPORTED_FROM, DeliveryStatus.FAILED),
        # Only when a person says so: what was given up was not taken, and of what is unclear nobody else can know.
        Transition(
            DeliveryAction.SEND_AGAIN,
            {DeliveryStatus.FAILED},
            DeliveryStatus.WAITING,
            by=OVERSEERS,
            guard=makes_sense,
            then=START_AGAIN,
        ),
        Transition(
            DeliveryAction.SEND_AGAIN,
            {DeliveryStatus.UNCLEAR},
            DeliveryStatus.WAITING,
            by=OVERSEERS,
            guard=makes_sense,
            needs_reason=True,
            then=START_AGAIN,
        ),
        Transition(
            DeliveryAction.RULE_SENT, {DeliveryStatus.UNCLEAR}, DeliveryStatus.SENT, by=OVERSEERS, needs_reason=True
        ),
    ),
    consequences={
        DeliveryAction.SEND_AGAIN: "按该账号现在登记的号码或邮箱再发一次；结果待查的可能已经送到，重新发送后会收到两次。",
        DeliveryAction.RULE_SENT: "记为已发送，不再发送；理由记入变更记录。",
    },
)
