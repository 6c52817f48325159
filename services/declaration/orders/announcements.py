"""What the others are told of an order of re-review. The table of its steps is in ``workflow``."""

from datetime import date
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from shared.events.declaration import ReviewAnswered, ReviewOrdered, ReviewOverdue
from shared.identity import Actor
from shared.roles import Level
from shared.workflow.definition import ActionBody

if TYPE_CHECKING:  # the record is made after the table of its workflow
    from services.declaration.orders.models import ReviewOrder


class _Facts(TypedDict):
    """What every event of an order tells."""

    order_id: UUID
    declaration_id: UUID
    employer_name: str
    region_code: str
    level: Level
    organisation_id: UUID
    organisation_name: str
    due_on: date


def _facts(order: "ReviewOrder") -> _Facts:
    return {
        "order_id": order.id,
        "declaration_id": order.declaration_id,
        "employer_name": order.employer_name,
        "region_code": order.region_code,
        "level": order.level,
        "organisation_id": order.organisation_id,
        "organisation_name": order.organisation_name,
        "due_on": order.due_on,
    }


def ordered(order: "ReviewOrder") -> ReviewOrdered:
    return ReviewOrdered(**_facts(order), reason=order.reason)


def answered(order: "ReviewOrder", actor: Actor, body: ActionBody) -> ReviewAnswered:
    return ReviewAnswered(**_facts(order), answered_by=actor.organisation_name, answer=body.reason or "")


def overdue(order: "ReviewOrder") -> ReviewOverdue:
    return ReviewOverdue(**_facts(order))
