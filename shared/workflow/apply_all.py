"""The bulk form of the one door: many records of one table along the same action, in the caller's transaction, with a fixed number of
statements however many there are. The rules are those of ``apply``; only what becomes of a refused record differs.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import set_committed_value

from shared.clock import now_utc
from shared.db.versions import note_committed
from shared.errors import FieldError, InvalidInput
from shared.identity import Actor
from shared.workflow.apply import check_permission, note_change
from shared.workflow.definition import A, ActionBody, Labelled, R, Transition, Workflow, refusal_of


async def apply_all(
    session: AsyncSession,
    workflow: Workflow[R, A],
    records: Sequence[R],
    action: A,
    *,
    actor: Actor,
    body: ActionBody | None = None,
    now: datetime | None = None,
    held: bool = False,
) -> list[R]:
    """Moves those of ``records`` whose status and guard allow it, and gives them; the others stay as they are and are not an error.

    The records are locked in the order of their ids and read anew, unless they are ``held``: just read under a lock by the caller.
    Guards are asked for each record. An effect runs once for all where the owning domain has bound one with ``effect_of_many``, else
    for each record. Some hundred records are a good batch: they stay locked until the transaction ends. Raises ``Forbidden`` and
    ``InvalidInput`` (a reason is needed) as ``apply`` does.
    """
    check_permission(workflow, action, actor)
    if not held:
        await _lock(session, records)
    now, moved = now or now_utc(), []
    willing = [record for record in records if refusal_of(workflow, record, action, actor, now) is None]
    for status, same in groupby(sorted(willing, key=lambda record: str(record.status)), key=lambda r: r.status):
        row = workflow.transition(action, status)
        assert row is not None
        brought = row.brought(body)
        if row.needs_reason and not (brought.reason or "").strip():
            raise InvalidInput(errors=[FieldError("reason", "missing", f"{action.label}须填写理由")])
        moved += await _change(session, workflow, list(same), row, actor, brought)
    return moved


async def _lock(session: AsyncSession, records: Sequence[R]) -> None:
    if not records:
        return
    await session.flush()
    model = type(records[0])
    key = inspect(model).primary_key[0]
    held = select(model).where(key.in_([record.id for record in records])).order_by(key).with_for_update(of=model)
    await session.execute(held.execution_options(populate_existing=True))


async def _change(
    session: AsyncSession,
    workflow: Workflow[R, A],
    records: list[R],
    row: Transition[R, A],
    actor: Actor,
    body: ActionBody,
) -> list[R]:
    before = records[0].status
    moved = await _move(session, records, row.target)
    if row.then:
        many = workflow.effects_of_many.get(row.then)
        if many:
            await many(session, moved, actor, body)
        else:
            for record in moved:
                await workflow.effects[row.then](session, record, actor, body)
    for record in moved:
        note_change(session, workflow, record, row, before=before, actor=actor, body=body)
    await session.flush()
    return moved


async def _move(session: AsyncSession, records: list[R], target: Labelled) -> list[R]:
    """One statement for all; what the database has changed is then known in memory too."""
    mapper: Mapper[Any] = inspect(type(records[0]))
    stored = mapper.local_table.columns
    key, status, version = mapper.primary_key[0], stored["status"], mapper.version_id_col
    values = {status.key: target, **({version.key: version + 1} if version is not None else {})}
    told = [column for column in stored if column.key in values or column.onupdate is not None]
    by_id = {record.id: record for record in records}
    for record in records:
        note_committed(session.sync_session, record)
    rows = await session.execute(
        update(type(records[0]))
        .where(key.in_(by_id), status == records[0].status)
        .values(values)
        .returning(key, *told)
        .execution_options(synchronize_session=False)
    )
    moved = []
    for identity, *news in rows:
        record = by_id[identity]
        for column, value in zip(told, news, strict=True):
            set_committed_value(record, mapper.get_property_by_column(column).key, value)
        moved.append(record)
    return sorted(moved, key=lambda record: record.id)
