"""集体报名 as a unit works with it: the list of plans, one plan with the unit's people, whom it can add, and adding them (TRN-30…42)."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.enrolment.late_entries.models import LateEntry
from services.training.enrolment.late_entries.repository import granted_until, newest_of
from services.training.enrolment.late_entries.schemas import UnitLateEntry
from services.training.enrolment.late_entries.service import note_grant
from services.training.enrolment.late_entries.workflow import LATE_ENTRY, GrantBody
from services.training.enrolment.needs.service import needs_in_words
from services.training.enrolment.registrations import group_repository, repository
from services.training.enrolment.registrations.form import definition_for
from services.training.enrolment.registrations.group_schemas import (
    AddResult,
    AddResults,
    CandidateListItem,
    GroupFilter,
    GroupRegistrationListItem,
    GroupRegistrationRead,
    group_list_item,
    late_entry_buttons,
    unit_progress,
)
from services.training.enrolment.registrations.rules import ASK_LATE, UNKNOWN_PERSON, Ineligible, ineligibility
from services.training.enrolment.registrations.schemas import summary
from services.training.enrolment.registrations.service import OPEN_LATE, shown_row
from services.training.enrolment.registrations.workflow import REGISTRATION, SELECTION_IS_OPEN, registration_refusal
from services.training.people.personnel.namesakes import masked_ids
from services.training.plans.repository import attachments_of, require_plan
from services.training.plans.schemas import plan_read
from shared.clock import beijing_today, now_utc
from shared.db.paging import Page, PageRequest
from shared.identity import Actor
from shared.web.forms import RecordFormRead
from shared.web.lists import page_of
from shared.workflow.apply import ActionRefused
from shared.workflow.buttons import button


async def group_registrations(
    session: AsyncSession, *, actor: Actor, wanted: GroupFilter, page: PageRequest
) -> Page[GroupRegistrationListItem]:
    """The main page: every published plan with this unit's progress."""
    now = now_utc()
    rows = await group_repository.list_group_registrations(
        session, actor.organisation_id, wanted, page, today=beijing_today(now)
    )
    late = await newest_of(session, actor.organisation_id, [each.plan.id for each in rows.items])

    def read(row: group_repository.PlanOfUnit) -> GroupRegistrationListItem:
        return group_list_item(row.plan, unit_progress(row), row.open_until, late.get(row.plan.id), now)

    return page_of(rows, read)


async def group_registration(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> GroupRegistrationRead:
    """One plan, read-only, and the unit's people in it; [添加] stays while the plan is open, or open late for this unit (TRN-36,
    TRN-52, FAQ-M8)."""
    now = now_utc()
    plan = await require_plan(session, actor, plan_id)
    late = (await newest_of(session, actor.organisation_id, [plan_id])).get(plan_id)
    selection_open = await SELECTION_IS_OPEN(session, plan_id, now)
    people = await repository.registrations_of(session, actor.organisation_id, plan_id)
    progress = await group_repository.progress_of(session, actor.organisation_id, plan_id)
    rows = [shown_row(each, actor, now, selection_open=selection_open) for each in people]
    ids = masked_ids((each.staff_id, each.staff) for each in people)
    return GroupRegistrationRead(
        **dict(unit_progress(progress)),
        plan=plan_read(plan, await attachments_of(session, plan_id), actor, now, in_use=True),
        registrants=[row.model_copy(update={"masked_id": ids.get(row.staff_id)}) for row in rows],
        late_entry=UnitLateEntry.of(late) if late else None,
        actions=[
            button("add", "添加", registration_refusal(plan, now, late.granted_until if late else None)),
            *late_entry_buttons(plan, late, actor, now),
        ],
    )


async def candidates(
    session: AsyncSession, *, actor: Actor, plan_id: UUID, name: str, page: PageRequest
) -> Page[CandidateListItem]:
    """Everybody in the unit's file; those who cannot be picked say why and what to do (TRN-37, FAQ-M2)."""
    plan = await require_plan(session, actor, plan_id)
    refusal = registration_refusal(plan, now_utc(), await granted_until(session, actor.organisation_id, plan_id))
    closed = Ineligible(refusal.code, refusal.reason, ASK_LATE) if refusal else None

    def read(row: group_repository.Candidate) -> CandidateListItem:
        why = ineligibility(*row) or closed
        return CandidateListItem(
            **{**dict(summary(row.staff, plan)), "masked_id": ids.get(row.staff.id)},
            selectable=why is None,
            code=why.code if why else None,
            reason=why.reason if why else None,
            next_step=why.next_step if why else None,
            next_step_path=why.path.format(staff_id=row.staff.id) if why and why.path else None,
            needed=row.staff.id in needs,
            need=needs.get(row.staff.id),
        )

    needs = await needs_in_words(session, actor, plan)
    rows = await group_repository.list_candidates(session, actor.organisation_id, plan_id, name, page)
    ids = masked_ids((row.staff.id, row.staff) for row in rows.items)
    return page_of(rows, read)


async def form_definition(session: AsyncSession, *, actor: Actor, plan_id: UUID) -> RecordFormRead:
    """The form of this plan (TRN-44…46)."""
    return definition_for(await require_plan(session, actor, plan_id))


async def add_registrations(
    session: AsyncSession,
    *,
    actor: Actor,
    plan_id: UUID,
    staff_ids: Sequence[UUID],
    renewed_scopes: Mapping[UUID, Collection[str]] = MappingProxyType({}),
) -> AddResults:
    """Adds people of the unit as 未报名, with the recipient from the file (X8), the plan's defaults (FAQ-M6) and 初训 preselected; those
    with ``renewed_scopes`` ({staff id: labels of what the old certificate is for}) with 复训, and of these what the plan opens (BEY-06).
    Raises ``ActionRefused`` when the plan takes nobody of the unit any more; else each person is added or refused on their own."""
    plan = await require_plan(session, actor, plan_id, lock=False)
    unit_id = actor.organisation_id
    open_until = await granted_until(session, unit_id, plan_id)
    if refusal := registration_refusal(plan, now_utc(), open_until):
        raise ActionRefused(refusal)
    before = await group_repository.candidates_by_id(session, unit_id, plan_id, staff_ids)
    employed = [each.staff for each in before.values() if each.staff.status.is_in_post]
    made = await repository.insert_drafts(session, actor, plan, employed, open_until)
    renewing = {made[each]: scope for each, scope in renewed_scopes.items() if each in made}
    await repository.preselect_refresher(session, plan, renewing)
    for staff_id, registration_id in made.items():
        REGISTRATION.note(
            session, registration_id, "create", actor=actor, after={"plan_id": str(plan_id), "staff_id": str(staff_id)}
        )
    await session.flush()
    after = await group_repository.candidates_by_id(session, unit_id, plan_id, staff_ids)
    results = [_result(staff_id, after.get(staff_id), made.get(staff_id)) for staff_id in dict.fromkeys(staff_ids)]
    return AddResults(added=len(made), refused=len(results) - len(made), results=results)


def _result(staff_id: UUID, found: group_repository.Candidate | None, registration_id: UUID | None) -> AddResult:
    name = found.staff.name if found else ""
    if registration_id:
        return AddResult(staff_id=staff_id, name=name, added=True, registration_id=registration_id)
    why = (ineligibility(*found) if found else None) or UNKNOWN_PERSON
    return AddResult(
        staff_id=staff_id, name=name, added=False, code=why.code, reason=why.reason, next_step=why.next_step
    )


@LATE_ENTRY.effect("open_for_unit", GrantBody)
async def open_for_unit(session: AsyncSession, entry: LateEntry, actor: Actor, body: GrantBody) -> None:
    """A granted request opens the unit's people who are not sent yet, until that day; whom it adds from now on is open as well."""
    note_grant(entry, body)
    for registration in await repository.open_unsent(session, entry.unit_id, entry.plan_id, body.until):
        REGISTRATION.note(
            session, registration.id, OPEN_LATE, actor=actor, after={"open_until": str(body.until)}, reason=body.reason
        )
