"""The one door through which a status changes: lock, permission, guard, change, effect, history, event, all in the caller's transaction."""

from datetime import datetime

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_attribute
from sqlalchemy.orm.exc import StaleDataError

from shared.clock import now_utc
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.events.log import record as record_event
from shared.identity import Actor
from shared.workflow.definition import (
    A,
    ActionBody,
    AnyWorkflow,
    Labelled,
    R,
    Record,
    Refusal,
    Transition,
    Workflow,
    refusal_of,
)


class ActionRefused(Conflict):
    """The state does not allow the action; ``code`` and the reason are those of ``allowed_actions``."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.code = refusal.code  # type: ignore[misc]  # one class for every reason, told apart by its code


async def apply(
    session: AsyncSession,
    workflow: Workflow[R, A],
    record: R,
    action: A,
    *,
    actor: Actor,
    body: ActionBody | None = None,
    now: datetime | None = None,
    held: bool = False,
) -> None:
    """Moves ``record`` along the table. The record has been loaded by its repository, which has made sure that the actor may see it; it is
    locked and read anew, unless it is ``held``: just read under a lock by the caller.

    Raises ``Forbidden`` (not your right), ``ActionRefused`` (409, with the reason) and ``InvalidInput`` (a reason is needed).
    """
    if not held:
        await _lock(session, record)
    check_permission(workflow, action, actor)
    refusal = refusal_of(workflow, record, action, actor, now or now_utc())
    if refusal:
        raise ActionRefused(refusal)
    row = workflow.transition(action, record.status)
    assert row is not None
    body = row.brought(body)
    if row.needs_reason and not (body.reason or "").strip():
        raise InvalidInput(errors=[FieldError("reason", "missing", f"{action.label}须填写理由")])
    await _change(session, workflow, record, row, actor, body)


def check_permission(workflow: AnyWorkflow, action: Labelled, actor: Actor) -> None:
    """Raises ``Forbidden`` when the table does not name this actor for the action."""
    permissions = workflow.permissions_for(action)
    if not permissions:
        if not actor.is_system:
            raise Forbidden
    elif not actor.may(*permissions):
        raise Forbidden


async def _lock(session: AsyncSession, record: Record) -> None:
    await session.flush()
    columns = [attribute.key for attribute in inspect(type(record)).column_attrs]
    await session.refresh(record, columns, with_for_update={"of": type(record)})


async def _change(
    session: AsyncSession, workflow: Workflow[R, A], record: R, row: Transition[R, A], actor: Actor, body: ActionBody
) -> None:
    before = record.status
    set_attribute(record, "status", row.target)
    try:
        await session.flush()
    except StaleDataError as error:
        raise ActionRefused(workflow.status_refusal(row.action, before)) from error
    if row.then:
        await workflow.effects[row.then](session, record, actor, body)
    note_change(session, workflow, record, row, before=before, actor=actor, body=body)
    await session.flush()


def note_change(
    session: AsyncSession,
    workflow: Workflow[R, A],
    record: R,
    row: Transition[R, A],
    *,
    before: Labelled,
    actor: Actor,
    body: ActionBody,
) -> None:
    """The history row and the event of a change that has been made."""
    workflow.note(
        session,
        record.id,
        row.action.value,
        actor=actor,
        before={"status": before.value},
        after={"status": record.status.value, **body.model_dump(mode="json", exclude={"reason"}, exclude_none=True)},
        reason=body.reason,
    )
    if row.emits:
        record_event(session, row.emits(record, actor, body))
