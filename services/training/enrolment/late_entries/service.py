"""A unit asks to register after the deadline, the reviewer grants it until a day or refuses (FAQ-M8). What a grant opens is the business
of ``registrations``, which binds the effect of the transition.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.late_entries import repository
from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.rules import request_refusal, window_problem
from services.training.enrolment.late_entries.schemas import LateEntryCreate, LateEntryRead, late_entry_read
from services.training.enrolment.late_entries.workflow import LATE_ENTRY, GrantBody, LateEntryAction, LateEntryStatus
from services.training.people.institutions.repository import lock as lock_unit
from services.training.people.institutions.service import hold_own_unit
from services.training.plans.repository import require_plan
from shared.clock import now_utc
from shared.db.paging import Page, PageRequest
from shared.errors import InvalidInput
from shared.events.log import record as record_event
from shared.events.training import LateEntryRequested
from shared.identity import SYSTEM, Actor
from shared.web.lists import page_of
from shared.workflow.apply import ActionRefused, apply
from shared.workflow.buttons import AllowedAction, allowed_actions
from shared.workflow.definition import ActionBody, Refusal, refusal_of

SUPERSEDED = Refusal("late_entry_superseded", "该单位已重新申请补报，请处理新的申请")


async def request_late_entry(session: AsyncSession, *, actor: Actor, body: LateEntryCreate) -> LateEntryRead:
    """The unit asks, once at a time; after a granted window is over, again. Raises ``ActionRefused`` before the deadline, and while a
    request waits or its window lasts."""
    plan = await require_plan(session, actor, body.plan_id)
    await hold_own_unit(session, actor)
    before, now = (await repository.newest_of(session, actor.organisation_id, [plan.id])).get(plan.id), now_utc()
    if refusal := request_refusal(plan, before, now):
        raise ActionRefused(refusal)
    if before and before.status is LateEntryStatus.GRANTED:
        await apply(session, LATE_ENTRY, before, LateEntryAction.LAPSE, actor=SYSTEM, now=now)
    entry = LateEntry(
        plan_id=plan.id,
        unit_id=actor.organisation_id,
        unit_name=actor.organisation_name,
        region_code=actor.region_code,
        reason=body.reason,
    )
    session.add(entry)
    await session.flush()
    after = {"plan_id": str(plan.id), "reason": body.reason}
    LATE_ENTRY.note(session, entry.id, "create", actor=actor, after=after)
    record_event(
        session,
        LateEntryRequested(
            late_entry_id=entry.id,
            plan_id=plan.id,
            plan_name=plan.name,
            unit_id=entry.unit_id,
            unit_name=entry.unit_name,
            region_code=entry.region_code,
            reason=entry.reason,
        ),
    )
    await session.flush()
    return await _shown(session, actor, entry.id)


async def act_on_late_entry(
    session: AsyncSession, actor: Actor, late_entry_id: UUID, action: LateEntryAction, body: ActionBody
) -> LateEntryRead:
    """同意补报, 不同意, 撤回申请. Raises ``ActionRefused`` and ``InvalidInput`` (the day)."""
    entry = await repository.require_late_entry(session, actor, late_entry_id)
    await lock_unit(
        session, entry.unit_id
    )  # as whoever asks does: no second request opens between the look and the change
    now = now_utc()
    if isinstance(body, GrantBody) and refusal_of(LATE_ENTRY, entry, action, actor, now) is None:
        if await _superseded(session, entry):
            raise ActionRefused(SUPERSEDED)
        if problem := window_problem(body.until, now):
            raise InvalidInput(errors=[problem])
    await apply(session, LATE_ENTRY, entry, action, actor=actor, body=body, now=now)
    if action is LateEntryAction.REFUSE:
        entry.answer = (body.reason or "").strip()
    await session.flush()
    return await _shown(session, actor, late_entry_id)


def note_grant(entry: LateEntry, body: GrantBody) -> None:
    """What a grant leaves on the request, for whoever opens the registrations with it: before its event is made, which tells both."""
    entry.granted_until = body.until
    entry.answer = (body.reason or "").strip() or None


async def read_late_entry(session: AsyncSession, *, actor: Actor, late_entry_id: UUID) -> LateEntryRead:
    """One request. Raises ``NotFound``."""
    return await _shown(session, actor, late_entry_id)


async def late_entries_page(
    session: AsyncSession,
    *,
    actor: Actor,
    page: PageRequest,
    plan_id: UUID | None,
    statuses: Sequence[LateEntryStatus],
) -> Page[LateEntryRead]:
    """One page: a unit's own, the reviewer's region."""
    rows = await repository.list_late_entries(session, actor, page, plan_id=plan_id, statuses=statuses)
    taken, now = await repository.open_pairs(session, rows.items), now_utc()
    return page_of(rows, lambda entry: late_entry_read(entry, _actions(entry, actor, now, taken)))


async def _shown(session: AsyncSession, actor: Actor, late_entry_id: UUID) -> LateEntryRead:
    entry = await repository.require_late_entry(session, actor, late_entry_id)
    taken = await repository.open_pairs(session, [entry])
    return late_entry_read(entry, _actions(entry, actor, now_utc(), taken))


async def _superseded(session: AsyncSession, entry: LateEntry) -> bool:
    taken = await repository.open_pairs(session, [entry])
    return entry.status not in repository.OPEN and (entry.unit_id, entry.plan_id) in taken


def _actions(entry: LateEntry, actor: Actor, now: datetime, taken: set[tuple[UUID, UUID]]) -> list[AllowedAction]:
    """The table's actions; an old refusal is not turned round while a newer request is open."""
    actions = allowed_actions(LATE_ENTRY, entry, actor, now)
    superseded = entry.status not in repository.OPEN and (entry.unit_id, entry.plan_id) in taken
    for each in actions:
        if superseded and each.action == LateEntryAction.GRANT and each.allowed:
            each.allowed, each.reason, each.code = False, SUPERSEDED.reason, SUPERSEDED.code
    return actions
