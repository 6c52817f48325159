"""A person's move from one unit to another (人员调动, BEY-14): proposed by either unit, done when the other agrees."""

from datetime import datetime
from typing import TYPE_CHECKING

from shared.events.training_people import TransferDecided
from shared.identity import Actor
from shared.roles import Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import ActionBody, Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table's guards know its record, which is made after the table
    from services.training.desk.transfers.models import Transfer


class TransferStatus(Labelled):
    PROPOSED = "proposed", "待确认", Colour.WAITING
    ACCEPTED = "accepted", "已调动", Colour.GOOD
    REFUSED = "refused", "未同意", Colour.REFUSED
    WITHDRAWN = "withdrawn", "已撤回", Colour.QUIET

    @meaning
    def awaits_answer(self) -> bool:
        return self is TransferStatus.PROPOSED

    @meaning
    def has_moved(self) -> bool:
        """The person and what came along are the new unit's."""
        return self is TransferStatus.ACCEPTED


class Direction(Labelled):
    """As the unit that writes, or reads, sees it."""

    IN = "in", "调入"
    OUT = "out", "调出"


class TransferAction(Labelled):
    ACCEPT = "accept", "同意调动"
    REFUSE = "refuse", "不同意"
    WITHDRAW = "withdraw", "撤回"


def is_other_side(transfer: "Transfer", actor: Actor, _now: datetime) -> Refusal | None:
    """Consent is the other unit's to give."""
    if actor.organisation_id == transfer.proposed_by:
        return Refusal("own_proposal", "本单位发起的调动，须由对方单位确认")
    return None


def is_own_side(transfer: "Transfer", actor: Actor, _now: datetime) -> Refusal | None:
    """Only who proposed takes it back."""
    if actor.organisation_id != transfer.proposed_by:
        return Refusal("not_own_proposal", "调动由对方单位发起，可选择同意或不同意")
    return None


def transfer_decided(transfer: "Transfer", _actor: Actor, body: ActionBody) -> TransferDecided:
    return TransferDecided(
        transfer_id=transfer.id,
        person_name=transfer.person_name,
        from_unit_id=transfer.from_unit_id,
        to_unit_id=transfer.to_unit_id,
        proposed_by=transfer.proposed_by,
        outcome=transfer.status.label,
        reason=body.reason or "",
    )


_S, _A = TransferStatus, TransferAction
# What each step does for the unit that lets go; and, where it is another thing there, for the one that takes in.
_LETS_GO = {
    _A.ACCEPT: "该人员转出本单位，其证书与培训记录由调入单位一并看到；尚未提交的报名会被删除。",
    _A.REFUSE: "该人员仍在本单位，您写的理由将告知对方。",
    _A.WITHDRAW: "不再调出该人员，对方不必再处理。",
}
_TAKES_IN = {
    _A.ACCEPT: "该人员转入本单位，其资料、证书、附件和未完成的报名一并转入；其原单位的档案变为离职。",
    _A.REFUSE: "该人员仍在其现单位，您写的理由将告知对方。",
    _A.WITHDRAW: "不再申请调入，对方不必再处理。",
}


def consequence_of(action: str, *, leaves: bool) -> str:
    """What the step does, for the unit that the person ``leaves``, or that takes him in (PLAT-02)."""
    return {each.value: words for each, words in (_LETS_GO if leaves else _TAKES_IN).items()}[action]


_UNIT = {Permission.INSTITUTION_FILING}

TRANSFER: "Workflow[Transfer, TransferAction]" = Workflow(
    name="transfer",
    label="人员调动",
    statuses=TransferStatus,
    initial=_S.PROPOSED,
    consequences=_LETS_GO,
    transitions=(
        Transition(
            _A.ACCEPT,
            {_S.PROPOSED},
            _S.ACCEPTED,
            by=_UNIT,
            guard=is_other_side,
            then="move_person",
            emits=transfer_decided,
        ),
        Transition(
            _A.REFUSE,
            {_S.PROPOSED},
            _S.REFUSED,
            by=_UNIT,
            guard=is_other_side,
            needs_reason=True,
            emits=transfer_decided,
        ),
        Transition(_A.WITHDRAW, {_S.PROPOSED}, _S.WITHDRAWN, by=_UNIT, guard=is_own_side),
    ),
    hints={
        (action, status): f"调动{words}，不能再更改；如有需要请重新发起调动"
        for action in _A
        for status, words in ((_S.ACCEPTED, "已完成"), (_S.REFUSED, "未获同意"), (_S.WITHDRAWN, "已撤回"))
    },
)
