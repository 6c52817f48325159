"""An order's way: ordered, answered by the office in charge, or taken back by who gave it."""

from datetime import datetime
from typing import TYPE_CHECKING

from services.declaration.orders.announcements import answered
from shared.identity import Actor
from shared.roles import Level, Permission
from shared.workflow.colours import Colour
from shared.workflow.definition import Labelled, Refusal, Transition, Workflow
from shared.workflow.meaning import meaning

if TYPE_CHECKING:  # a table is typed by its record, which is made after it
    from services.declaration.orders.models import ReviewOrder


class OrderStatus(Labelled):
    ORDERED = "ordered", "待回复", Colour.WAITING
    ANSWERED = "answered", "已回复", Colour.GOOD
    WITHDRAWN = "withdrawn", "已撤回", Colour.QUIET

    @meaning
    def is_open(self) -> bool:
        """The office in charge has to answer."""
        return self is OrderStatus.ORDERED


class OrderAction(Labelled):
    ANSWER = "answer", "回复"
    WITHDRAW = "withdraw", "撤回指令"


def in_charge(order: "ReviewOrder", actor: Actor, _now: datetime) -> Refusal | None:
    """The office answers that reviews the declaration (FAQ-D22)."""
    if actor.level is order.level:
        return None
    where = "市级" if order.level is Level.CITY else "区县级"
    return Refusal("not_reviewer_in_charge", f"复核指令由负责审核的{where}卫生健康部门回复，请等待其回复")


def own_order(order: "ReviewOrder", actor: Actor, _now: datetime) -> Refusal | None:
    if order.organisation_id == actor.organisation_id:
        return None
    return Refusal("order_of_another", f"复核指令由{order.organisation_name}下达，只能由其撤回")


_S, _A = OrderStatus, OrderAction
ORDER: "Workflow[ReviewOrder, OrderAction]" = Workflow(
    name="review_order",
    label="复核指令",
    statuses=OrderStatus,
    initial=_S.ORDERED,
    consequences={
        _A.ANSWER: "您的复核结果将告知下达指令的部门；需要改变结论的，请先撤销审核再驳回。",
        _A.WITHDRAW: "负责审核的部门不再需要回复。",
    },
    transitions=(
        Transition(
            _A.ANSWER,
            {_S.ORDERED},
            _S.ANSWERED,
            by={Permission.DECLARATION_REVIEW},
            guard=in_charge,
            needs_reason=True,
            then="keep_answer",
            emits=answered,
        ),
        Transition(_A.WITHDRAW, {_S.ORDERED}, _S.WITHDRAWN, by={Permission.DECLARATION_OVERSIGHT}, guard=own_order),
    ),
    hints={
        (_A.ANSWER, _S.ANSWERED): "已经回复，无需再次回复",
        (_A.ANSWER, _S.WITHDRAWN): "下达指令的部门已撤回，无需回复",
        (_A.WITHDRAW, _S.ANSWERED): "已经回复，不能撤回；如仍有疑问请另行下达",
        (_A.WITHDRAW, _S.WITHDRAWN): "指令已经撤回，无需再次撤回",
    },
)
