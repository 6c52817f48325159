"""What somebody may press on a record, each with why not (PLAT-02): from its transition table, and beside it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.identity import Actor
from shared.workflow.asked import ActionField, fields_of
from shared.workflow.definition import A, R, Refusal, Workflow, refusal_of


class AllowedAction(BaseModel):
    """One button: usable when ``allowed``, else with the reason and its code (PLAT-02). With ``href`` it is done by a POST there of what
    ``fields`` ask for, and of the reason where it ``needs_reason``; without, by a page of its own. ``consequence`` says what happens."""

    action: str
    label: str
    allowed: bool
    reason: str | None
    code: str | None
    needs_reason: bool
    href: str | None = None
    fields: list[ActionField] = []
    consequence: str | None = None


def button(
    action: str,
    label: str,
    refusal: Refusal | None = None,
    *,
    needs_reason: bool = False,
    consequence: str | None = None,
) -> AllowedAction:
    """One button, with why not. For those beside a workflow's own, which ``allowed_actions`` gives."""
    return AllowedAction(
        action=action,
        label=label,
        **_answer(refusal),
        needs_reason=needs_reason,
        consequence=consequence,
    )


def _answer(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"allowed": True, "reason": None, "code": None}
    return {"allowed": False, "reason": refusal.reason, "code": refusal.code}


def allowed_actions(
    workflow: Workflow[R, A], record: R, actor: Actor, now: datetime, *, known_as: UUID | None = None
) -> list[AllowedAction]:
    """What this actor's permissions could do on such a record, each with its answer for now. An action that the status does not allow is
    shown where somebody may look for it, which is where the table has words for that; elsewhere it would make no sense. ``known_as``
    stands for the record in its addresses where that is not its own id."""
    shown = []
    for action in workflow.actions():
        if not actor.may(*workflow.permissions_for(action)):
            continue
        row = workflow.transition(action, record.status)
        if row is None and (action, record.status) not in workflow.hints:
            continue
        refusal = refusal_of(workflow, record, action, actor, now)
        address = workflow.addresses.get(action.value)
        suggest = workflow.suggestions.get(action)
        shown.append(
            AllowedAction(
                action=action.value,
                label=action.label,
                **_answer(refusal),
                needs_reason=bool(row and row.needs_reason),
                href=address and address.format(record_id=known_as or record.id),
                fields=fields_of(workflow.body_of(action), suggest(record, now) if suggest else {}),
                consequence=workflow.consequences.get(action),
            )
        )
    return shown
