"""A place in the queue for a full class session (候补, BEY-02): waiting, offered a place for a set time, accepted or passed on. An offer
is made, and lapses, by the platform itself; the unit accepts, declines or leaves the queue.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.clock import is_past
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.classes.waiting.models import WaitingEntry


class WaitingStatus(Labelled):
    WAITING = "waiting", "候补中", Colour.WAITING
    OFFERED = "offered", "待确认", Colour.WAITING
    ACCEPTED = "accepted", "已选班", Colour.GOOD
    DECLINED = "declined", "已放弃", Colour.QUIET
    EXPIRED = "expired", "逾期未确认", Colour.QUIET
    LEFT = "left", "已退出候补", Colour.QUIET
    LAPSED = "lapsed", "候补失效", Colour.QUIET

    @meaning
    def is_open(self) -> bool:
        """Its people queue for that specialty nowhere else."""
        return self in {WaitingStatus.WAITING, WaitingStatus.OFFERED}

    @meaning
    def waits(self) -> bool:
        """A place that comes free is offered to it in its turn."""
        return self is WaitingStatus.WAITING

    @meaning
    def is_offered(self) -> bool:
        """A place is kept until the unit answers."""
        return self is WaitingStatus.OFFERED


class WaitingAction(Labelled):
    OFFER = "offer", "分配名额"
    ACCEPT = "accept", "确认名额"
    DECLINE = "decline", "放弃名额"
    EXPIRE = "expire", "逾期收回"
    LEAVE = "leave", "退出候补"
    LAPSE = "lapse", "候补失效"


def offer_stands(entry: "WaitingEntry", _actor: Actor, now: datetime) -> Refusal | None:
    """An offer is accepted before its time is over, and before selection in the session is (TRN-73), should that have been moved."""
    over = entry.offered_until is not None and entry.offered_until <= now
    if over or is_past(entry.class_session.selection_deadline, now):
        return Refusal("offer_expired", "名额保留时间已过，已转给后面排队的人员；如仍需参加可重新候补")
    return None


_S, _A = WaitingStatus, WaitingAction
_UNIT = {Permission.GROUP_REGISTRATION}

WAITING: "Workflow[WaitingEntry, WaitingAction]" = Workflow(
    name="waiting_entry",
    label="候补",
    statuses=WaitingStatus,
    initial=_S.WAITING,
    consequences={
        _A.ACCEPT: "所列人员进入该班次，名额不再保留给他人。",
        _A.DECLINE: "保留的名额让给后面的单位，所列人员回到待选。",
        _A.LEAVE: "不再候补，排队位置不保留。",
    },
    transitions=(
        Transition(_A.OFFER, {_S.WAITING}, _S.OFFERED),
        Transition(_A.ACCEPT, {_S.OFFERED}, _S.ACCEPTED, by=_UNIT, guard=offer_stands, then="keep_places"),
        Transition(_A.DECLINE, {_S.OFFERED}, _S.DECLINED, by=_UNIT, then="release_places"),
        Transition(_A.EXPIRE, {_S.OFFERED}, _S.EXPIRED, then="release_places"),
        Transition(_A.LEAVE, {_S.WAITING}, _S.LEFT, by=_UNIT),
        Transition(_A.LAPSE, {_S.WAITING, _S.OFFERED}, _S.LAPSED, then="release_places"),
    ),
    hints={
        (_A.ACCEPT, _S.WAITING): "尚未轮到，有名额时会通知贵单位",
        (_A.DECLINE, _S.WAITING): "尚未分配名额；不再需要时请退出候补",
        (_A.LEAVE, _S.OFFERED): "已为贵单位保留名额，请确认或放弃",
    },
)
